// Azerbaijani dates, times and numbers. Chromium knows the language by its name only and writes "2026 M03 21" and
// "yesterday" in it; so its words and signs are ours (those of the Unicode CLDR), and the same in every browser.

export interface Formatter<T> {
  format: (value: T) => string;
}

const MONTHS = {
  long: [
    "yanvar",
    "fevral",
    "mart",
    "aprel",
    "may",
    "iyun",
    "iyul",
    "avqust",
    "sentyabr",
    "oktyabr",
    "noyabr",
    "dekabr",
  ],
  short: ["yan", "fev", "mar", "apr", "may", "iyn", "iyl", "avq", "sen", "okt", "noy", "dek"],
};
const SUNDAY_FIRST = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const WEEKDAYS = {
  long: ["bazar", "bazar ertəsi", "çərşənbə axşamı", "çərşənbə", "cümə axşamı", "cümə", "şənbə"],
  short: ["B.", "B.E.", "Ç.A.", "Ç.", "C.A.", "C.", "Ş."],
};

/** Dates of a Gregorian or Persian calendar; months by their names. The names of Persian months are not Azerbaijani's. */
export class AzerbaijaniDates implements Formatter<Date | number> {
  readonly #options: Intl.DateTimeFormatOptions;
  readonly #shown: Intl.DateTimeFormat;
  readonly #month: Intl.DateTimeFormat | undefined;
  readonly #weekday: Intl.DateTimeFormat;

  /** `extension`: "ca-gregory-nu-latn". */
  constructor(extension: string, options: Intl.DateTimeFormatOptions) {
    const timeZone = options.timeZone ?? "UTC";
    this.#options = options;
    this.#shown = new Intl.DateTimeFormat(`en-GB-u-${extension}`, options);
    this.#month = extension.includes("gregory")
      ? new Intl.DateTimeFormat("en-u-ca-gregory-nu-latn", { timeZone, month: "numeric" })
      : undefined;
    this.#weekday = new Intl.DateTimeFormat("en", { timeZone, weekday: "short" });
  }

  format(value: Date | number): string {
    const parts = new Map(this.#shown.formatToParts(value).map((part) => [part.type, part.value]));
    const month = parts.has("month") ? this.#monthName(value, parts.get("month") ?? "") : undefined;
    const date = [parts.get("day"), month, parts.get("year")].filter(Boolean).join(" ");
    const clock = parts.has("hour") ? `${parts.get("hour")}:${parts.get("minute")}` : "";
    const time = [clock, parts.get("timeZoneName")].filter(Boolean).join(" ");
    const weekday = parts.has("weekday") ? this.#weekdayName(value) : "";
    return [date, weekday, time].filter(Boolean).join(", ");
  }

  #monthName(value: Date | number, otherwise: string): string {
    if (!this.#month) return otherwise;
    const names = this.#options.month === "short" ? MONTHS.short : MONTHS.long;
    return names[Number(this.#month.format(value)) - 1] ?? otherwise;
  }

  #weekdayName(value: Date | number): string {
    const names = this.#options.weekday === "long" ? WEEKDAYS.long : WEEKDAYS.short;
    return names[SUNDAY_FIRST.indexOf(this.#weekday.format(value))] ?? "";
  }
}

const UNITS: Partial<Record<Intl.RelativeTimeFormatUnit, string>> = {
  year: "il",
  month: "ay",
  week: "həftə",
  day: "gün",
  hour: "saat",
  minute: "dəqiqə",
  second: "saniyə",
};
const NEAR: Record<string, string> = {
  "day -1": "dünən",
  "day 0": "bu gün",
  "day 1": "sabah",
  "week -1": "keçən həftə",
  "week 1": "gələn həftə",
  "month -1": "keçən ay",
  "month 1": "gələn ay",
  "year -1": "keçən il",
  "year 1": "gələn il",
  "second 0": "indi",
};

/** "3 saat əvvəl", "dünən". */
export function relative(value: number, unit: Intl.RelativeTimeFormatUnit, digits: string): string {
  const near = NEAR[`${unit} ${value}`];
  if (near) return near;
  const count = number(Math.abs(value), undefined, digits);
  return `${count} ${UNITS[unit]} ${value < 0 ? "əvvəl" : "sonra"}`;
}

const UNIT_WORDS: Record<string, string> = {
  day: "gün",
  hour: "saat",
  minute: "dəqiqə",
  second: "saniyə",
  byte: "bayt",
};

/** "1.234,5", "50%", "3 saat", "12,50 ₼". */
export function number(
  value: number | bigint,
  options: Intl.NumberFormatOptions | undefined,
  digits: string,
): string {
  const word = options?.unit && UNIT_WORDS[options.unit];
  if (word) {
    const { maximumFractionDigits } = options;
    return `${number(value, { maximumFractionDigits }, digits)} ${word}`;
  }
  if (options?.style !== "currency") return signs("id", digits, options).format(value);
  // Indonesian groups and divides as Azerbaijani does, but German also puts the currency where it belongs.
  const own = options.currency === "AZN" ? ({ currencyDisplay: "narrowSymbol" } as const) : {};
  return signs("de", digits, { ...options, ...own }).format(value);
}

/** A formatter with the language's signs, from a language of which browsers know them. */
export function signs(
  tag: string,
  digits: string,
  options: Intl.NumberFormatOptions | undefined,
): Intl.NumberFormat {
  return new Intl.NumberFormat(`${tag}-u-nu-${digits}`, options);
}

const ALPHABET = "abcçdeəfgğhxıijkqlmnoöprsştuüvyz";
const LETTERS = new Map([...ALPHABET].map((letter, place) => [letter, place]));

/** The order of the alphabet: c ç, e ə, h x, ı i, k q; letters of others last. */
export function compare(one: string, other: string): number {
  const [mine, theirs] = [places(one), places(other)];
  for (let at = 0; at < Math.min(mine.length, theirs.length); at += 1) {
    const difference = (mine[at] ?? 0) - (theirs[at] ?? 0);
    if (difference) return difference;
  }
  return mine.length - theirs.length;
}

function places(text: string): number[] {
  return [...text.toLocaleLowerCase("az")].map((letter) => {
    if (!/\p{Letter}/u.test(letter)) return -1;
    return LETTERS.get(letter) ?? ALPHABET.length + (letter.codePointAt(0) ?? 0);
  });
}
