// Dates and times in the person's calendar, time zone and digits.
import { chosenTimeZone, formatLocale } from "./locale.ts";

export type Instant = string | number | Date;

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365.25 * 86_400],
  ["month", 30.44 * 86_400],
  ["week", 7 * 86_400],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

// To make a formatter costs a hundred times what it costs to use it, and a table shows hundreds of dates.
const formatters = new Map<string, Intl.DateTimeFormat | Intl.RelativeTimeFormat>();

function kept<T extends Intl.DateTimeFormat | Intl.RelativeTimeFormat>(key: string, make: () => T): T {
  const found = formatters.get(key) ?? make();
  formatters.set(key, found);
  return found as T;
}

function format(value: Instant, options: Intl.DateTimeFormatOptions): string {
  const locale = formatLocale();
  const all = { timeZone: chosenTimeZone(), ...options };
  return kept(`${locale} ${JSON.stringify(all)}`, () => new Intl.DateTimeFormat(locale, all)).format(
    new Date(value),
  );
}

export function formatDate(value: Instant): string {
  return format(value, { year: "numeric", month: "short", day: "numeric" });
}

export function formatTime(value: Instant): string {
  return format(value, { hour: "2-digit", minute: "2-digit" });
}

/** A heading of what happened on a day, with its weekday. */
export function formatDay(value: Instant): string {
  return format(value, { weekday: "long", year: "numeric", month: "long", day: "numeric" });
}

/** To the minute, with weekday and zone: what stands behind a relative time. */
export function formatExact(value: Instant): string {
  return format(value, {
    weekday: "long",
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });
}

/** "3 hours ago"; the date itself when it is more than a month away. */
export function formatRelative(value: Instant, now: number = Date.now()): string {
  const seconds = (new Date(value).getTime() - now) / 1000;
  if (Math.abs(seconds) > 31 * 86_400) return formatDate(value);
  const locale = formatLocale();
  const words = kept(locale, () => new Intl.RelativeTimeFormat(locale, { numeric: "auto" }));
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  // What is younger than a minute is "now": seconds would change while one reads.
  return unit === "second" ? words.format(0, "second") : words.format(Math.round(seconds / length), unit);
}

/** A date that stands alone, of which the year may be missing: a birthday. Months begin at 1. */
export function formatPartialDate(date: { year?: number; month: number; day: number }): string {
  // 2024 is a leap year: the 29th of February exists.
  const day = Date.UTC(date.year || 2024, date.month - 1, date.day);
  const year = date.year ? ({ year: "numeric" } as const) : {};
  return format(day, { ...year, month: "long", day: "numeric", timeZone: "UTC" });
}
