import { expect, test } from "vitest";
import { branches, rowsOf, withDescendants } from "./tree.ts";

function team(id: string, parentId = "") {
  return { id, name: id, parentId, etag: "" };
}

const teams = [
  team("asia"),
  team("baku", "asia"),
  team("europe"),
  team("old town", "baku"),
  team("stray", "unseen"),
];

test("teams stand below their parents, and one whose parent is not seen at the top", () => {
  expect(rowsOf(branches(teams)).map(({ team: { id }, level }) => `${level} ${id}`)).toEqual([
    "1 asia",
    "2 baku",
    "3 old town",
    "1 europe",
    "1 stray",
  ]);
});

test("a team cannot go below itself or what is below it", () => {
  expect([...withDescendants(teams, "asia")].sort()).toEqual(["asia", "baku", "old town"]);
  expect([...withDescendants(teams, "europe")]).toEqual(["europe"]);
});
