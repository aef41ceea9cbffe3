// Between what this browser does and what the profile says. What was never chosen is empty in the profile, and follows
// the browser one sits at.
import type { components } from "../api/schema.d.ts";
import {
  browserLocale,
  type Choices,
  DAYS,
  type Digits,
  isLocale,
  type Preferences,
  type ThemeChoice,
} from "./store.ts";

export type Profile = components["schemas"]["Preferences"];

const DIGITS: Record<string, Digits> = { latin: "latn", persian: "arabext" };
const THEMES: readonly string[] = ["system", "light", "dark"] satisfies ThemeChoice[];

/** What this browser does for somebody with this profile, who finds it as `mine`. */
export function fromProfile(profile: Profile, mine: Preferences): Preferences {
  const { language, calendar, timeZone, theme, weekStart } = profile;
  const fallback = mine.localeChosen ? mine.locale : browserLocale();
  return {
    ...mine,
    locale: isLocale(language) ? language : fallback,
    localeChosen: mine.localeChosen && !isLocale(language),
    digits: DIGITS[profile.digits] ?? "",
    calendar: calendar === "gregorian" || calendar === "jalali" ? calendar : "",
    timeZone,
    weekStart: DAYS.find((day) => day === weekStart) ?? "",
    theme: THEMES.includes(theme) ? (theme as ThemeChoice) : "system",
  };
}

/** A choice as the profile stores it; its keys are the mask. */
export function toProfile(changed: Partial<Choices>): Partial<Profile> {
  const { locale, digits, ...same } = changed;
  return {
    ...same,
    ...(locale !== undefined && { language: locale }),
    ...(digits !== undefined && { digits: digits && (digits === "latn" ? "latin" : "persian") }),
  };
}
