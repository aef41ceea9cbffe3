// The tree of a filter text, and back. The grammar is that of docs/filter-language.md.

export interface Comparison {
  kind: "comparison";
  field: string;
  operator: string;
  value: Value;
  /** Places from 0 in the text it was read from. */
  at: number;
  operatorAt: number;
  valueAt: number;
}

export interface Value {
  /** Without quotation marks, escapes and the wildcards at its ends. */
  text: string;
  quoted: boolean;
  /** A `*` stands before or behind the text; a lone `*` sets `after` only. */
  before: boolean;
  after: boolean;
}

export type Tree = Comparison | { kind: "and" | "or"; parts: readonly Tree[] } | { kind: "not"; part: Tree };

export type Mistake = "field" | "operator" | "value" | "quote" | "bracket" | "join" | "end";

/** A filter that cannot be read: what was expected at which place (from 0). */
export class FilterError extends Error {
  override readonly name = "FilterError";
  readonly mistake: Mistake;
  readonly at: number;

  constructor(mistake: Mistake, at: number) {
    super(`${mistake} at ${at}`);
    this.mistake = mistake;
    this.at = at;
  }
}

const SPACE = /\s*/y;
const FIELD = /[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*/y;
const OPERATOR = /!=|<=|>=|=|<|>|:/y;
const QUOTED = /"([^"\\]|\\.)*"|'([^'\\]|\\.)*'/sy;
const BARE = /[^\s(),"'=<>!:][^\s(),"=<>!]*/y;
const RESERVED = new Set(["AND", "OR", "NOT"]);

/** The tree of a text; undefined when it is blank. Throws FilterError. */
export function parseFilter(text: string): Tree | undefined {
  if (!text.trim()) return undefined;
  const reader = new Reader(text);
  const tree = reader.expression();
  if (!reader.done()) throw new FilterError(reader.looksAt(")") ? "bracket" : "join", reader.at);
  return tree;
}

class Reader {
  at = 0;
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
    this.skip();
  }

  done(): boolean {
    return this.at >= this.text.length;
  }

  looksAt(mark: string): boolean {
    return this.text.startsWith(mark, this.at);
  }

  /** Sequences joined by AND; parts side by side mean AND, too. */
  expression(): Tree {
    const parts: Tree[] = [];
    do {
      parts.push(this.factor());
      while (!this.done() && !this.looksAt(")") && !this.word("AND")) parts.push(this.factor());
    } while (this.takeWord("AND"));
    return parts.length === 1 ? (parts[0] as Tree) : { kind: "and", parts };
  }

  private factor(): Tree {
    const parts = [this.term()];
    while (this.takeWord("OR")) parts.push(this.term());
    return parts.length === 1 ? (parts[0] as Tree) : { kind: "or", parts };
  }

  private term(): Tree {
    if (this.takeWord("NOT") || this.take("-")) return { kind: "not", part: this.simple() };
    return this.simple();
  }

  private simple(): Tree {
    if (!this.looksAt("(")) return this.comparison();
    const open = this.at;
    this.take("(");
    const inner = this.expression();
    if (!this.take(")")) throw new FilterError("bracket", this.done() ? open : this.at);
    return inner;
  }

  private comparison(): Comparison {
    const at = this.at;
    const field = this.match(FIELD);
    if (!field || RESERVED.has(field)) throw new FilterError(this.done() && !field ? "end" : "field", at);
    const operatorAt = this.at;
    const operator = this.match(OPERATOR);
    if (!operator) throw new FilterError("operator", operatorAt);
    const valueAt = this.at;
    const quoted = this.match(QUOTED);
    if (quoted)
      return {
        kind: "comparison",
        field,
        operator,
        value: read(quoted.slice(1, -1), true),
        at,
        operatorAt,
        valueAt,
      };
    if (this.looksAt('"') || this.looksAt("'")) throw new FilterError("quote", valueAt);
    const bare = this.match(BARE);
    if (!bare) throw new FilterError("value", valueAt);
    return { kind: "comparison", field, operator, value: read(bare, false), at, operatorAt, valueAt };
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (!found) return undefined;
    this.at += found.length;
    this.skip();
    return found;
  }

  private skip(): void {
    SPACE.lastIndex = this.at;
    this.at += SPACE.exec(this.text)?.[0].length ?? 0;
  }

  private take(mark: string): boolean {
    if (!this.looksAt(mark)) return false;
    this.at += mark.length;
    this.skip();
    return true;
  }

  private word(word: string): boolean {
    return this.looksAt(word) && !/[A-Za-z0-9_.]/.test(this.text[this.at + word.length] ?? "");
  }

  private takeWord(word: string): boolean {
    return this.word(word) && this.take(word);
  }
}

function read(raw: string, quoted: boolean): Value {
  if (raw === "*") return { text: "", quoted, before: false, after: true };
  const before = raw.startsWith("*");
  const after = /(^|[^\\])(\\\\)*\*$/.test(raw) && raw.length > 1;
  const text = raw.slice(before ? 1 : 0, after ? -1 : undefined);
  return { text: quoted ? text.replace(/\\(.)/gs, "$1") : text, quoted, before, after };
}

/** The text of a tree; brackets wherever AND and OR meet, so that nobody has to know which binds tighter. */
export function printFilter(tree: Tree | undefined): string {
  if (!tree) return "";
  if (tree.kind === "comparison") {
    const sign = tree.operator === ":" ? ":" : ` ${tree.operator} `;
    return `${tree.field}${sign}${printValue(tree.value)}`;
  }
  if (tree.kind === "not") return `NOT ${grouped(tree.part)}`;
  return tree.parts
    .map((part) => (part.kind === "and" || part.kind === "or" ? grouped(part) : printFilter(part)))
    .join(tree.kind === "and" ? " AND " : " OR ");
}

function grouped(tree: Tree): string {
  return tree.kind === "comparison" ? printFilter(tree) : `(${printFilter(tree)})`;
}

function printValue({ text, quoted, before, after }: Value): string {
  if (!quoted) return `${before ? "*" : ""}${text}${after ? "*" : ""}`;
  const escaped = text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\*/g, "\\*");
  return `"${before ? "*" : ""}${escaped}${after ? "*" : ""}"`;
}
