import { expect, test } from "vitest";
import { matching, zone } from "./zones.ts";

const some = ["Asia/Tehran", "Asia/Baku", "Asia/Kuala_Lumpur", "America/New_York"];

test("a zone is found by its city, its distance from UTC, and its name in one's own language", () => {
  const persian = some.map((id) => zone(id, "fa"));
  expect(matching(persian, "tehran").map(({ id }) => id)).toEqual(["Asia/Tehran"]);
  expect(matching(persian, "kuala lum").map(({ id }) => id)).toEqual(["Asia/Kuala_Lumpur"]);
  expect(matching(persian, "+۰۳:۳۰").map(({ id }) => id)).toEqual(["Asia/Tehran"]);
  expect(matching(persian, "ايران").map(({ id }) => id)).toEqual(["Asia/Tehran"]);
  expect(matching(persian, "iran").map(({ id }) => id)).toEqual(["Asia/Tehran"]);
  expect(matching(persian, "")).toHaveLength(4);
  expect(matching(persian, "atlantis")).toEqual([]);
});
