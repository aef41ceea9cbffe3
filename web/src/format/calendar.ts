// Dates in the Jalali and the Gregorian calendar: from one to the other, and from what people type.
// Months and days begin at 1; the Jalali calendar is that of Intl, so that what is shown and what is read agree.
import type { Calendar } from "../preferences/store.ts";

export interface Day {
  year: number;
  month: number;
  day: number;
}
/** A date whose year may be 0: not known. */
export type PartialDay = Day;

const DAY = 86_400_000;
const jalaliParts = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", {
  year: "numeric",
  month: "numeric",
  day: "numeric",
  timeZone: "UTC",
});

function instant({ year, month, day }: Day): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

function gregorianOf(time: number): Day {
  const date = new Date(time);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

function jalaliOf(time: number): Day {
  const parts = Object.fromEntries(
    jalaliParts.formatToParts(time).map(({ type, value }) => [type, Number.parseInt(value, 10)]),
  );
  return { year: parts["year"] ?? 0, month: parts["month"] ?? 1, day: parts["day"] ?? 1 };
}

/** Days of a Jalali year before its month. */
function before(month: number): number {
  return month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30;
}

/** The time of a Jalali day; undefined when there is no such day. */
function timeOfJalali(wanted: Day): number | undefined {
  // Within two days by the mean year; then as far as Intl says it is off.
  const near = instant({ year: 622, month: 3, day: 22 }) + Math.floor((wanted.year - 1) * 365.2422) * DAY;
  for (let shift = -3; shift <= 3; shift += 1) {
    const time = near + (before(wanted.month) + wanted.day - 1 + shift) * DAY;
    const { year, month, day } = jalaliOf(time);
    if (year === wanted.year && month === wanted.month && day === wanted.day) return time;
  }
  return undefined;
}

export function toGregorian(day: Day, calendar: Calendar): Day | undefined {
  if (calendar === "jalali") {
    const time = timeOfJalali(day);
    return time === undefined ? undefined : gregorianOf(time);
  }
  const found = gregorianOf(instant(day));
  return found.month === day.month && found.day === day.day ? found : undefined;
}

export function fromGregorian(day: Day, calendar: Calendar): Day {
  return calendar === "jalali" ? jalaliOf(instant(day)) : day;
}

/** The Gregorian day some days later. */
export function addDays(day: Day, count: number): Day {
  return gregorianOf(instant(day) + count * DAY);
}

/** 0 is Sunday. */
export function weekday(day: Day): number {
  return new Date(instant(day)).getUTCDay();
}

export function utcTime(day: Day): number {
  return instant(day);
}

/** The Gregorian first days of a calendar's months: the month of this day, moved by some months. */
export function monthStart(day: Day, calendar: Calendar, shift = 0): Day {
  const { year, month } = fromGregorian(day, calendar);
  const count = year * 12 + (month - 1) + shift;
  const first = { year: Math.floor(count / 12), month: (count % 12) + 1, day: 1 };
  return toGregorian(first, calendar) ?? day;
}

/** Digits of Persian and Arabic as Latin ones. */
export function latinDigits(text: string): string {
  return text.replace(/[۰-۹٠-٩]/g, (digit) => {
    const code = digit.charCodeAt(0);
    return String(code - (code >= 0x6f0 ? 0x6f0 : 0x660));
  });
}

/** Years in this span are Jalali whatever calendar is preferred: nobody's birthday is in a Gregorian 1403. */
const JALALI_YEARS = { first: 1200, last: 1599 };

/**
 * What somebody typed as a Gregorian day: "1403/01/15", "۱۴۰۳-۱-۱۵", "2024-04-03", and "01/15" where the year may be
 * missing (of the preferred calendar; year 0, kept as a Gregorian day of a leap year). Undefined: no such day.
 */
export function parseDay(typed: string, preferred: Calendar, yearOptional = false): PartialDay | undefined {
  const numbers = latinDigits(typed)
    .trim()
    .split(/[\s/.\-–]+/)
    .map((part) => (/^\d{1,4}$/.test(part) ? Number(part) : Number.NaN));
  if (numbers.some(Number.isNaN)) return undefined;
  if (numbers.length === 2 && yearOptional)
    return withoutYear(numbers[0] as number, numbers[1] as number, preferred);
  if (numbers.length !== 3) return undefined;
  const [one, month, other] = numbers as [number, number, number];
  // The day may come first, as in "15.01.1403".
  const [year, day] = one < 32 && other > 31 ? [other, one] : [one, other];
  if (year < 1000 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const calendar = year >= JALALI_YEARS.first && year <= JALALI_YEARS.last ? "jalali" : "gregorian";
  return toGregorian({ year, month, day }, calendar);
}

function withoutYear(month: number, day: number, calendar: Calendar): PartialDay | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  // A leap year of both calendars: 1403 and, from Farvardin to Dey of it, 2024.
  const found = toGregorian({ year: calendar === "jalali" ? 1403 : 2024, month, day }, calendar);
  return found && { ...found, year: 0 };
}

/** As it is typed: "1403/01/15" or "2024-04-03", in Latin digits. */
export function typedDay(day: PartialDay, calendar: Calendar): string {
  const { year, month, day: date } = fromGregorian({ ...day, year: day.year || 2024 }, calendar);
  const pad = (value: number) => String(value).padStart(2, "0");
  const parts = [...(day.year ? [String(year).padStart(4, "0")] : []), pad(month), pad(date)];
  return parts.join(calendar === "jalali" ? "/" : "-");
}
