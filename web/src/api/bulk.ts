// Changes of many records at once. They may take long: `readOperation` tells how far one is.
import { call, newId } from "./client.ts";
import type { components } from "./schema.d.ts";

export type Operation = components["schemas"]["Operation"];
/** Either up to 1,000 ids, or all records that a filter matches. */
export type Selection = { ids: readonly string[] } | { filter: string };
export interface BulkChange {
  addTags?: readonly string[];
  removeTags?: readonly string[];
  /** Empty takes the owner away. */
  ownerId?: string;
  /** Empty takes the team away. */
  teamId?: string;
  lifecycleStage?: string;
}

/** Asks a service for a change, by the path of the RPC: "/v1/contacts:bulkUpdate". Throws ApiError. */
export function changeMany(path: string, selection: Selection, change: BulkChange = {}): Promise<Operation> {
  return call<Operation>("POST", path, { body: { selection, ...change, requestId: newId() } });
}

export function readOperation(id: string): Promise<Operation> {
  return call<Operation>("GET", `/v1/contactOperations/${id}`);
}

/** Puts back what an operation changed, as far as nobody changed it since. Throws ApiError. */
export function undoMany(id: string): Promise<Operation> {
  return call<Operation>("POST", `/v1/contactOperations/${id}:undo`, { body: { requestId: newId() } });
}

export function hasEnded(operation: Operation): boolean {
  return operation.state === "STATE_SUCCEEDED" || operation.state === "STATE_FAILED";
}
