// Time zones as one looks for them: by city, by the name people use, by distance from UTC.
import { fold } from "./fold.ts";

export interface Zone {
  /** IANA name: "Asia/Tehran". */
  id: string;
  /** "Iran Time", in the person's language; empty where browsers have no names in it. */
  name: string;
  /** "GMT+3:30", now. */
  offset: string;
  /** What is looked through. */
  words: string;
}

function part(id: string, locale: string, style: "longGeneric" | "longOffset"): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: id, timeZoneName: style }).formatToParts();
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}

export function zone(id: string, locale: string): Zone {
  const name = locale === "az" ? "" : part(id, locale, "longGeneric");
  const offset = part(id, "en", "longOffset");
  const english = locale === "en" ? "" : part(id, "en", "longGeneric");
  return {
    id,
    name,
    offset,
    words: fold([id.replaceAll(/[/_]/g, " "), id, name, english, offset].join(" ")),
  };
}

const known = new Map<string, Zone[]>();

/** All of them, in the order of their ids; made once a language, which takes tens of milliseconds. */
export function zones(locale: string): Zone[] {
  const made =
    known.get(locale) ?? ["UTC", ...Intl.supportedValuesOf("timeZone")].map((id) => zone(id, locale));
  known.set(locale, made);
  return made;
}

/** Those in which every word typed occurs. */
export function matching(all: readonly Zone[], typed: string): Zone[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  return all.filter(({ words: text }) => words.every((word) => text.includes(word)));
}
