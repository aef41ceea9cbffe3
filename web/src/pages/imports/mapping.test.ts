import { describe, expect, test } from "vitest";
import { columnsOf, customField, hasIdentity, isReady } from "./mapping.ts";

const names = ["Name", "Mail", "Mail 2", "Size"];
const proposal = [
  { column: "Name", field: "full_name", confidence: 1 },
  { column: "Mail", field: "email", confidence: 0.9 },
  { column: "Mail 2", field: "email", confidence: 0.8 },
  { column: "Size", field: "custom.size", confidence: 1 },
];
const rows = [{ cells: ["Ada", " a@example.com", "", "S"] }, { cells: ["Ada", "b@example.com"] }];

describe("columns", () => {
  test("are as proposed until the person chooses otherwise", () => {
    const found = columnsOf(names, proposal, rows, { Size: "job_title", "Mail 2": "" });
    expect(found.map(({ field }) => field)).toEqual(["full_name", "email", "", "job_title"]);
    expect(found.map(({ certainty }) => certainty)).toEqual(["sure", "sure", "out", "chosen"]);
    expect(found.map(({ proposed }) => proposed)).toEqual(["full_name", "email", "email", "custom.size"]);
  });

  test("say how sure a proposal is", () => {
    const guess = [{ column: "X", field: "phone", confidence: 0.6 }];
    expect(columnsOf(["X"], guess, [], {})[0]?.certainty).toBe("guess");
    expect(columnsOf(names, proposal, rows, {}).map(({ certainty }) => certainty)).toEqual([
      "sure",
      "sure",
      "likely",
      "new",
    ]);
  });

  test("show cells that are not empty, each once", () => {
    expect(columnsOf(names, proposal, rows, {}).map(({ samples }) => samples)).toEqual([
      ["Ada"],
      ["a@example.com", "b@example.com"],
      [],
      ["S"],
    ]);
  });

  test("may feed one field together only where the field takes several", () => {
    const found = columnsOf(names, proposal, rows, { Size: "full_name" });
    expect(found.map(({ repeated }) => repeated)).toEqual([true, false, false, true]);
    expect(isReady(found)).toBe(false);
  });

  test("must tell people apart", () => {
    const found = columnsOf(names, proposal, rows, { Mail: "", "Mail 2": "" });
    expect(hasIdentity(found)).toBe(false);
    expect(isReady(columnsOf(names, proposal, rows, { Mail: "" }))).toBe(true);
  });
});

test.each([
  ["Loyalty tier", "custom.loyalty_tier"],
  ["custom.tier", "custom.tier"],
  ["2nd choice", "custom.nd_choice"],
  ["Yaş qrupu (ıı)", "custom.yas_qrupu_ii"],
  ["Əlavə", "custom.elave"],
  ["رده", ""],
  ["", ""],
])("the custom field of %j is %j", (name, field) => {
  expect(customField(name)).toBe(field);
});

test("the name of a custom field is not longer than the server takes", () => {
  expect(customField("x".repeat(100))).toHaveLength("custom.".length + 63);
});
