import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { describe, expect, test } from "vitest";
import { LOCALES } from "../preferences/store.ts";
import type { Catalogue } from "./messages.ts";

const files = import.meta.glob<Catalogue>("./*/*.json", { eager: true, import: "default" });
const areas = [...new Set(Object.keys(files).map((path) => path.split("/")[2] as string))];

function catalogue(locale: string, area: string): Catalogue {
  return files[`./${locale}/${area}`] ?? {};
}

/** The names of the values a message takes, with the kind of each: "count:plural". */
function values(elements: readonly MessageFormatElement[]): string[] {
  return elements.flatMap((element) => {
    if (element.type === TYPE.plural || element.type === TYPE.select) {
      const inner = Object.values(element.options).flatMap((option) => values(option.value));
      return [`${element.value}:${TYPE[element.type]}`, ...inner];
    }
    if (element.type === TYPE.literal || element.type === TYPE.pound) return [];
    return element.type === TYPE.tag ? values(element.children) : [`${element.value}:${TYPE[element.type]}`];
  });
}

function placeholders(message: string): string[] {
  return [...new Set(values(parse(message, { ignoreTag: true })))].sort();
}

describe.each(areas)("%s", (area) => {
  const english = catalogue("en", area);
  test.each(LOCALES)("in %s has the same keys as in English, and no empty text", (locale) => {
    const mine = catalogue(locale, area);
    expect(Object.keys(mine).sort()).toEqual(Object.keys(english).sort());
    expect(Object.entries(mine).filter(([, message]) => !message.trim())).toEqual([]);
  });
  test.each(LOCALES)("in %s has the same values in every text as in English", (locale) => {
    for (const [key, message] of Object.entries(catalogue(locale, area))) {
      expect(placeholders(message), `${locale} ${area} ${key}`).toEqual(placeholders(english[key] ?? ""));
    }
  });
});

test("Persian is written with Persian letters, never the Arabic yeh and kaf", () => {
  for (const area of areas) {
    const wrong = Object.entries(catalogue("fa", area)).filter(([, message]) => /[يك]/.test(message));
    expect(wrong).toEqual([]);
  }
});
