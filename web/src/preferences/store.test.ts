import { afterEach, beforeEach, expect, test, vi } from "vitest";

const KEY = "peyvand.preferences";

async function fresh(languages: string[] = ["en-GB"]) {
  vi.resetModules();
  vi.spyOn(navigator, "languages", "get").mockReturnValue(languages);
  return import("./store.ts");
}

beforeEach(() => localStorage.clear());
afterEach(() => vi.restoreAllMocks());

test("the browser's first language that we speak is taken, else English", async () => {
  expect((await fresh(["de-DE", "az-Latn-AZ", "en"])).preferences().locale).toBe("az");
  expect((await fresh(["de-DE", "fr"])).preferences().locale).toBe("en");
});

test("what one chose is there after a fresh start, and those who show it hear of it", async () => {
  const { setPreferences, subscribePreferences } = await fresh();
  const heard = vi.fn();
  subscribePreferences(heard);
  setPreferences({ locale: "fa", localeChosen: true, digits: "latn", theme: "dark" });
  expect(heard).toHaveBeenCalledOnce();
  expect((await fresh()).preferences()).toMatchObject({ locale: "fa", digits: "latn", theme: "dark" });
});

test.each(["not JSON", '{"locale":"xx"}', "null"])(
  "what no version of ours wrote (%s) is passed over",
  async (text) => {
    localStorage.setItem(KEY, text);
    expect((await fresh()).preferences()).toMatchObject({ locale: "en", theme: "system" });
  },
);

test("only Persian is written from right to left", async () => {
  const { direction, LOCALES } = await fresh();
  expect(LOCALES.filter((locale) => direction(locale) === "rtl")).toEqual(["fa"]);
});
