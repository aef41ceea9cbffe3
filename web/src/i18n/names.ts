import type { Locale } from "../preferences/store.ts";

/** What each language calls itself; never translated. */
export const LANGUAGE_NAMES: Record<Locale, string> = {
  en: "English",
  fa: "فارسی",
  az: "Azərbaycanca",
  ms: "Bahasa Melayu",
};
