import { afterEach, beforeEach, expect, test } from "vitest";
import { preferences, setPreferences } from "../../preferences/store.ts";
import { formatBytes, formatDuration, healthOf, type Service } from "./system.ts";

const before = preferences();
beforeEach(() => setPreferences({ locale: "en", digits: "", calendar: "" }));
afterEach(() => setPreferences(before));

const STATUS = {
  service: "contacts",
  processes: [],
  relay: { backlog: 0, backlogCapped: false, oldestAgeSeconds: 0 },
  consumers: [{ name: "timeline", source: "contacts", pending: "0", parked: "0", deadLetters: "0" }],
  jobs: [],
  jobWorkers: 1,
  brokerConnected: true,
};
const WELL: Service = { name: "contacts", health: "SERVING", status: STATUS };

test("a service is down when it does not serve, or does not say how it is", () => {
  expect(healthOf(WELL)).toBe("well");
  expect(healthOf({ ...WELL, health: "NOT_SERVING" })).toBe("down");
  const silent: Service = {
    name: "contacts",
    health: "SERVING",
    error: { code: "UNAVAILABLE", message: "" },
  };
  expect(healthOf(silent)).toBe("down");
});

test("a service needs a look when its events are late or something was given up", () => {
  const late = { ...STATUS, relay: { backlog: 3, backlogCapped: false, oldestAgeSeconds: 61 } };
  const dead = { ...STATUS, consumers: [{ ...STATUS.consumers[0]!, deadLetters: "2" }] };
  const failed = { ...STATUS, jobs: [{ task: "contacts:run", waiting: "0", running: "0", failed: "1" }] };
  for (const status of [late, dead, failed, { ...STATUS, brokerConnected: false }])
    expect(healthOf({ ...WELL, status })).toBe("late");
});

test("sizes and durations are short", () => {
  expect(formatBytes("84210000")).toBe("84 MB");
  expect(formatBytes(1_234_000_000)).toBe("1.2 GB");
  expect(formatDuration(3 * 86_400 + 4 * 3600 + 59)).toBe("3 days, 4 hours");
  expect(formatDuration(61)).toBe("1 minute, 1 second");
  expect(formatDuration(0)).toBe("0 seconds");
});
