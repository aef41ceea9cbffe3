// Mistakes of a filter that can be told before the server is asked, each at its place.
import type { Field, FieldKind } from "../types.ts";
import { fieldOf } from "./conditions.ts";
import { type Comparison, FilterError, parseFilter, type Tree } from "./tree.ts";

export interface Problem {
  /** Key of its text, with its values. */
  text: string;
  values?: Record<string, string>;
  /** From 0. */
  at: number;
}

const SIGNS: Record<FieldKind, readonly string[]> = {
  text: ["=", "!=", "<", "<=", ">", ">=", ":"],
  address: ["=", "!=", ":"],
  code: ["=", "!=", "<", "<=", ">", ">=", ":"],
  enum: ["=", "!=", ":"],
  tag: [":"],
  number: ["=", "!=", "<", "<=", ">", ">=", ":"],
  date: ["=", "!=", "<", "<=", ">", ">=", ":"],
  person: ["=", "!=", ":"],
  team: ["=", "!=", ":"],
  company: ["=", "!=", ":"],
  custom: ["=", "!=", "<", "<=", ">", ">=", ":"],
};

/** The first mistake; undefined when the server may be asked. */
export function problemOf(fields: readonly Field[], text: string): Problem | undefined {
  let tree: Tree | undefined;
  try {
    tree = parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError) return { text: `table.mistake.${error.mistake}`, at: error.at };
    throw error;
  }
  for (const one of tree ? comparisons(tree) : []) {
    const problem = wrong(fields, one);
    if (problem) return problem;
  }
  return undefined;
}

function comparisons(tree: Tree): Comparison[] {
  if (tree.kind === "comparison") return [tree];
  return tree.kind === "not" ? comparisons(tree.part) : tree.parts.flatMap(comparisons);
}

function wrong(fields: readonly Field[], one: Comparison): Problem | undefined {
  const field = one.field === "id" ? undefined : fieldOf(fields, one.field);
  if (one.field === "id") return undefined;
  const known = fields.map(({ name, kind }) => (kind === "custom" ? "custom.…" : name)).join(", ");
  if (!field) return { text: "table.mistake.unknown", values: { field: one.field, known }, at: one.at };
  if (!SIGNS[field.kind].includes(one.operator))
    return {
      text: "table.mistake.sign",
      values: { field: one.field, signs: SIGNS[field.kind].join(" ") },
      at: one.operatorAt,
    };
  const chosen = one.value.text.toLowerCase();
  if (
    field.kind === "enum" &&
    chosen &&
    !field.values?.some(({ value }) => chosen === value || chosen.endsWith(`_${value}`))
  )
    return {
      text: "table.mistake.choice",
      values: { value: one.value.text, known: field.values?.map(({ value }) => value).join(", ") ?? "" },
      at: one.valueAt,
    };
  return undefined;
}

/** The place (from 0) and the words of the server's refusal, "filter, character 12: …". */
export function placed(message: string): { at: number; message: string } | undefined {
  const found = /^filter, character (\d+): (.*)$/s.exec(message);
  return found ? { at: Number(found[1]) - 1, message: found[2] ?? "" } : undefined;
}
