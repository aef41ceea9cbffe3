// The order of words in the person's language, whatever the browser's is.
import { type Locale, preferences } from "../preferences/store.ts";
import { compare } from "./azerbaijani.ts";

/** Compares for sorting. Azerbaijani has an order of our own, since browsers do not know it. */
export function wordOrder(locale: Locale = preferences().locale): (one: string, other: string) => number {
  return locale === "az" ? compare : new Intl.Collator(locale).compare;
}
