import { afterEach, expect, test } from "vitest";
import { preferences, setPreferences } from "../preferences/store.ts";
import {
  formatDate,
  formatDay,
  formatExact,
  formatInstant,
  formatPartialDate,
  formatRelative,
  formatTime,
} from "./dates.ts";
import { formatCount, formatInt64, formatMoney, formatNumber, localDigits } from "./numbers.ts";

const initial = preferences();
afterEach(() => setPreferences(initial));

const NEW_YEAR = "2026-03-21T09:30:00Z";

test("Persian has its digits and its calendar, unless one chose others", () => {
  setPreferences({ locale: "fa", timeZone: "Asia/Tehran" });
  expect(formatNumber(1_234_567)).toBe("۱٬۲۳۴٬۵۶۷");
  expect(formatDate(NEW_YEAR)).toContain("۱۴۰۵");
  expect(formatDate(NEW_YEAR)).toContain("فروردین");
  setPreferences({ digits: "latn", calendar: "gregorian" });
  expect(formatNumber(1_234_567)).toMatch(/^1.234.567$/);
  expect(formatDate(NEW_YEAR)).toContain("2026");
});

test("English can have the Persian calendar", () => {
  setPreferences({ locale: "en", calendar: "jalali", timeZone: "UTC" });
  expect(formatDate(NEW_YEAR)).toContain("1405");
  expect(formatDate(NEW_YEAR)).toContain("Farvardin");
});

test("the Persian calendar has no era, and in Persian the order people write", () => {
  setPreferences({ locale: "fa", timeZone: "Asia/Tehran" });
  expect(formatDay(NEW_YEAR)).toBe("شنبه ۱ فروردین ۱۴۰۵");
  expect(formatExact(NEW_YEAR)).toMatch(/^شنبه ۱ فروردین ۱۴۰۵ ساعت ۱۳:۰۰ \(.*۳:۳۰.*\)$/);
  expect(formatTime(NEW_YEAR)).toBe("۱۳:۰۰");
  expect(formatInstant(NEW_YEAR, { month: "long", year: "numeric" })).toBe("فروردین ۱۴۰۵");
  setPreferences({ locale: "en", calendar: "jalali" });
  expect(formatDay(NEW_YEAR)).toBe("Saturday, Farvardin 1, 1405");
});

test("the day is that of one's own time zone", () => {
  setPreferences({ locale: "en", timeZone: "Asia/Tehran" });
  expect(formatDate("2026-01-31T22:00:00Z")).toBe("Feb 1, 2026");
  setPreferences({ timeZone: "America/New_York" });
  expect(formatDate("2026-02-01T02:00:00Z")).toBe("Jan 31, 2026");
  expect(formatExact(NEW_YEAR)).toContain("5:30");
});

test.each([
  [30, "now"],
  [-20, "now"],
  [-180, "3 minutes ago"],
  [-7200, "2 hours ago"],
  [-90_000, "yesterday"],
  [-15 * 86_400, "2 weeks ago"],
  [-40 * 86_400, "Nov 22, 2025"],
])("a time %d seconds away is said as %s", (seconds, words) => {
  setPreferences({ locale: "en", timeZone: "UTC" });
  const now = Date.UTC(2026, 0, 1);
  expect(formatRelative(now + seconds * 1000, now)).toBe(words);
});

test("relative times are said in the person's language and digits", () => {
  setPreferences({ locale: "fa" });
  expect(formatRelative(-180_000, 0)).toBe("۳ دقیقه پیش");
});

test("a birthday may have no year, and is the same day in every time zone", () => {
  setPreferences({ locale: "en", timeZone: "Pacific/Kiritimati" });
  expect(formatPartialDate({ month: 2, day: 29 })).toBe("February 29");
  expect(formatPartialDate({ year: 1990, month: 12, day: 1 })).toBe("December 1, 1990");
});

test("counts say when they are at least that many; large ones keep every digit", () => {
  setPreferences({ locale: "en" });
  expect(formatCount(10_000, true)).toBe("10,000+");
  expect(formatInt64("9007199254740993")).toBe("9,007,199,254,740,993");
  expect(formatMoney({ currencyCode: "EUR", units: "12", nanos: 500_000_000 })).toBe("€12.50");
});

test("digits of telephone numbers follow the person's script, and nothing else of them changes", () => {
  setPreferences({ locale: "fa" });
  expect(localDigits("+98 912 345-6789")).toBe("+۹۸ ۹۱۲ ۳۴۵-۶۷۸۹");
  setPreferences({ digits: "latn" });
  expect(localDigits("+98 912")).toBe("+98 912");
});
