// The filter of a list as text of the API's filter language (docs/filter-language.md).

/**
 * What a list may be filtered by: `where` is filter text, `q` a search, `showDeleted` adds the bin,
 * `onlyDeleted` is the bin alone, others are equal.
 */
export interface ListFilter {
  where?: string;
  q?: string;
  showDeleted?: boolean;
  onlyDeleted?: boolean;
  [field: string]: unknown;
}

/** "displayName" is "display_name" in filters and orders. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A value of the filter language. */
export function quote(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return `"${String(value).replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
}

export function filterText(filter: ListFilter): string {
  const { where, q, showDeleted, onlyDeleted, ...fields } = filter;
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== null && value !== "")
    .map(([name, value]) => `${snake(name)} = ${quote(value)}`);
  if (!where) return parts.join(" AND ");
  return parts.length ? `(${where}) AND ${parts.join(" AND ")}` : where;
}
