import { expect, test } from "vitest";
import { brokenRules, makePassword } from "./password.ts";

test("each rule is named when it is broken", () => {
  expect(brokenRules("", "", "a@x.example")).toEqual(["long", "another", "uncommon"]);
  expect(brokenRules("aaaaaaaaaaaa", "", "a@x.example")).toEqual(["uncommon"]);
  expect(brokenRules("Leyla@Demo.example", "", "leyla@demo.example")).toEqual(["notAddress"]);
  expect(brokenRules("otter-lamp-3f9", "otter-lamp-3f9", "a@x.example")).toEqual(["another"]);
  expect(brokenRules("otter-lamp-3f9", "before", "a@x.example")).toEqual([]);
});

test("a made password keeps every rule and never comes twice", () => {
  const made = Array.from({ length: 50 }, makePassword);
  expect(new Set(made).size).toBe(50);
  for (const one of made) {
    expect(one).toMatch(/^([a-hjkmnp-z2-9]{5}-){3}[a-hjkmnp-z2-9]{5}$/);
    expect(brokenRules(one, "", "a@x.example")).toEqual([]);
  }
});
