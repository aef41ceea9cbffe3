import { afterEach, describe, expect, test, vi } from "vitest";
import { fromProfile, type Profile, toProfile } from "./profile.ts";
import type { Preferences } from "./store.ts";

const NONE: Profile = { language: "", calendar: "", digits: "", theme: "", timeZone: "", weekStart: "" };
const MINE: Preferences = {
  locale: "en",
  localeChosen: false,
  digits: "arabext",
  calendar: "jalali",
  timeZone: "Asia/Tehran",
  weekStart: "saturday",
  theme: "dark",
  navigationCollapsed: true,
};

function browserSpeaks(...languages: string[]): void {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(languages);
}

afterEach(() => vi.restoreAllMocks());

describe("a profile in a browser", () => {
  test("rules where something was chosen", () => {
    const profile = {
      language: "fa",
      calendar: "gregorian",
      digits: "latin",
      theme: "light",
      timeZone: "Asia/Baku",
      weekStart: "sunday",
    };
    expect(fromProfile(profile, MINE)).toEqual({
      locale: "fa",
      localeChosen: false,
      digits: "latn",
      calendar: "gregorian",
      timeZone: "Asia/Baku",
      weekStart: "sunday",
      theme: "light",
      navigationCollapsed: true,
    });
  });

  test("follows the browser where nothing was chosen, not who sat here before", () => {
    browserSpeaks("tr-TR", "az-AZ", "en");
    expect(fromProfile(NONE, { ...MINE, locale: "fa" })).toMatchObject({
      locale: "az",
      digits: "",
      calendar: "",
      timeZone: "",
      theme: "system",
    });
  });

  test("without a language takes the one chosen before signing in", () => {
    browserSpeaks("en");
    expect(fromProfile(NONE, { ...MINE, locale: "ms", localeChosen: true }).locale).toBe("ms");
    const persian = { ...NONE, language: "fa" };
    expect(fromProfile(persian, { ...MINE, locale: "ms", localeChosen: true }).locale).toBe("fa");
  });
});

test("a choice is stored in the profile's words, and taken back as an empty one", () => {
  expect(toProfile({ locale: "fa", digits: "arabext" })).toEqual({ language: "fa", digits: "persian" });
  expect(toProfile({ digits: "", calendar: "" })).toEqual({ digits: "", calendar: "" });
});
