// What the person chose for this browser: language, digits, calendar, time zone, theme. Kept in local storage,
// and overruled by the profile at sign-in.
import { useSyncExternalStore } from "react";
import { isLocale, type Locale } from "./locales.ts";

export { direction, isLocale, type Locale, LOCALES } from "./locales.ts";
export type Digits = "latn" | "arabext";
export type Calendar = "gregorian" | "jalali";
export type ThemeChoice = "system" | "light" | "dark";

export interface Preferences {
  locale: Locale;
  /** The person chose the language in this browser; until then the browser's, or the profile's, is taken. */
  localeChosen: boolean;
  /** Empty: as the language has it. */
  digits: Digits | "";
  /** Empty: as the language has it. */
  calendar: Calendar | "";
  /** IANA name. Empty: the browser's. */
  timeZone: string;
  theme: ThemeChoice;
  /** The navigation shows icons only. */
  navigationCollapsed: boolean;
}

const KEY = "peyvand.preferences";
const listeners = new Set<() => void>();
let current: Preferences = { ...initial(), ...stored() };

/** The language of the browser when we speak it, else English. */
function initial(): Preferences {
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2)).find(isLocale);
  return {
    locale: spoken ?? "en",
    localeChosen: false,
    digits: "",
    calendar: "",
    timeZone: "",
    theme: "system",
    navigationCollapsed: false,
  };
}

function stored(): Partial<Preferences> {
  try {
    const read = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>;
    return read.locale !== undefined && !isLocale(read.locale) ? {} : read;
  } catch {
    // Storage is closed, or holds what no version of ours wrote: the defaults are right then.
    return {};
  }
}

export function preferences(): Preferences {
  return current;
}

export function setPreferences(changed: Partial<Preferences>): void {
  current = { ...current, ...changed };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Without storage the choice holds until the page is left.
  }
  listeners.forEach((listener) => listener());
}

export function subscribePreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribePreferences, preferences);
}
