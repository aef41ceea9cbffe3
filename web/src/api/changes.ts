// What a form changed: the update mask and the values that go with it.
export type Row = Record<string, unknown> & { id: string };

/** Fields the server sets. */
const OUTPUT_ONLY = new Set(["id", "etag", "audit", "displayName"]);

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

/** The changed fields: their paths for `updateMask`, and the record's part to send. Custom fields count one by one. */
export function changes(
  before: Partial<Row>,
  after: Partial<Row>,
): { mask: string[]; values: Record<string, unknown> } {
  const mask: string[] = [];
  const values: Record<string, unknown> = {};
  for (const field of Object.keys(after)) {
    if (OUTPUT_ONLY.has(field) || same(before[field], after[field])) continue;
    values[field] = after[field];
    if (field === "custom") mask.push(...customMask(before["custom"], after["custom"]));
    else mask.push(field);
  }
  return { mask, values };
}

function customMask(before: unknown, after: unknown): string[] {
  const old = (before ?? {}) as Record<string, unknown>;
  const now = (after ?? {}) as Record<string, unknown>;
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names].filter((name) => !same(old[name], now[name])).map((name) => `custom.${name}`);
}
