// Texts by key. A catalogue is a file a page area and language: `fa/contacts.json` holds the keys `contacts.…`.
import { type Formatters, IntlMessageFormat } from "intl-messageformat";
import { formatLocale } from "../format/locale.ts";
import { numberFormat } from "../format/numbers.ts";
import type { Locale } from "../preferences/store.ts";

export type Catalogue = Record<string, string>;
export type Values = Record<string, unknown>;

const catalogues = new Map<Locale, Map<string, string>>();
const compiled = new Map<string, IntlMessageFormat>();

const formatters: Formatters = {
  getNumberFormat: (_tag, options) => numberFormat(options),
  getDateTimeFormat: (...given) => new Intl.DateTimeFormat(...given),
  getPluralRules: (...given) => new Intl.PluralRules(...given),
};

/** Adds a catalogue; `path` is its file, "./fa/contacts.json". */
export function add(locale: Locale, path: string, catalogue: Catalogue): void {
  const area = path.slice(path.lastIndexOf("/") + 1, -".json".length);
  const messages = catalogues.get(locale) ?? new Map<string, string>();
  for (const [key, message] of Object.entries(catalogue)) messages.set(`${area}.${key}`, message);
  catalogues.set(locale, messages);
}

/** react-admin's "resources.contacts.name" is our "contacts.name". */
function own(key: string): string {
  return key.startsWith("resources.") ? key.slice("resources.".length) : key;
}

export function has(locale: Locale, key: string): boolean {
  return catalogues.get(locale)?.has(own(key)) ?? false;
}

/** The text of a key with its values filled in; the key itself, or `values._`, when there is none. */
export function text(locale: Locale, key: string, values: Values = {}): string {
  const message = catalogues.get(locale)?.get(own(key));
  if (message === undefined) return typeof values["_"] === "string" ? values["_"] : key;
  if (!/[{']/.test(message)) return message;
  const tag = formatLocale();
  const name = `${tag} ${message}`;
  let format = compiled.get(name);
  if (!format) {
    format = new IntlMessageFormat(message, tag, undefined, { ignoreTag: true, formatters });
    compiled.set(name, format);
  }
  return String(format.format(values as Record<string, string>));
}
