// Three versions of a record made into one: what the person began with, what they made of it, what was saved meanwhile.
import type { Row } from "../api/changes.ts";

/** A field that both changed, each to something else. */
export interface Collision {
  /** "jobTitle", "custom.size" */
  field: string;
  base: unknown;
  mine: unknown;
  theirs: unknown;
}

export interface Merge {
  /** Theirs with my changes; where both changed a field, theirs. */
  merged: Row;
  collisions: Collision[];
  /** What I changed and they did not. */
  kept: string[];
  /** What they changed and I did not. */
  taken: string[];
}

/** Set by the server with every change. */
const OUTPUT_ONLY = new Set(["id", "etag", "audit", "displayName"]);
const CUSTOM = "custom.";

export function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(plain(one)) === JSON.stringify(plain(other));
}

/** Without what is empty, and with keys in order: "" and a missing value are the same. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.length ? value.map(plain) : undefined;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value)
      .map(([key, inner]) => [key, plain(inner)] as const)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    return entries.length ? Object.fromEntries(entries) : undefined;
  }
  return value === null || value === "" ? undefined : value;
}

/** A field by its path; custom fields count one by one. */
export function valueOf(record: Row, field: string): unknown {
  if (!field.startsWith(CUSTOM)) return record[field];
  return (record["custom"] as Record<string, unknown> | undefined)?.[field.slice(CUSTOM.length)];
}

export function withValue(record: Row, field: string, value: unknown): Row {
  if (!field.startsWith(CUSTOM)) return { ...record, [field]: value };
  const custom = { ...(record["custom"] as Record<string, unknown> | undefined) };
  const name = field.slice(CUSTOM.length);
  if (value === undefined || value === null) delete custom[name];
  else custom[name] = value;
  return { ...record, custom };
}

/** The fields in which two versions differ, custom ones one by one. */
export function differing(one: Row, other: Row): string[] {
  const fields = new Set([one, other].flatMap(fieldsOf));
  return [...fields].filter((field) => !same(valueOf(one, field), valueOf(other, field)));
}

function fieldsOf(record: Row): string[] {
  const custom = Object.keys((record["custom"] as object | undefined) ?? {}).map((name) => CUSTOM + name);
  return [...Object.keys(record).filter((key) => key !== "custom" && !OUTPUT_ONLY.has(key)), ...custom];
}

export function merge(base: Row, mine: Row, theirs: Row): Merge {
  const changedByMe = differing(base, mine);
  const changedByThem = new Set(differing(base, theirs));
  const result: Merge = { merged: theirs, collisions: [], kept: [], taken: [] };
  for (const field of changedByMe) {
    const [was, my, their] = [base, mine, theirs].map((record) => valueOf(record, field));
    if (!changedByThem.has(field)) {
      result.merged = withValue(result.merged, field, my);
      result.kept.push(field);
    } else if (isWords(my) && isWords(their)) {
      result.merged = withValue(result.merged, field, mergeWords(isWords(was) ? was : [], my, their));
    } else if (!same(my, their)) {
      result.collisions.push({ field, base: was, mine: my, theirs: their });
    }
  }
  const mineToo = new Set(changedByMe);
  result.taken = [...changedByThem].filter((field) => !mineToo.has(field));
  return result;
}

function isWords(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

/** Tags and the like: what either added is there, what either removed is gone. */
function mergeWords(base: string[], mine: string[], theirs: string[]): string[] {
  const removed = new Set(base.filter((word) => !mine.includes(word)));
  const added = mine.filter((word) => !base.includes(word) && !theirs.includes(word));
  return [...theirs.filter((word) => !removed.has(word)), ...added];
}
