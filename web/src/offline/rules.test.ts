import { expect, test } from "vitest";
import type { Kept } from "./database.ts";
import { isKeptWithoutRecord, ownerOf, recordOf, surplus } from "./rules.ts";

const DAY = 86_400_000;
const NOW = 100 * DAY;

function kept(hash: string, given: Partial<Kept> = {}): Kept {
  return { hash, queryKey: ["contacts", "getOne", { id: hash }], data: {}, at: NOW, user: "me", ...given };
}

test("a customer's page, what its key names, and short lists belong on the device; nothing else does", () => {
  expect(recordOf(["contacts", "getOne", { id: "a1" }])).toBe("contacts/a1");
  expect(recordOf(["users", "getOne", { id: "a1" }])).toBeUndefined();
  expect(recordOf(["contacts", "getList", {}])).toBeUndefined();
  expect(ownerOf(["timeline", "contact", "a1"], ["contacts/a1"])).toBe("contacts/a1");
  expect(ownerOf(["timeline", "contact", "a2"], ["contacts/a1"])).toBeUndefined();
  expect(isKeptWithoutRecord(["contacts", "getList", {}])).toBe(true);
  expect(isKeptWithoutRecord(["imports", "getList", {}])).toBe(false);
});

test("what is another person's or older than a week goes", () => {
  const all = [kept("mine"), kept("theirs", { user: "other" }), kept("old", { at: NOW - 8 * DAY })];
  expect(surplus(all, "me", NOW).sort()).toEqual(["old", "theirs"]);
});

test("beyond fifty customers the ones seen longest ago go, with all that belongs to them", () => {
  const all = Array.from({ length: 52 }, (_, n) => [
    kept(`c${n}`, { record: `contacts/c${n}`, at: NOW - n * 1000 }),
    kept(`timeline${n}`, { record: `contacts/c${n}`, at: NOW - n * 1000, queryKey: ["timeline", `c${n}`] }),
  ]).flat();
  expect(surplus(all, "me", NOW).sort()).toEqual(["c50", "c51", "timeline50", "timeline51"]);
});

test("of lists the last four stay", () => {
  const list = (n: number) => kept(`l${n}`, { queryKey: ["contacts", "getList", { page: n }], at: NOW - n });
  expect(surplus([5, 4, 3, 2, 1].map(list), "me", NOW)).toEqual(["l5"]);
});
