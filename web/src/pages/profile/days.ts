import { formatLocale } from "../../format/locale.ts";
import { type Day, DAYS } from "../../preferences/store.ts";

/** A day of the week in the person's language. */
export function dayName(day: Day): string {
  // The first of January 2024 was a Monday.
  const date = Date.UTC(2024, 0, 1 + DAYS.indexOf(day));
  return new Intl.DateTimeFormat(formatLocale(), { weekday: "long", timeZone: "UTC" }).format(date);
}
