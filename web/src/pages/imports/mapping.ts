// Which column feeds which field: what was proposed, what the person chose, and what is wrong with it.
import type { Mapping } from "../../api/imports.ts";

/** Fields a column can feed, in groups; those of the contract. */
export const FIELDS = {
  name: ["given_name", "family_name", "full_name", "middle_name", "honorific"],
  reach: [
    "email",
    "phone",
    "social.linkedin",
    "social.instagram",
    "social.telegram",
    "social.x",
    "social.facebook",
  ],
  work: ["company", "job_title"],
  address: ["street", "city", "state", "postal_code", "country"],
  more: ["source", "tags", "lifecycle_stage", "language", "time_zone", "birthday", "created"],
} as const;

export type FieldGroup = keyof typeof FIELDS | "custom";

/** Fields that several columns may feed. */
const REPEATED = new Set(["email", "phone", "tags", "street"]);
export const CUSTOM = "custom.";
const CUSTOM_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** What the person chose, by column; "" leaves a column out. */
export type Choices = Readonly<Record<string, string>>;

export type Certainty = "sure" | "likely" | "guess" | "chosen" | "new" | "out";

export interface Column {
  name: string;
  /** The field it feeds; "" when it is left out. */
  field: string;
  /** The field that was proposed. */
  proposed: string;
  certainty: Certainty;
  /** A few of its cells, none empty, none twice. */
  samples: string[];
  /** Another column feeds this field too, and only one may. */
  repeated: boolean;
}

const SAMPLES = 3;

export function columnsOf(
  names: readonly string[],
  proposal: readonly Mapping[],
  rows: readonly { cells: string[] }[],
  choices: Choices,
): Column[] {
  const found = names.map((name, place) => {
    const entry = proposal[place];
    const proposed = entry?.field ?? "";
    const field = choices[name] ?? proposed;
    const cells = rows.map(({ cells: row }) => row[place]?.trim() ?? "").filter(Boolean);
    const samples = [...new Set(cells)].slice(0, SAMPLES);
    const certainty = certaintyOf(field, proposed, entry?.confidence ?? 0);
    return { name, field, proposed, certainty, samples, repeated: false };
  });
  const count = (field: string) => found.filter((column) => column.field === field).length;
  return found.map((column) => ({
    ...column,
    repeated: column.field !== "" && !REPEATED.has(column.field) && count(column.field) > 1,
  }));
}

function certaintyOf(field: string, proposed: string, confidence: number): Certainty {
  if (field === "") return "out";
  if (field !== proposed) return "chosen";
  if (field.startsWith(CUSTOM)) return "new";
  if (confidence >= 0.9) return "sure";
  return confidence >= 0.75 ? "likely" : "guess";
}

/** Whether a column feeds an address or a number, by which contacts are recognised. */
export function hasIdentity(columns: readonly Column[]): boolean {
  return columns.some(({ field }) => field === "email" || field === "phone");
}

export function isReady(columns: readonly Column[]): boolean {
  return hasIdentity(columns) && !columns.some(({ repeated }) => repeated);
}

/** The custom field that a name means, "custom.loyalty_tier" for "Loyalty tier"; "" when it has no Latin letter. */
export function customField(name: string): string {
  const words = name
    .trim()
    .replace(/^custom\./i, "")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/ı/g, "i")
    .replace(/ə/g, "e")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[0-9_]+|_+$/g, "")
    .slice(0, 63);
  return CUSTOM_NAME.test(words) ? CUSTOM + words : "";
}
