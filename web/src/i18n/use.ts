// `const t = useText()`; t("contacts.list.title").
import { useCallback } from "react";
import { usePreferences } from "../preferences/store.ts";
import { text, type Values } from "./messages.ts";

export type Translate = (key: string, values?: Values) => string;

/** Texts in the person's language; components that use it follow when language or digits change. */
export function useText(): Translate {
  const { locale, digits, calendar } = usePreferences();
  // digits and calendar change what numbers and dates inside of texts look like.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useCallback((key, values) => text(locale, key, values), [locale, digits, calendar]);
}
