// Dates of the Persian calendar. Browsers say its era with the year ("1405 AP"), which nobody does; and in Persian they
// put the year first as soon as a weekday, or no day, stands with it ("۱۴۰۵ آذر ۱, یکشنبه").
import type { Formatter } from "./azerbaijani.ts";

export class JalaliDates implements Formatter<Date | number> {
  readonly #shown: Intl.DateTimeFormat;
  readonly #persian: boolean;

  constructor(locale: string, options: Intl.DateTimeFormatOptions) {
    this.#shown = new Intl.DateTimeFormat(locale, options);
    this.#persian = locale.startsWith("fa");
  }

  format(value: Date | number): string {
    const parts = this.#shown.formatToParts(value);
    return this.#persian ? inPersian(parts) : withoutEra(parts);
  }
}

/** "یکشنبه ۱ آذر ۱۴۰۵ ساعت ۱۸:۳۴ (‎+۳:۳۰ گرینویچ)" */
function inPersian(all: readonly Intl.DateTimeFormatPart[]): string {
  const parts = new Map(all.map(({ type, value }) => [type, value]));
  const date = [parts.get("weekday"), parts.get("day"), parts.get("month"), parts.get("year")]
    .filter(Boolean)
    .join(" ");
  const clock = parts.has("hour") ? `${parts.get("hour")}:${parts.get("minute")}` : "";
  const zone = parts.has("timeZoneName") ? `(${parts.get("timeZoneName")})` : "";
  return [date, date && clock ? "ساعت" : "", clock, zone].filter(Boolean).join(" ");
}

function withoutEra(parts: readonly Intl.DateTimeFormatPart[]): string {
  return parts
    .filter(({ type }, at) => type !== "era" && parts[at + 1]?.type !== "era")
    .map(({ value }) => value)
    .join("");
}
