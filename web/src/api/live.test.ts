import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { json, refusal, serve } from "../testing/server.ts";

class Source extends EventTarget {
  static readonly CLOSED = 2;
  static all: Source[] = [];
  readyState = 1;
  constructor() {
    super();
    Source.all.push(this);
  }
  close(): void {
    this.readyState = Source.CLOSED;
  }
  say(type: string, data: unknown = {}): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }
  refuse(): void {
    this.readyState = Source.CLOSED;
    this.dispatchEvent(new Event("error"));
  }
}

const change = { type: "contact.updated.v1", aggregateType: "contact", aggregateId: "1" };

async function fresh() {
  vi.resetModules();
  return import("./live.ts");
}

beforeEach(() => {
  vi.useFakeTimers();
  Source.all = [];
  vi.stubGlobal("EventSource", Source);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("changes reach those who asked for the kind or the record, until they stop", async () => {
  const { follow, onChange } = await fresh();
  const kind = vi.fn();
  const record = vi.fn();
  const another = vi.fn();
  onChange("contact", undefined, kind);
  const stop = onChange("contact", "1", record);
  onChange("contact", "2", another);
  follow();
  Source.all[0]?.say("change", change);
  stop();
  Source.all[0]?.say("change", change);
  expect([kind, record, another].map((one) => one.mock.calls.length)).toEqual([2, 1, 0]);
});

test("a refused stream is opened anew with a renewed session, and what was shown is read again", async () => {
  serve(() => json({}));
  const { follow, onMissed } = await fresh();
  const missed = vi.fn();
  onMissed(missed);
  follow();
  Source.all[0]?.refuse();
  expect(Source.all).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(Source.all).toHaveLength(2);
  expect(missed).toHaveBeenCalledOnce();
});

test("it waits longer each time, and as short as at first once a stream was ready", async () => {
  serve(() => json({}));
  const { follow } = await fresh();
  follow();
  for (const wait of [1000, 2000, 4000]) {
    const before = Source.all.length;
    Source.all.at(-1)?.refuse();
    await vi.advanceTimersByTimeAsync(wait - 1);
    expect(Source.all).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(1);
    expect(Source.all).toHaveLength(before + 1);
  }
  Source.all.at(-1)?.say("ready");
  Source.all.at(-1)?.refuse();
  await vi.advanceTimersByTimeAsync(1000);
  expect(Source.all).toHaveLength(5);
});

test("a session that is over is not asked for again", async () => {
  serve(() => refusal(401, 16, "REFRESH_TOKEN_INVALID"));
  const { follow } = await fresh();
  follow();
  Source.all[0]?.refuse();
  await vi.advanceTimersByTimeAsync(300_000);
  expect(Source.all).toHaveLength(1);
});

test("a break that the browser mends by itself is left to it, and a reset says what was missed", async () => {
  const { follow, onMissed } = await fresh();
  const missed = vi.fn();
  onMissed(missed);
  follow();
  Source.all[0]?.dispatchEvent(new Event("error"));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(Source.all).toHaveLength(1);
  Source.all[0]?.say("reset");
  expect(missed).toHaveBeenCalledOnce();
});

test("nothing is opened after one stopped following", async () => {
  serve(() => json({}));
  const { follow } = await fresh();
  const stop = follow();
  Source.all[0]?.refuse();
  stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(Source.all).toHaveLength(1);
});
