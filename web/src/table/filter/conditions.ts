// What the filter builder edits: conditions joined by "and" or "or", with groups of the other kind inside.
import type { Field, FieldKind } from "../types.ts";
import { parseFilter, printFilter, type Tree, type Value } from "./tree.ts";

export type OperatorName =
  | "is"
  | "isNot"
  | "contains"
  | "containsNot"
  | "begins"
  | "less"
  | "most"
  | "more"
  | "least"
  | "known"
  | "unknown";

export interface Condition {
  kind: "condition";
  /** "tags", "custom.tier" */
  field: string;
  operator: OperatorName;
  /** Empty with known and unknown. */
  value: string;
}

export type Join = "and" | "or";

export interface Group {
  kind: "group";
  join: Join;
  items: readonly Condition[];
}

export interface Conditions {
  join: Join;
  items: readonly (Condition | Group)[];
}

export const NONE: Conditions = { join: "and", items: [] };

const EQUAL = ["is", "isNot"] as const;
const THERE = ["known", "unknown"] as const;
const ORDERED = ["less", "most", "more", "least"] as const;

/** What can be asked of each kind of field; the first is offered. */
export const OPERATORS: Record<FieldKind, readonly OperatorName[]> = {
  text: ["contains", "containsNot", ...EQUAL, "begins", ...THERE],
  address: ["contains", "containsNot", ...EQUAL, "begins", ...THERE],
  code: [...EQUAL, ...THERE],
  enum: [...EQUAL],
  tag: ["contains", "containsNot", ...THERE],
  number: ["is", "isNot", ...ORDERED, ...THERE],
  date: ["is", "least", "most", "more", "less", ...THERE],
  person: [...EQUAL, ...THERE],
  team: [...EQUAL, ...THERE],
  company: [...EQUAL, ...THERE],
  custom: ["is", "isNot", "contains", "containsNot", ...ORDERED, ...THERE],
};

const SIGNS: Partial<Record<OperatorName, string>> = {
  is: "=",
  isNot: "!=",
  less: "<",
  most: "<=",
  more: ">",
  least: ">=",
};

export function needsValue(operator: OperatorName): boolean {
  return operator !== "known" && operator !== "unknown";
}

/** A condition still without its value. */
export function isComplete(condition: Condition): boolean {
  return (
    !condition.field.endsWith(".") &&
    condition.field !== "custom" &&
    (!needsValue(condition.operator) || condition.value.trim() !== "")
  );
}

/** The field a condition is about; custom fields are one field with a name of their own each. */
export function fieldOf(fields: readonly Field[], name: string): Field | undefined {
  const kind = name.split(".")[0];
  return (
    fields.find((field) => field.name === name) ??
    fields.find((field) => field.name === kind && field.kind === "custom")
  );
}

/** The filter text of what the builder holds; conditions that are not complete yet are left out. */
export function textOf(fields: readonly Field[], conditions: Conditions): string {
  const parts = conditions.items.flatMap((item): Tree[] => {
    const inner = (item.kind === "group" ? item.items : [item]).filter(isComplete);
    const trees = inner.map((one) => toTree(fieldOf(fields, one.field), one));
    if (item.kind === "condition" || trees.length < 2) return trees;
    return [{ kind: item.join, parts: trees }];
  });
  if (!parts.length) return "";
  return printFilter(parts.length === 1 ? parts[0] : { kind: conditions.join, parts });
}

function toTree(field: Field | undefined, { field: name, operator, value }: Condition): Tree {
  const comparison = (sign: string, written: Value): Tree => ({
    kind: "comparison",
    field: name,
    operator: sign,
    value: written,
    at: 0,
    operatorAt: 0,
    valueAt: 0,
  });
  const anything: Value = { text: "", quoted: false, before: false, after: true };
  if (operator === "known") return comparison(":", anything);
  if (operator === "unknown") return { kind: "not", part: comparison(":", anything) };
  const written = writtenAs(field?.kind ?? "text", value.trim());
  if (operator === "contains") return comparison(":", written);
  if (operator === "containsNot") return { kind: "not", part: comparison(":", written) };
  if (operator === "begins") return comparison("=", { ...written, after: true });
  return comparison(SIGNS[operator] ?? "=", written);
}

/** Numbers, dates, truth and names of values stand bare; all else in quotation marks. */
function writtenAs(kind: FieldKind, text: string): Value {
  const bare =
    (kind === "enum" && /^[A-Za-z_]+$/.test(text)) ||
    ((kind === "number" || kind === "custom") && /^-?\d+(\.\d+)?$/.test(text)) ||
    (kind === "custom" && /^(true|false)$/.test(text)) ||
    (kind === "date" && /^[^\s(),"'=<>!:*][^\s(),"=<>!*]*$/.test(text));
  return { text, quoted: !bare, before: false, after: false };
}

/** What the builder shows of a text; undefined when it holds more than the builder can show. Throws FilterError. */
export function conditionsOf(fields: readonly Field[], text: string): Conditions | undefined {
  const tree = parseFilter(text);
  if (!tree) return NONE;
  const outer = tree.kind === "and" || tree.kind === "or" ? tree : ({ kind: "and", parts: [tree] } as const);
  const items: (Condition | Group)[] = [];
  for (const part of flattened(outer)) {
    const item =
      part.kind === "and" || part.kind === "or" ? toGroup(fields, part) : toCondition(fields, part);
    if (!item) return undefined;
    items.push(item);
  }
  return { join: outer.kind, items };
}

/** Parts of the same kind inside are parts of the whole. */
function flattened(tree: { kind: "and" | "or"; parts: readonly Tree[] }): Tree[] {
  return tree.parts.flatMap((part) => (part.kind === tree.kind ? flattened(part) : [part]));
}

function toGroup(
  fields: readonly Field[],
  tree: { kind: "and" | "or"; parts: readonly Tree[] },
): Group | undefined {
  const items = flattened(tree).map((part) => toCondition(fields, part));
  return items.every((item) => item !== undefined) ? { kind: "group", join: tree.kind, items } : undefined;
}

function toCondition(fields: readonly Field[], tree: Tree): Condition | undefined {
  const negated = tree.kind === "not";
  const one = negated ? tree.part : tree;
  if (one.kind !== "comparison") return undefined;
  const { field: name, operator, value } = one;
  const field = fieldOf(fields, name);
  if (!field) return undefined;
  const { text, before, after, quoted } = value;
  const made = (made: OperatorName, written = text): Condition | undefined =>
    OPERATORS[field.kind].includes(made)
      ? { kind: "condition", field: name, operator: made, value: written }
      : undefined;
  if (operator === ":" && after && !before && !text) return made(negated ? "unknown" : "known", "");
  // A custom value in quotation marks is a text even when it looks like a number: only the text tells the difference.
  if (field.kind === "custom" && quoted !== writtenAs("custom", text).quoted) return undefined;
  if (before) return undefined;
  if (operator === ":" && !after) return made(negated ? "containsNot" : "contains");
  if (negated) return operator === "=" && !after ? made("isNot") : undefined;
  if (after) return operator === "=" ? made("begins") : undefined;
  const found = (Object.keys(SIGNS) as OperatorName[]).find((key) => SIGNS[key] === operator);
  return found && made(found, field.kind === "enum" ? enumValue(field, text) : text);
}

/** "LIFECYCLE_STAGE_LEAD" and "Lead" are "lead". */
function enumValue(field: Field, text: string): string {
  const lower = text.toLowerCase();
  return field.values?.find(({ value }) => lower === value || lower.endsWith(`_${value}`))?.value ?? text;
}
