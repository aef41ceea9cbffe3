import { describe, expect, test } from "vitest";
import { byReason, faultOf } from "./rejected.ts";

const mapping = [
  { column: "First", field: "given_name", confidence: 1 },
  { column: "Last", field: "family_name", confidence: 1 },
  { column: "Work mail", field: "email", confidence: 1 },
  { column: "Home mail", field: "email", confidence: 1 },
  { column: "Firm", field: "company", confidence: 1 },
];
const row = { record: "7", message: "", reason: "EMAIL_INVALID", column: "email" };

describe("a fault", () => {
  test("stands in the column that feeds the field and is not empty", () => {
    expect(faultOf({ ...row, cells: ["Ada", "King", "", " ada@", "Analytics"] }, mapping)).toEqual({
      record: 7,
      reason: "EMAIL_INVALID",
      columns: ["Home mail"],
      value: "ada@",
      who: "Ada King",
    });
  });

  test("of a record as a whole stands in no column", () => {
    const fault = faultOf(
      { ...row, column: "", reason: "NO_IDENTITY", cells: ["", "", "", "", "Analytics"] },
      mapping,
    );
    expect(fault).toMatchObject({ columns: [], value: "", who: "Analytics" });
  });

  test("of a record that is too short has no value", () => {
    expect(faultOf({ ...row, cells: [] }, mapping)).toMatchObject({
      columns: ["Work mail", "Home mail"],
      value: "",
      who: "",
    });
  });
});

test("reasons are counted, the most frequent first", () => {
  const faults = ["A", "B", "B"].map((reason) => faultOf({ ...row, reason, cells: [] }, mapping));
  expect(byReason(faults)).toEqual([
    ["B", 2],
    ["A", 1],
  ]);
});
