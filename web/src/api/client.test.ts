import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { json, refusal, serve } from "../testing/server.ts";

// Each test has the module's state of its own.
async function fresh() {
  vi.resetModules();
  return { ...(await import("./client.ts")), ...(await import("./connection.ts")) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a token that ran out", () => {
  test("is renewed once for all requests that wait for it, and each is sent again", async () => {
    const { call } = await fresh();
    let renewed = false;
    const seen = serve(({ path }) => {
      if (path === "/auth/refresh") renewed = true;
      else if (!renewed) return refusal(401, 16, "TOKEN_EXPIRED");
      return json({ path });
    });
    const answers = await Promise.all([
      call("GET", "/v1/a"),
      call("GET", "/v1/b"),
      call("POST", "/v1/c", { body: { x: 1 } }),
    ]);
    expect(answers).toEqual([{ path: "/v1/a" }, { path: "/v1/b" }, { path: "/v1/c" }]);
    expect(seen.filter(({ path }) => path === "/auth/refresh")).toHaveLength(1);
    expect(seen.filter(({ path }) => path === "/v1/c").map(({ body }) => body)).toEqual([{ x: 1 }, { x: 1 }]);
  });

  test("that cannot be renewed ends the session, and the first refusal is told", async () => {
    const { call, whenSessionEnds } = await fresh();
    const ended = vi.fn();
    whenSessionEnds(ended);
    serve(({ path }) =>
      refusal(401, 16, path === "/auth/refresh" ? "REFRESH_TOKEN_INVALID" : "TOKEN_EXPIRED"),
    );
    await expect(call("GET", "/v1/a")).rejects.toMatchObject({ status: 401, reason: "TOKEN_EXPIRED" });
    expect(ended).toHaveBeenCalledOnce();
  });

  test("is not looked for when signing in is refused", async () => {
    const { api } = await fresh();
    const seen = serve(() => refusal(401, 16, "SIGN_IN_FAILED"));
    const body = { email: "a@example.com", password: "x", transport: "cookie" } as const;
    await expect(api.POST("/auth/signIn", { body })).rejects.toMatchObject({ reason: "SIGN_IN_FAILED" });
    expect(seen).toHaveLength(1);
  });
});

test("a refusal has its reason, its fields, and the seconds to wait", async () => {
  const { call } = await fresh();
  const fieldViolations = [
    { field: "contact.emails[0].address", reason: "EMAIL_INVALID", description: "Wrong." },
  ];
  const details = [
    { reason: "EMAIL_INVALID", metadata: { limit: "3" } },
    { fieldViolations },
    { retryDelay: "2.5s" },
  ];
  serve(() => json({ code: 3, message: "Wrong.", details }, 400));
  await expect(call("POST", "/v1/contacts", { body: {} })).rejects.toMatchObject({
    status: 400,
    code: 3,
    reason: "EMAIL_INVALID",
    metadata: { limit: "3" },
    violations: fieldViolations,
    retryAfter: 2.5,
  });
});

test("an answer in a proxy's own words is an error without a reason, not a crash", async () => {
  const { call } = await fresh();
  serve(() => new Response("<h1>Bad gateway</h1>", { status: 502 }));
  await expect(call("GET", "/v1/a")).rejects.toMatchObject({ status: 502, reason: "UNKNOWN" });
});

test("without a network the error says so, and the connection is looked after until it is back", async () => {
  const { call, online, onBack } = await fresh();
  const back = vi.fn();
  onBack(back);
  let broken = true;
  const seen = serve(() => {
    if (broken) throw new TypeError("Failed to fetch");
    return json({});
  });
  await expect(call("GET", "/v1/a")).rejects.toMatchObject({ status: 0, reason: "OFFLINE" });
  expect(online()).toBe(false);
  await vi.advanceTimersByTimeAsync(2000);
  expect(seen.map(({ path }) => path)).toEqual(["/v1/a", "/healthz"]);
  broken = false;
  await vi.advanceTimersByTimeAsync(4000);
  expect(online()).toBe(true);
  expect(back).toHaveBeenCalledOnce();
  await vi.advanceTimersByTimeAsync(120_000);
  expect(seen).toHaveLength(3);
});

test("a request given up by the page is no lost connection", async () => {
  const { call, online } = await fresh();
  const stop = new AbortController();
  serve(() => {
    stop.abort();
    throw new DOMException("Aborted", "AbortError");
  });
  await expect(call("GET", "/v1/a", { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
  expect(online()).toBe(true);
});

test("empty values of a query are left out, and lists become one value each", async () => {
  const { call } = await fresh();
  const seen = serve(() => json({}));
  await call("GET", "/v1/a", { query: { filter: "", ids: ["1", "2"], pageSize: 5, showDeleted: undefined } });
  expect(seen[0]?.path).toBe("/v1/a?ids=1&ids=2&pageSize=5");
});

test("request ids are UUIDs and differ", async () => {
  const { newId } = await fresh();
  expect(newId()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newId()).not.toBe(newId());
});
