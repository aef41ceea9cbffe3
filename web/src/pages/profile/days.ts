import { formatInstant } from "../../format/dates.ts";
import { type Day, DAYS } from "../../preferences/store.ts";

/** A day of the week in the person's language. */
export function dayName(day: Day): string {
  // The first of January 2024 was a Monday.
  const date = Date.UTC(2024, 0, 1 + DAYS.indexOf(day));
  return formatInstant(date, { weekday: "long", timeZone: "UTC" });
}
