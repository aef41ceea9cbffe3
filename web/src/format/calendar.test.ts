import { describe, expect, test } from "vitest";
import { fromGregorian, monthStart, parseDay, toGregorian, typedDay } from "./calendar.ts";

describe("the Jalali calendar", () => {
  test.each([
    [
      { year: 1403, month: 1, day: 1 },
      { year: 2024, month: 3, day: 20 },
    ],
    [
      { year: 1403, month: 12, day: 30 },
      { year: 2025, month: 3, day: 20 },
    ],
    [
      { year: 1404, month: 1, day: 1 },
      { year: 2025, month: 3, day: 21 },
    ],
    [
      { year: 1357, month: 11, day: 22 },
      { year: 1979, month: 2, day: 11 },
    ],
    [
      { year: 1300, month: 7, day: 1 },
      { year: 1921, month: 9, day: 23 },
    ],
  ])("%o is %o", (jalali, gregorian) => {
    expect(toGregorian(jalali, "jalali")).toEqual(gregorian);
    expect(fromGregorian(gregorian, "jalali")).toEqual(jalali);
  });

  test("every day of two hundred years comes back as itself", () => {
    for (let time = Date.UTC(1900, 0, 1); time < Date.UTC(2100, 0, 1); time += 86_400_000 * 11) {
      const date = new Date(time);
      const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
      expect(toGregorian(fromGregorian(day, "jalali"), "jalali")).toEqual(day);
    }
  });

  test("a 30th of Esfand is only there in leap years", () => {
    expect(toGregorian({ year: 1402, month: 12, day: 30 }, "jalali")).toBeUndefined();
  });
});

describe("parseDay", () => {
  const nowruz = { year: 2024, month: 4, day: 3 };
  test.each(["1403/01/15", "۱۴۰۳/۰۱/۱۵", "1403-1-15", "15.1.1403", "٢٠٢٤-٠٤-٠٣", "2024/4/3", "2024 04 03"])(
    "%s is the 15th of Farvardin 1403",
    (typed) => {
      expect(parseDay(typed, "jalali")).toEqual(nowruz);
      expect(parseDay(typed, "gregorian")).toEqual(nowruz);
    },
  );

  test.each(["", "1403", "1403/13/01", "1403/07/31", "2023-02-29", "24-4-3", "tomorrow", "1403/01/15/2"])(
    "%s is no day",
    (typed) => expect(parseDay(typed, "jalali", true)).toBeUndefined(),
  );

  test("without a year it is of the preferred calendar", () => {
    expect(parseDay("01/15", "jalali", true)).toEqual({ year: 0, month: 4, day: 3 });
    expect(parseDay("02/29", "gregorian", true)).toEqual({ year: 0, month: 2, day: 29 });
    expect(parseDay("01/15", "jalali")).toBeUndefined();
  });

  test("what is shown for typing is read back", () => {
    expect(typedDay(nowruz, "jalali")).toBe("1403/01/15");
    expect(typedDay(nowruz, "gregorian")).toBe("2024-04-03");
    expect(typedDay({ ...nowruz, year: 0 }, "jalali")).toBe("01/15");
  });
});

test("months begin and follow each other in their own calendar", () => {
  const day = { year: 2024, month: 4, day: 3 };
  expect(monthStart(day, "jalali")).toEqual({ year: 2024, month: 3, day: 20 });
  expect(monthStart(day, "jalali", -1)).toEqual({ year: 2024, month: 2, day: 20 });
  expect(monthStart(day, "gregorian", 9)).toEqual({ year: 2025, month: 1, day: 1 });
});
