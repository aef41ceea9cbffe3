import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { json, refusal, serve } from "../testing/server.ts";
import { dataProvider } from "./dataProvider.ts";

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.unstubAllGlobals());

const sort = { field: "createTime", order: "DESC" } as const;
const listed = (page: number, filter: Record<string, unknown> = {}) =>
  dataProvider.getList("contacts", { pagination: { page, perPage: 2 }, sort, filter });

test("pages follow by their tokens; the first is counted, and its count stays with the others", async () => {
  const seen = serve(({ query }) =>
    query.get("pageToken") === "t2"
      ? json({ contacts: [{ id: "3" }], nextPageToken: "" })
      : json({
          contacts: [{ id: "1" }, { id: "2" }],
          nextPageToken: "t2",
          totalSize: 10_000,
          totalSizeCapped: true,
        }),
  );
  const first = await listed(1);
  expect(first.pageInfo).toEqual({ hasPreviousPage: false, hasNextPage: true });
  const second = await listed(2);
  expect(second.data).toEqual([{ id: "3" }]);
  expect(second.pageInfo).toEqual({ hasPreviousPage: true, hasNextPage: false });
  expect(second.meta).toEqual({ total: 10_000, capped: true });
  expect(seen.map(({ query }) => [query.get("pageToken"), query.get("count")])).toEqual([
    [null, "true"],
    ["t2", null],
  ]);
  expect(seen[0]?.query.get("orderBy")).toBe("create_time desc");
});

test("a page whose token is not known is empty, and nothing is asked", async () => {
  const seen = serve(() => json({}));
  expect(await listed(7)).toEqual({ data: [], pageInfo: { hasPreviousPage: true, hasNextPage: false } });
  expect(seen).toEqual([]);
});

test("tokens of one filter are not those of another", async () => {
  serve(() => json({ contacts: [], nextPageToken: "t2" }));
  await listed(1, { ownerId: "a" });
  expect((await listed(2, { ownerId: "b" })).data).toEqual([]);
});

test("filters become text: what one wrote, and fields that are equal, with quotes inside of values kept", async () => {
  const seen = serve(() => json({ contacts: [] }));
  await listed(1, { where: "tags = vip OR tags = key", ownerId: 'a"b', displayName: "", showDeleted: true });
  expect(seen[0]?.query.get("filter")).toBe('(tags = vip OR tags = key) AND owner_id = "a\\"b"');
  expect(seen[0]?.query.get("showDeleted")).toBe("true");
});

test("a search goes to the search, and its rows are records", async () => {
  const seen = serve(() => json({ results: [{ contact: { id: "1" } }, { contact: { id: "2" } }] }));
  expect((await listed(1, { q: "علی" })).data).toEqual([{ id: "1" }, { id: "2" }]);
  expect(seen[0]?.path.startsWith("/v1/contacts:search?query=")).toBe(true);
});

test("an update sends what changed, its mask, the etag one saw, and a request id", async () => {
  const seen = serve(() => json({ id: "1", etag: "e2" }));
  const before = { id: "1", etag: "e1", jobTitle: "Clerk", custom: { floor: 1, desk: 2 }, tags: ["a"] };
  const after = {
    ...before,
    jobTitle: "Chief",
    custom: { floor: 3, desk: 2 },
    displayName: "Not mine to set",
  };
  await dataProvider.update("contacts", { id: "1", data: after, previousData: before });
  const [{ method, path, body }] = seen as [(typeof seen)[0]];
  expect([method, path]).toEqual(["PATCH", "/v1/contacts/1"]);
  expect(body).toMatchObject({
    contact: { id: "1", etag: "e1", jobTitle: "Chief", custom: { floor: 3, desk: 2 } },
    updateMask: "jobTitle,custom.floor",
  });
  expect(body["contact"]).not.toHaveProperty("displayName");
  expect(body["requestId"]).toMatch(/^[0-9a-f-]{36}$/);
});

test("an update without a change asks nothing; one that overwrites sends no etag", async () => {
  const seen = serve(() => json({ id: "1" }));
  const before = { id: "1", etag: "e1", jobTitle: "Clerk" };
  await dataProvider.update("contacts", { id: "1", data: { ...before }, previousData: before });
  expect(seen).toEqual([]);
  const meta = { overwrite: true, requestId: "mine" };
  await dataProvider.update("contacts", { id: "1", data: { jobTitle: "Chief" }, previousData: before, meta });
  expect(seen[0]?.body).toEqual({
    contact: { id: "1", jobTitle: "Chief" },
    updateMask: "jobTitle",
    requestId: "mine",
  });
});

test("a conflict comes through as it is", async () => {
  serve(() => refusal(409, 10, "ETAG_MISMATCH"));
  const params = { id: "1", data: { jobTitle: "b" }, previousData: { id: "1", jobTitle: "a" } };
  await expect(dataProvider.update("contacts", params)).rejects.toMatchObject({
    code: 10,
    reason: "ETAG_MISMATCH",
  });
});

test("creating sends only the options that the resource knows", async () => {
  const seen = serve(() => json({ id: "1" }));
  const meta = { allowDuplicate: true, other: 1, requestId: "mine" };
  await dataProvider.create("contacts", { data: { givenName: "Ali" }, meta });
  expect(seen[0]?.body).toEqual({ contact: { givenName: "Ali" }, allowDuplicate: true, requestId: "mine" });
});

test("many records come by one request where there is one, each id once", async () => {
  const seen = serve(() => json({ contacts: [{ id: "1" }, { id: "2" }] }));
  await dataProvider.getMany("contacts", { ids: ["1", "2", "1"] });
  expect(seen.map(({ path }) => path)).toEqual(["/v1/contacts:batchGet?ids=1&ids=2"]);
});

test("where there is none, they come one by one, and those that are gone are left out", async () => {
  serve(({ path }) =>
    path === "/v1/users/2" ? refusal(404, 5, "USER_NOT_FOUND") : json({ id: path.slice(-1) }),
  );
  const { data } = await dataProvider.getMany("users", { ids: ["1", "2", "3"] });
  expect(data.map(({ id }) => id)).toEqual(["1", "3"]);
});

test("a record in the bin is read, deleting sends its etag, and it is taken out again", async () => {
  const seen = serve(() => json({ id: "1" }));
  await dataProvider.getOne("contacts", { id: "1" });
  await dataProvider.delete("contacts", { id: "1", previousData: { id: "1", etag: "e1" } });
  await dataProvider.undelete("contacts", { id: "1" });
  expect(seen[0]?.path).toBe("/v1/contacts/1?showDeleted=true");
  expect(seen[1]?.method).toBe("DELETE");
  expect(seen[1]?.query.get("etag")).toBe("e1");
  expect(seen[2]?.path).toBe("/v1/contacts/1:undelete");
});
