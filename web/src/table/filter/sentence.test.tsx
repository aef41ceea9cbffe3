// @vitest-environment happy-dom
import { cleanup, render } from "@testing-library/react";
import { afterEach, beforeAll, expect, test } from "vitest";
import { loadAll } from "../../i18n/load.ts";
import { has } from "../../i18n/messages.ts";
import { LOCALES, setPreferences } from "../../preferences/store.ts";
import type { Field, FieldKind } from "../types.ts";
import { OPERATORS } from "./conditions.ts";
import { Sentence, sentenceKey } from "./Sentence.tsx";

const tags: Field = { name: "tags", kind: "tag", label: "contacts.fields.tags" };

beforeAll(() => Promise.all(LOCALES.map(loadAll)));
afterEach(cleanup);

test.each([
  ["en", "Tags include vip"],
  ["fa", "برچسب‌ها شامل vip"],
  ["az", "Etiketlər arasında vip var"],
  ["ms", "Tag termasuk vip"],
] as const)("in %s a condition is a sentence of that language: %s", (locale, expected) => {
  setPreferences({ locale });
  const item = { kind: "condition", field: "tags", operator: "contains", value: "vip" } as const;
  const { container } = render(<Sentence fields={[tags]} item={item} />);
  expect(container.textContent).toBe(expected);
});

test("a condition without a value has none in its sentence", () => {
  setPreferences({ locale: "fa" });
  const item = { kind: "condition", field: "tags", operator: "unknown", value: "" } as const;
  expect(render(<Sentence fields={[tags]} item={item} />).container.textContent).toBe("برچسب‌ها ندارد");
});

test.each(LOCALES)("in %s there is a sentence for all that can be asked", (locale) => {
  for (const [kind, operators] of Object.entries(OPERATORS)) {
    for (const operator of operators) {
      const key = sentenceKey({ ...tags, kind: kind as FieldKind }, operator);
      expect(has(locale, key), `${locale} ${key}`).toBe(true);
    }
  }
});
