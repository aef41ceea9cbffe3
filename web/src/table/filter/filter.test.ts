import { describe, expect, test } from "vitest";
import type { Field } from "../types.ts";
import { placed, problemOf } from "./check.ts";
import { type Conditions, conditionsOf, textOf } from "./conditions.ts";
import { FilterError, parseFilter, printFilter } from "./tree.ts";

const fields: readonly Field[] = [
  { name: "display_name", label: "name", kind: "text" },
  { name: "email", label: "email", kind: "address" },
  { name: "source", label: "source", kind: "text" },
  { name: "tags", label: "tags", kind: "tag" },
  { name: "owner_id", label: "owner", kind: "person" },
  { name: "employee_count", label: "employees", kind: "number" },
  { name: "create_time", label: "created", kind: "date" },
  { name: "lifecycle_stage", label: "stage", kind: "enum", values: [{ value: "lead", label: "lead" }] },
  { name: "custom", label: "custom", kind: "custom" },
];

function mistakeOf(text: string): FilterError {
  try {
    parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError) return error;
  }
  throw new Error(`${text} has no mistake`);
}

describe("text and builder", () => {
  test.each([
    'display_name:"rez"',
    'tags:"vip" AND source = "trade show"',
    'lifecycle_stage = lead AND (source = "web" OR source = "fair")',
    '(tags:"a" AND tags:"b") OR NOT tags:"c"',
    "create_time >= 1404/01/01 AND create_time < ۱۴۰۵/۰۱/۰۱",
    "email:* AND NOT source:*",
    "employee_count >= 250",
    'display_name = "Məmməd*"',
    'custom.tier = "gold" AND custom.seats >= 100 AND custom.open = true',
    'source = "say \\"hi\\" \\\\ \\*"',
    'source != "buyer"',
  ])("%s is the same after it was built", (text) => {
    const built = conditionsOf(fields, text);
    expect(built).toBeDefined();
    expect(textOf(fields, built as Conditions)).toBe(text);
  });

  test.each([
    ["-tags:vip", 'NOT tags:"vip"'],
    ["tags:vip tags:partner", 'tags:"vip" AND tags:"partner"'],
    ["source = web AND tags:a OR tags:b", 'source = "web" AND (tags:"a" OR tags:"b")'],
    ["NOT source = web", 'source != "web"'],
    ["lifecycle_stage = LIFECYCLE_STAGE_LEAD", "lifecycle_stage = lead"],
    ["((tags:a))", 'tags:"a"'],
  ])("%s is written as %s", (text, written) => {
    expect(textOf(fields, conditionsOf(fields, text) as Conditions)).toBe(written);
  });

  test.each([
    'NOT (tags:"a" OR tags:"b")',
    'tags:"a" AND (tags:"b" OR (tags:"c" AND tags:"d"))',
    'email = "*@example.com"',
    'custom.code = "12"',
    'unheard = "of"',
  ])("%s is more than the builder shows", (text) => {
    expect(conditionsOf(fields, text)).toBeUndefined();
  });

  test("conditions without their value are left out", () => {
    const items = [
      { kind: "condition", field: "source", operator: "is", value: " " },
      { kind: "condition", field: "custom.", operator: "is", value: "x" },
      { kind: "condition", field: "tags", operator: "contains", value: "vip" },
      {
        kind: "group",
        join: "or",
        items: [{ kind: "condition", field: "email", operator: "known", value: "" }],
      },
    ] as const;
    expect(textOf(fields, { join: "and", items })).toBe('tags:"vip" AND email:*');
  });
});

describe("trees", () => {
  test.each(['NOT (tags:"a" OR tags:"b")', 'a = 1 AND (b = "x" OR (c = 2 AND d = "3"))', "phone = +98912*"])(
    "%s is printed as it was read",
    (text) => expect(printFilter(parseFilter(text))).toBe(text),
  );

  test.each([
    ["source = trade show", "operator", 19],
    ['job_title = "buyer', "quote", 12],
    ["tags:vip AND", "end", 12],
    ["(tags:a OR tags:b", "bracket", 0],
    ["tags:a)", "bracket", 6],
    ["source =", "value", 8],
    ["AND tags:a", "field", 0],
  ])("%s: the mistake is told at its place", (text, mistake, at) => {
    expect(mistakeOf(text)).toMatchObject({ mistake, at });
  });
});

describe("mistakes before the server is asked", () => {
  test.each([
    ["tier = gold", "table.mistake.unknown", 0],
    ["tags = vip", "table.mistake.sign", 5],
    ["tags:a AND lifecycle_stage = king", "table.mistake.choice", 29],
    ["tags:", "table.mistake.value", 5],
  ])("%s", (text, key, at) => {
    expect(problemOf(fields, text)).toMatchObject({ text: key, at });
  });

  test("what is right has none", () => {
    expect(problemOf(fields, 'tags:"vip" AND custom.tier:* AND create_time > 1404/04/24')).toBeUndefined();
  });

  test("the server's refusal has its place", () => {
    expect(placed("filter, character 15: expected a time")).toEqual({ at: 14, message: "expected a time" });
    expect(placed("something else")).toBeUndefined();
  });
});
