// What was added and left empty is not sent.
import type { Row } from "../api/changes.ts";

/** These say of a row what kind it is, not what it holds. */
const SIDE = new Set(["label", "primary", "region", "network"]);

export function clean(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleanRow).filter((row) => holds(row));
  if (typeof value === "string") return value.trim();
  if (value !== null && typeof value === "object" && "" in value) {
    const { "": unnamed, ...others } = value as Record<string, unknown>;
    return others;
  }
  return value;
}

export function cleanRecord(record: Row): Row {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, clean(value)])) as Row;
}

function cleanRow(row: unknown): unknown {
  if (row === null || typeof row !== "object") return clean(row);
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      typeof value === "string" ? value.trim() : Array.isArray(value) ? value.filter(Boolean) : value,
    ]),
  );
}

function holds(row: unknown): boolean {
  if (row === null || typeof row !== "object") return Boolean(row);
  return Object.entries(row).some(
    ([key, value]) => !SIDE.has(key) && (Array.isArray(value) ? value.length > 0 : Boolean(value)),
  );
}
