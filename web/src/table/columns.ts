// Which columns are shown, in which order, how wide.
import type { ChosenColumn } from "./state.ts";
import type { Column } from "./types.ts";

export const NARROWEST = 80;
export const WIDEST = 800;

export interface Shown<R> {
  column: Column<R>;
  width: number;
}

/** The columns to show: the first of the table always and first, then those chosen, else those not marked extra. */
export function shownColumns<R>(all: readonly Column<R>[], chosen: readonly ChosenColumn[]): Shown<R>[] {
  const [first, ...others] = all;
  if (!first) return [];
  const wanted = chosen.length
    ? chosen
    : all.filter((column) => !column.extra).map(({ id }) => ({ id, width: 0 }));
  const widthOf = (column: Column<R>) => wanted.find(({ id }) => id === column.id)?.width || column.width;
  const rest = wanted.flatMap(({ id }) => others.find((column) => column.id === id) ?? []);
  return [first, ...rest].map((column) => ({ column, width: widthOf(column) }));
}

/** As a view keeps them; widths of the table's own are 0. */
export function toChosen<R>(shown: readonly Shown<R>[]): ChosenColumn[] {
  return shown.map(({ column, width }) => ({ id: column.id, width: width === column.width ? 0 : width }));
}

export function resized<R>(shown: readonly Shown<R>[], id: string, width: number): ChosenColumn[] {
  const fitting = Math.round(Math.min(WIDEST, Math.max(NARROWEST, width)));
  return toChosen(shown.map((one) => (one.column.id === id ? { ...one, width: fitting } : one)));
}

/** Moves a column before or behind others; the first stays where it is. */
export function moved<R>(shown: readonly Shown<R>[], id: string, to: number): ChosenColumn[] {
  const from = shown.findIndex(({ column }) => column.id === id);
  const one = shown[from];
  if (from < 1 || !one) return toChosen(shown);
  const rest = shown.filter((_, at) => at !== from);
  rest.splice(Math.min(rest.length, Math.max(1, to)), 0, one);
  return toChosen(rest);
}

export function toggled<R>(shown: readonly Shown<R>[], column: Column<R>): ChosenColumn[] {
  const there = shown.some((one) => one.column.id === column.id);
  return toChosen(
    there ? shown.filter((one) => one.column.id !== column.id) : [...shown, { column, width: column.width }],
  );
}
