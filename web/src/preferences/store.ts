// How the app looks and speaks in this browser. Kept in local storage, so that the next visit begins as the last one
// ended; once somebody is signed in, what they chose in their profile rules (profile.ts).
import { useSyncExternalStore } from "react";
import { isLocale, type Locale } from "./locales.ts";

export { direction, isLocale, type Locale, LOCALES } from "./locales.ts";
export const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
export type Digits = "latn" | "arabext";
export type Calendar = "gregorian" | "jalali";
export type ThemeChoice = "system" | "light" | "dark";
export type Day = (typeof DAYS)[number];

/** What a person chooses, in any browser. */
export interface Choices {
  locale: Locale;
  /** Empty: as the language has it. */
  digits: Digits | "";
  /** Empty: as the language has it. */
  calendar: Calendar | "";
  /** IANA name. Empty: the browser's. */
  timeZone: string;
  /** Empty: as the language has it. */
  weekStart: Day | "";
  theme: ThemeChoice;
}

export interface Preferences extends Choices {
  /** The language was chosen in this browser while nobody was signed in; a profile without one takes it. */
  localeChosen: boolean;
  /** The navigation shows icons only. */
  navigationCollapsed: boolean;
}

const KEY = "peyvand.preferences";
const listeners = new Set<() => void>();
let current: Preferences = { ...initial(), ...stored() };

/** The language of the browser when we speak it, else English. */
export function browserLocale(): Locale {
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLocale) ?? "en";
}

function initial(): Preferences {
  return {
    locale: browserLocale(),
    localeChosen: false,
    digits: "",
    calendar: "",
    timeZone: "",
    weekStart: "",
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
