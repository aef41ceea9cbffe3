import { afterEach, beforeEach, expect, test } from "vitest";
import { preferences, setPreferences } from "../../preferences/store.ts";
import { marked, type Notification } from "./data.ts";
import { byDay } from "./days.ts";

const before = preferences();
beforeEach(() => setPreferences({ locale: "en", timeZone: "Asia/Tehran", calendar: "", digits: "" }));
afterEach(() => setPreferences(before));

function one(id: string, createTime: string, readTime?: string): Notification {
  return { id, createTime, actorId: "", operationId: "", ...(readTime && { readTime }) };
}

const NOW = Date.parse("2026-03-21T08:00:00Z");

test("days begin at midnight where the person is", () => {
  const items = [
    "2026-03-21T07:00:00Z",
    "2026-03-20T20:31:00Z",
    "2026-03-20T20:29:00Z",
    "2026-03-18T10:00:00Z",
  ];
  const groups = byDay(
    items.map((time, at) => one(String(at), time)),
    NOW,
  );
  expect(groups.map(({ title, items: mine }) => [title, mine.map(({ id }) => id)])).toEqual([
    ["Today", ["0", "1"]],
    ["Yesterday", ["2"]],
    ["Wednesday, March 18", ["3"]],
  ]);
});

test("the days are Jalali for who chose it", () => {
  setPreferences({ locale: "fa" });
  const [, old] = byDay([one("1", "2026-03-21T07:00:00Z"), one("2", "2026-03-10T07:00:00Z")], NOW);
  expect(old?.title).toContain("۱۹ اسفند");
});

test("marking reads what was named, or all that happened until then, and nothing else", () => {
  const page = {
    notifications: [
      one("3", "2026-03-21T03:00:00Z"),
      one("2", "2026-03-21T02:00:00Z"),
      one("1", "2026-03-21T01:00:00Z", "x"),
    ],
    nextPageToken: "",
    unreadCount: 2,
    unreadCountCapped: false,
  };
  const pages = { pages: [page], pageParams: [""] };
  const read = (body: Parameters<typeof marked>[1]) =>
    marked(pages, body, new Date(NOW)).pages[0]?.notifications.map(({ readTime }) => readTime ?? "");
  const now = new Date(NOW).toISOString();
  expect(read({ ids: ["3"] })).toEqual([now, "", "x"]);
  expect(read({ untilTime: "2026-03-21T02:00:00Z" })).toEqual(["", now, "x"]);
});
