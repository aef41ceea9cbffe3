// Node knows Azerbaijani, Chromium does not: what both should say is written out.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { add, text } from "../i18n/messages.ts";
import { preferences, setPreferences } from "../preferences/store.ts";
import {
  formatDate,
  formatDay,
  formatExact,
  formatPartialDate,
  formatRelative,
  formatTime,
} from "./dates.ts";
import { formatInt64, formatMoney, formatNumber } from "./numbers.ts";
import { languageName, regionName, regionsByName } from "./regions.ts";

const initial = preferences();
const NEW_YEAR = "2026-03-21T09:30:00Z";

beforeEach(() => setPreferences({ locale: "az", timeZone: "Asia/Baku" }));
afterEach(() => {
  setPreferences(initial);
  vi.restoreAllMocks();
});

test("dates have the months and weekdays of Azerbaijani", () => {
  expect(formatDate(NEW_YEAR)).toBe("21 mar 2026");
  expect(formatDay(NEW_YEAR)).toBe("21 mart 2026, şənbə");
  expect(formatExact(NEW_YEAR)).toBe("21 mart 2026, şənbə, 13:30 GMT+4");
  expect(formatTime(NEW_YEAR)).toBe("13:30");
  expect(formatPartialDate({ month: 2, day: 29 })).toBe("29 fevral");
});

test("the day and its weekday are those of one's own time zone", () => {
  expect(formatDay("2026-01-31T22:00:00Z")).toBe("1 fevral 2026, bazar");
});

test("the Persian calendar and digits can be had", () => {
  setPreferences({ calendar: "jalali", digits: "arabext" });
  expect(formatDate(NEW_YEAR)).toMatch(/^۱ .+ ۱۴۰۵$/);
});

test.each([
  [0, "indi"],
  [-180, "3 dəqiqə əvvəl"],
  [-86_400, "dünən"],
  [2 * 86_400, "2 gün sonra"],
  [-15 * 86_400, "2 həftə əvvəl"],
])("a time %d seconds away is said as %s", (seconds, words) => {
  expect(formatRelative(seconds * 1000, 0)).toBe(words);
});

test("numbers have its signs, money its place", () => {
  expect(formatNumber(1_234_567.5)).toBe("1.234.567,5");
  expect(formatInt64("9007199254740993")).toBe("9.007.199.254.740.993");
  expect(formatNumber(0.5, { style: "percent" })).toBe("50%");
  expect(formatNumber(3, { style: "unit", unit: "hour", unitDisplay: "long" })).toBe("3 saat");
  expect(formatNumber(8.41, { style: "unit", unit: "megabyte", maximumFractionDigits: 1 })).toBe("8,4 MB");
  expect(formatMoney({ currencyCode: "AZN", units: "1234", nanos: 500_000_000 })).toBe("1.234,50\u00a0₼");
});

test("numbers inside of texts too", () => {
  add("az", "./az/example.json", { count: "{count, plural, other {# sətir}}, {size, number}" });
  expect(text("az", "example.count", { count: 12_345, size: 1.5 })).toBe("12.345 sətir, 1,5");
});

test("countries and languages have names, in the order of its alphabet", () => {
  expect(regionName("DE")).toBe("Almaniya");
  expect(languageName("fa")).toBe("fars");
  expect(languageName("fa-AF")).toBe("fars (Əfqanıstan)");
  expect(languageName("not a tag")).toBe("not a tag");
  const names = regionsByName("az").map(regionName);
  const places = ["Cibuti", "Çad", "Efiopiya", "Əfqanıstan", "Fransa"].map((name) => names.indexOf(name));
  expect(places).toEqual([...places].sort((one, other) => one - other));
  expect(places).not.toContain(-1);
});

test("nothing is asked of what a browser may not know", () => {
  const asked: unknown[] = [];
  for (const name of ["DateTimeFormat", "NumberFormat", "RelativeTimeFormat"] as const) {
    const Real = Intl[name] as unknown as new (...given: unknown[]) => object;
    vi.spyOn(Intl, name).mockImplementation(function (...given: unknown[]) {
      asked.push(given[0]);
      return new Real(...given);
    } as never);
  }
  setPreferences({ timeZone: "Asia/Tehran" });
  formatExact(NEW_YEAR);
  formatNumber(5);
  formatRelative(-180_000, 0);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((tag) => String(tag).startsWith("az"))).toEqual([]);
});
