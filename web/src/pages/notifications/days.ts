// Notifications by the day they came, in the person's calendar and time zone.
import { formatAgo, formatInstant } from "../../format/dates.ts";
import { chosenTimeZone, formatLocale } from "../../format/locale.ts";

const DAY = 86_400_000;

function dayOf(instant: number): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: chosenTimeZone() }).format(instant);
}

/** "Today", "Yesterday", then the date with its weekday. */
export function dayTitle(instant: number, now: number): string {
  const day = dayOf(instant);
  const capital = (text: string) => text.charAt(0).toLocaleUpperCase(formatLocale()) + text.slice(1);
  if (day === dayOf(now)) return capital(formatAgo(0, "day"));
  if (day === dayOf(now - DAY)) return capital(formatAgo(-1, "day"));
  return formatInstant(instant, { weekday: "long", day: "numeric", month: "long" });
}

export interface DayGroup<T> {
  day: string;
  title: string;
  items: T[];
}

/** Groups what comes newest first, without changing its order. */
export function byDay<T extends { createTime?: string }>(items: readonly T[], now: number): DayGroup<T>[] {
  const groups: DayGroup<T>[] = [];
  for (const item of items) {
    const instant = Date.parse(item.createTime ?? "") || now;
    const day = dayOf(instant);
    const last = groups.at(-1);
    if (last?.day === day) last.items.push(item);
    else groups.push({ day, title: dayTitle(instant, now), items: [item] });
  }
  return groups;
}
