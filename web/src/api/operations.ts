// Changes of single records, each with the operation that undoes it.
import { changes, type Row } from "./changes.ts";
import { call, change, newId } from "./client.ts";
import { ApiError } from "./errors.ts";
import type { components } from "./schema.d.ts";
import { resourceOf } from "./resources.ts";

type Operation = components["schemas"]["Operation"];

/** A record as the server has it after a change. */
export interface Written {
  record: Row;
  /** Empty when nothing was changed. */
  operationId: string;
}

/** Saves what differs between the two, if nobody saved since `before` was read. ABORTED otherwise. */
export async function saveRecord(name: string, before: Row, after: Row): Promise<Written> {
  const resource = resourceOf(name);
  const { mask, values } = changes(before, after);
  if (!mask.length) return { record: before, operationId: "" };
  const body = {
    [resource.one]: { id: before.id, etag: before["etag"], ...values },
    updateMask: mask.join(","),
    requestId: newId(),
  };
  const { data, operationId } = await change<Row>("PATCH", `${resource.path}/${before.id}`, { body });
  return { record: data, operationId };
}

export async function readRecord(name: string, id: string): Promise<Row> {
  return call<Row>("GET", `${resourceOf(name).path}/${id}`, { query: { showDeleted: true } });
}

/** Puts a record into the bin. */
export async function deleteRecord(name: string, id: string): Promise<Written> {
  const query = { requestId: newId() };
  const { data, operationId } = await change<Row>("DELETE", `${resourceOf(name).path}/${id}`, { query });
  return { record: data, operationId };
}

/** Takes a record out of the bin. */
export async function undeleteRecord(name: string, id: string): Promise<Row> {
  return call<Row>("POST", `${resourceOf(name).path}/${id}:undelete`, { body: { requestId: newId() } });
}

/** Puts back what an operation changed in one record; false when somebody changed it since, and it was left so. */
export async function undoOperation(operationId: string): Promise<boolean> {
  const path = `/v1/contactOperations/${operationId}:undo`;
  const done = await call<Operation>("POST", path, { body: { requestId: newId() } });
  return Number(done.changedCount) > 0;
}

/** The contacts that CONTACT_DUPLICATE names: those the person may see. */
export function duplicateIds(error: unknown): string[] {
  if (!(error instanceof ApiError) || error.reason !== "CONTACT_DUPLICATE") return [];
  return (error.metadata["contact_ids"] ?? "").split(",").filter(Boolean);
}
