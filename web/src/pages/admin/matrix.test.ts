import { expect, test } from "vitest";
import { cellsOf, changedCells, columns, rightsOf, scopeIn } from "./matrix.ts";

const role = {
  id: "agent",
  etag: "1",
  rights: [
    { object: "contact", action: "read", scope: "SCOPE_ALL" as const },
    { object: "note", action: "create", scope: "SCOPE_OWN" as const },
  ],
};

test("a cell nobody named gives nothing, and setting it to nothing is no change", () => {
  const cells = cellsOf(role.rights);
  expect(scopeIn(cells, "contact", "delete")).toBe("SCOPE_NONE");
  expect(changedCells(role, { ...cells, "contact delete": "SCOPE_NONE" })).toEqual([]);
  expect(changedCells(role, undefined)).toEqual([]);
});

test("changed cells are those that differ from what is stored, taken rights too", () => {
  const draft = {
    ...cellsOf(role.rights),
    "contact read": "SCOPE_NONE" as const,
    "contact delete": "SCOPE_TEAM" as const,
  };
  expect(changedCells(role, draft).sort()).toEqual(["contact delete", "contact read"]);
  expect(rightsOf(draft)).toEqual([
    { object: "note", action: "create", scope: "SCOPE_OWN" },
    { object: "contact", action: "delete", scope: "SCOPE_TEAM" },
  ]);
});

test("the usual actions come first, those of one service after them", () => {
  const objects = [
    { object: "operation", actions: ["undo", "read"] },
    { object: "contact", actions: ["delete", "read"] },
  ];
  expect(columns(objects)).toEqual(["read", "delete", "undo"]);
});
