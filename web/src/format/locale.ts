// The BCP 47 tag that Intl formats with: language, digits and calendar as the person wants them.
import { preferences, type Calendar, type Day, type Digits } from "../preferences/store.ts";

export function chosenDigits(): Digits {
  const { digits, locale } = preferences();
  return digits || (locale === "fa" ? "arabext" : "latn");
}

export function chosenCalendar(): Calendar {
  const { calendar, locale } = preferences();
  return calendar || (locale === "fa" ? "jalali" : "gregorian");
}

// Asking for it costs as much as making a formatter; who travels has the page hidden meanwhile.
let deviceTimeZone: string | undefined;
globalThis.document?.addEventListener("visibilitychange", () => (deviceTimeZone = undefined));

export function chosenTimeZone(): string {
  const { timeZone } = preferences();
  return timeZone || (deviceTimeZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** The day a week begins with, in calendars one picks from. */
export function chosenWeekStart(): Day {
  const { weekStart, locale } = preferences();
  return weekStart || (locale === "fa" ? "saturday" : "monday");
}

/** Calendar and digits as a tag's extension: "ca-persian-nu-arabext". */
export function extension(): string {
  const calendar = chosenCalendar() === "jalali" ? "persian" : "gregory";
  return `ca-${calendar}-nu-${chosenDigits()}`;
}

export function formatLocale(): string {
  return `${preferences().locale}-u-${extension()}`;
}
