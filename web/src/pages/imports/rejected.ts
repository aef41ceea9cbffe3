// What was not imported, and where in the file the fault stands.
import type { Mapping, RejectedRow } from "../../api/imports.ts";

export interface Fault {
  record: number;
  reason: string;
  /** The headers of the columns at fault; none when it is the record as a whole. */
  columns: string[];
  /** What stands in these columns. */
  value: string;
  /** Whom the record is about, as the file has it. */
  who: string;
}

const WHO = ["full_name", "given_name", "middle_name", "family_name"];

function cellsOf(row: RejectedRow, mapping: readonly Mapping[], fields: readonly string[]): string[] {
  return mapping
    .map(({ field }, place) => (fields.includes(field) ? (row.cells[place]?.trim() ?? "") : ""))
    .filter(Boolean);
}

export function faultOf(row: RejectedRow, mapping: readonly Mapping[]): Fault {
  const feeding = mapping
    .map((entry, place) => ({ ...entry, cell: row.cells[place]?.trim() ?? "" }))
    .filter(({ field }) => row.column !== "" && field === row.column);
  const filled = feeding.filter(({ cell }) => cell !== "");
  const who = cellsOf(row, mapping, WHO).join(" ");
  return {
    record: Number(row.record),
    reason: row.reason,
    columns: (filled.length ? filled : feeding).map(({ column }) => column),
    value: filled.map(({ cell }) => cell).join("; "),
    who: who || (cellsOf(row, mapping, ["company"])[0] ?? ""),
  };
}

/** How many records each reason has, the most frequent first. */
export function byReason(faults: readonly Fault[]): [reason: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { reason } of faults) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].sort((one, other) => other[1] - one[1]);
}
