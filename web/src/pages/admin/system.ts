// The system's status, and words and units for it.
import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import type { components, operations } from "../../api/schema.d.ts";
import { formatNumber } from "../../format/numbers.ts";
import { formatLocale } from "../../format/locale.ts";

export type Status = operations["GetSystemStatus"]["responses"][200]["content"]["application/json"];
export type Service = Status["services"][number];
export type ServiceStatus = components["schemas"]["ServiceStatus"];
export type DeadLetter = components["schemas"]["DeadLetter"];

/** Milliseconds between two looks while the page is seen. */
const EVERY = 5000;

export function useSystemStatus() {
  return useQuery({
    queryKey: ["system", "status"],
    queryFn: ({ signal }) => call<Status>("GET", "/v1/system/status", { signal }),
    // Not in the background: nobody looks.
    refetchInterval: EVERY,
    staleTime: 0,
  });
}

export interface DeadLetters {
  deadLetters: DeadLetter[];
  nextPageToken: string;
}

export type Health = "well" | "late" | "down";

/** Above this a backlog of events is late, seconds. */
const LATE = 60;

/** How a service is: down when it does not serve or tell, late when it lags or has given something up. */
export function healthOf(service: Service): Health {
  const { health, status } = service;
  if (health !== "SERVING" || !status) return "down";
  const behind = (status.relay?.oldestAgeSeconds ?? 0) > LATE;
  const failed =
    status.consumers.some(({ deadLetters }) => deadLetters !== "0") ||
    status.jobs.some(({ failed: n }) => n !== "0");
  return behind || failed || !status.brokerConnected ? "late" : "well";
}

const UNITS = ["kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Bytes to two figures or so: "84 MB". */
export function formatBytes(bytes: string | number): string {
  let value = Number(bytes) / 1000;
  let at = 0;
  while (value >= 1000 && at < UNITS.length - 1) {
    value /= 1000;
    at += 1;
  }
  const digits = value < 10 ? 1 : 0;
  return formatNumber(value, {
    style: "unit",
    unit: UNITS[at] ?? "terabyte",
    unitDisplay: "short",
    maximumFractionDigits: digits,
  });
}

/** The two largest units: "3 days, 4 hours", "12 minutes". */
export function formatDuration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), "day"],
    [Math.floor((seconds % 86_400) / 3600), "hour"],
    [Math.floor((seconds % 3600) / 60), "minute"],
    [Math.floor(seconds % 60), "second"],
  ];
  const first = parts.findIndex(([value]) => value > 0);
  const shown = first < 0 ? parts.slice(-1) : parts.slice(first, first + 2).filter(([value]) => value > 0);
  const words = shown.map(([value, unit]) =>
    formatNumber(value, { style: "unit", unit, unitDisplay: "long" }),
  );
  return new Intl.ListFormat(formatLocale(), { type: "unit" }).format(words);
}

/** Seconds from a moment to another. */
export function secondsBetween(from: string | undefined, to: string): number {
  return from ? Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000) : 0;
}
