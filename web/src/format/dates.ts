// Dates and times in the person's calendar, time zone and digits.
import { AzerbaijaniDates, type Formatter, relative } from "./azerbaijani.ts";
import { chosenCalendar, chosenDigits, chosenTimeZone, extension, formatLocale } from "./locale.ts";
import { JalaliDates } from "./jalali.ts";
import { preferences } from "../preferences/store.ts";

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
const formatters = new Map<string, Formatter<Date | number>>();

/** An instant as the person's language writes it, with these parts of it; in their time zone, unless in another. */
export function formatInstant(value: Instant, options: Intl.DateTimeFormatOptions): string {
  const locale = formatLocale();
  const all = { timeZone: chosenTimeZone(), ...options };
  const key = `${locale} ${JSON.stringify(all)}`;
  const made = formatters.get(key) ?? dates(locale, all);
  formatters.set(key, made);
  return made.format(new Date(value));
}

function dates(locale: string, options: Intl.DateTimeFormatOptions): Formatter<Date | number> {
  if (preferences().locale === "az") return new AzerbaijaniDates(extension(), options);
  return chosenCalendar() === "jalali"
    ? new JalaliDates(locale, options)
    : new Intl.DateTimeFormat(locale, options);
}

const ago = new Map<string, Intl.RelativeTimeFormat>();

/** "yesterday", "3 hours ago". */
export function formatAgo(value: number, unit: Intl.RelativeTimeFormatUnit): string {
  if (preferences().locale === "az") return relative(value, unit, chosenDigits());
  const locale = formatLocale();
  const made = ago.get(locale) ?? new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  ago.set(locale, made);
  return made.format(value, unit);
}

export function formatDate(value: Instant): string {
  return formatInstant(value, { year: "numeric", month: "short", day: "numeric" });
}

export function formatTime(value: Instant): string {
  return formatInstant(value, { hour: "2-digit", minute: "2-digit" });
}

/** A heading of what happened on a day, with its weekday. */
export function formatDay(value: Instant): string {
  return formatInstant(value, { weekday: "long", year: "numeric", month: "long", day: "numeric" });
}

/** To the minute, with weekday and zone: what stands behind a relative time. */
export function formatExact(value: Instant): string {
  return formatInstant(value, {
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
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ["second", 1];
  // What is younger than a minute is "now": seconds would change while one reads.
  return unit === "second" ? formatAgo(0, "second") : formatAgo(Math.round(seconds / length), unit);
}

/** A date that stands alone, of which the year may be missing: a birthday. Months begin at 1. */
export function formatPartialDate(date: { year?: number; month: number; day: number }): string {
  // 2024 is a leap year: the 29th of February exists.
  const day = Date.UTC(date.year || 2024, date.month - 1, date.day);
  const year = date.year ? ({ year: "numeric" } as const) : {};
  return formatInstant(day, { ...year, month: "long", day: "numeric", timeZone: "UTC" });
}
