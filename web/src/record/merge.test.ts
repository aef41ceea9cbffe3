import { describe, expect, test } from "vitest";
import type { Row } from "../api/changes.ts";
import { differing, merge, withValue } from "./merge.ts";

const base: Row = {
  id: "1",
  etag: "v1",
  givenName: "Ali",
  jobTitle: "Cook",
  tags: ["vip", "fair"],
  custom: { size: 1 },
  audit: { updateTime: "1" },
};

function later(changes: Partial<Row>): Row {
  return { ...base, etag: "v2", audit: { updateTime: "2" }, ...changes };
}

describe("merge", () => {
  test("what does not collide comes together by itself", () => {
    const { merged, collisions, kept, taken } = merge(
      base,
      { ...base, givenName: "Alireza" },
      later({ jobTitle: "Chef" }),
    );
    expect(collisions).toEqual([]);
    expect([kept, taken]).toEqual([["givenName"], ["jobTitle"]]);
    expect(merged).toMatchObject({ givenName: "Alireza", jobTitle: "Chef", etag: "v2" });
  });

  test("a field that both changed is asked about, and holds theirs until then", () => {
    const { merged, collisions } = merge(base, { ...base, jobTitle: "Baker" }, later({ jobTitle: "Chef" }));
    expect(collisions).toEqual([{ field: "jobTitle", base: "Cook", mine: "Baker", theirs: "Chef" }]);
    expect(merged["jobTitle"]).toBe("Chef");
  });

  test("the same change made twice is no collision", () => {
    expect(merge(base, { ...base, jobTitle: "Chef" }, later({ jobTitle: "Chef" })).collisions).toEqual([]);
  });

  test("tags that each added are all there, and what each removed is gone", () => {
    const { merged, collisions } = merge(
      base,
      { ...base, tags: ["vip", "mine"] },
      later({ tags: ["fair", "theirs"] }),
    );
    expect(collisions).toEqual([]);
    expect(merged["tags"]).toEqual(["theirs", "mine"]);
  });

  test("custom fields collide one by one", () => {
    const mine = { ...base, custom: { size: 2, colour: "red" } };
    const { merged, collisions } = merge(base, mine, later({ custom: { size: 1, shape: "round" } }));
    expect(collisions).toEqual([]);
    expect(merged["custom"]).toEqual({ size: 2, colour: "red", shape: "round" });
    const both = merge(base, mine, later({ custom: { size: 3 } }));
    expect(both.collisions.map((one) => one.field)).toEqual(["custom.size"]);
  });

  test("empty and missing are the same, and what the server sets does not count", () => {
    expect(differing(base, later({ honorific: "", emails: [], custom: { size: 1 } }))).toEqual([]);
    expect(differing(base, later({ tags: ["fair", "vip"] }))).toEqual(["tags"]);
  });

  test("a custom field that is emptied goes", () => {
    expect(withValue(base, "custom.size", undefined)["custom"]).toEqual({});
  });
});
