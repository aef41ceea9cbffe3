// react-admin's texts come from our catalogues too (i18n/*/ra.json).
import type { I18nProvider } from "ra-core";
import { chooseLocale } from "../i18n/choose.ts";
import { text } from "../i18n/messages.ts";
import { isLocale, preferences } from "../preferences/store.ts";

export const i18nProvider: I18nProvider = {
  translate: (key, values) => text(preferences().locale, key, values as Record<string, unknown>),
  changeLocale: (locale) => (isLocale(locale) ? chooseLocale(locale) : Promise.reject(new Error(locale))),
  getLocale: () => preferences().locale,
};
