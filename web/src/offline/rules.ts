// What is kept on the device, for how long, and what goes first.
import type { Kept } from "./database.ts";

/** Days after which kept answers, and who was signed in, are forgotten. */
export const MOST_DAYS = 7;
const DAY = 86_400_000;
/** Records with what belongs to them, lists, and small lists of names (users, teams): how many of each. */
const MOST_RECORDS = 50;
const MOST_LISTS = 4;
const MOST_NAMES = 20;

const OPENED = ["contacts", "companies"];
const NAMES = ["users", "teams", "roles"];

/** The record whose page reads by this query: "contacts/0198…"; undefined for all other queries. */
export function recordOf([resource, method, params]: readonly unknown[]): string | undefined {
  if (method !== "getOne" || !OPENED.includes(String(resource))) return undefined;
  const id = (params as { id?: unknown } | undefined)?.id;
  return id === undefined ? undefined : `${String(resource)}/${String(id)}`;
}

/** The opened record that a query belongs to, as its timeline does: its key holds the record's id. */
export function ownerOf(queryKey: readonly unknown[], records: Iterable<string>): string | undefined {
  const text = JSON.stringify(queryKey);
  for (const record of records) if (text.includes(record.slice(record.indexOf("/") + 1))) return record;
  return undefined;
}

/** Whether the query reads a list of customers, or the names that pages of customers show. */
export function isKeptWithoutRecord([resource, method]: readonly unknown[]): boolean {
  if (method === "getList") return [...OPENED, ...NAMES].includes(String(resource));
  return method === "getMany" && NAMES.includes(String(resource));
}

export function tooOld(at: number, now: number): boolean {
  return now - at > MOST_DAYS * DAY;
}

/** What has to go: too old, another person's, or beyond what is kept of its kind; the oldest first. */
export function surplus(all: readonly Kept[], user: string, now: number): string[] {
  const gone = new Set(
    all.filter((kept) => kept.user !== user || tooOld(kept.at, now)).map((kept) => kept.hash),
  );
  const staying = all.filter((kept) => !gone.has(kept.hash)).sort((one, other) => other.at - one.at);
  const records = [...new Set(staying.flatMap(({ record }) => record ?? []))].slice(0, MOST_RECORDS);
  const lists = staying.filter((kept) => !kept.record && OPENED.includes(String(kept.queryKey[0])));
  const names = staying.filter((kept) => !kept.record && !OPENED.includes(String(kept.queryKey[0])));
  const kept = new Set([...lists.slice(0, MOST_LISTS), ...names.slice(0, MOST_NAMES)]);
  const leaving = staying.filter((one) => (one.record ? !records.includes(one.record) : !kept.has(one)));
  return [...gone, ...leaving.map((one) => one.hash)];
}
