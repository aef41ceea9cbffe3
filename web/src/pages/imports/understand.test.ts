import { expect, test } from "vitest";
import { homeOf } from "./understand.ts";

test.each([
  ["fa", "IR"],
  ["az", "AZ"],
  ["ms", "MY"],
  ["fa-AF", ""],
  ["en-US", ""],
  ["", ""],
])("a file in %j has telephone numbers of %j", (locale, region) => {
  expect(homeOf(locale)).toBe(region);
});
