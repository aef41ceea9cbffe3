// How far an import is, and what it means.
import type { Import } from "../../api/imports.ts";

/** Milliseconds between two questions how far an import is. */
export const WATCH_EVERY = 700;

export function isRunning(found: { state: string } | undefined): boolean {
  return found?.state === "STATE_QUEUED" || found?.state === "STATE_RUNNING";
}

export type Count = "created" | "updated" | "unchanged" | "rejected";

/** What the records came to. Counts come as text; none has more than 2^53 records. */
export function countsOf(found: Import): Record<Count, number> {
  return {
    created: Number(found.createdCount),
    updated: Number(found.updatedCount),
    unchanged: Number(found.unchangedCount),
    rejected: Number(found.rejectedCount),
  };
}

/** The address where the file of an import can be read in another way and tried out again. */
export function againPath(importId: string): string {
  return `/imports/create?from=${encodeURIComponent(importId)}`;
}
