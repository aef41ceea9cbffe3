// The rights matrix: cells by "object action", what was changed in it, and what is sent.
import type { components } from "../../api/schema.d.ts";
import type { RightObject, Role } from "./data.ts";

export type Scope = components["schemas"]["Scope"];
type Right = components["schemas"]["Right"];
/** Cells by cellKey; a cell that is missing gives nothing. */
export type Cells = Readonly<Record<string, Scope>>;

export const SCOPES = ["SCOPE_NONE", "SCOPE_OWN", "SCOPE_TEAM", "SCOPE_ALL"] as const satisfies Scope[];

export function cellKey(object: string, action: string): string {
  return `${object} ${action}`;
}

export function cellsOf(rights: readonly Right[]): Cells {
  return Object.fromEntries(rights.map(({ object, action, scope }) => [cellKey(object, action), scope]));
}

export function scopeIn(cells: Cells, object: string, action: string): Scope {
  return cells[cellKey(object, action)] ?? "SCOPE_NONE";
}

/** The cells that differ from the role as it is stored. */
export function changedCells(role: Role, draft: Cells | undefined): string[] {
  if (!draft) return [];
  const stored = cellsOf(role.rights);
  const keys = new Set([...Object.keys(stored), ...Object.keys(draft)]);
  return [...keys].filter((key) => (stored[key] ?? "SCOPE_NONE") !== (draft[key] ?? "SCOPE_NONE"));
}

/** All cells that give something, as UpdateRole takes them. */
export function rightsOf(cells: Cells): Right[] {
  return Object.entries(cells)
    .filter(([, scope]) => scope !== "SCOPE_NONE" && scope !== "SCOPE_UNSPECIFIED")
    .map(([key, scope]) => {
      const [object = "", action = ""] = key.split(" ");
      return { object, action, scope };
    });
}

const USUAL = ["read", "create", "update", "delete", "import", "export", "administer"];

/** The columns: the usual actions first, then the special ones in the order of the contracts. */
export function columns(objects: readonly RightObject[]): string[] {
  const known = new Set(objects.flatMap(({ actions }) => actions));
  return [
    ...USUAL.filter((action) => known.has(action)),
    ...[...known].filter((action) => !USUAL.includes(action)),
  ];
}
