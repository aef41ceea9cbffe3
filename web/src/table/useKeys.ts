// The keys of a table: j and k move, x selects, o and Enter open, e edits, Space shows the record at the side.
import { useEffect, useEffectEvent, useState } from "react";
import { useNavigate, useLocation } from "react-router";
import type { Selected } from "./selection.ts";
import type { TableRecord } from "./types.ts";

interface Table {
  rows: readonly TableRecord[];
  selected: Selected;
  open: (id: string) => void;
  beside: (id: string) => void;
}

/** Milliseconds during which a letter after g leads to a place of the app. */
const AFTER_G = 1200;

function isControl(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest("input, textarea, select, button, a, [role=separator], [role=menu], [role=listbox]") !==
        null)
  );
}

export function useKeys(table: Table): { active: number; activate: (row: number) => void } {
  const [active, setActive] = useState(-1);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      document.querySelector("[role=dialog], [role=menu], [role=listbox]")
    )
      return;
    const typed = event.target instanceof HTMLInputElement && event.target.type !== "checkbox";
    if (typed || event.target instanceof HTMLTextAreaElement) return;
    const { rows, selected } = table;
    const row = rows[active];
    const go = (to: number) => {
      const next = Math.min(rows.length - 1, Math.max(0, to));
      setActive(next);
      const found = document.querySelector<HTMLElement>(`tr[data-row="${next}"]`);
      found?.focus({ preventScroll: true });
      found?.scrollIntoView({ block: "nearest" });
    };
    const inRow = event.target instanceof HTMLElement && event.target.closest("tr[data-row]") !== null;
    if (event.code === "KeyJ" || (event.key === "ArrowDown" && inRow)) go(active + 1);
    else if (event.code === "KeyK" || (event.key === "ArrowUp" && inRow)) go(active - 1);
    else if (event.key === "Escape" && !selected.none) selected.clear();
    else if (!row) return;
    else if (event.code === "KeyX")
      selected.toggle(row.id, event.shiftKey ? rows.map(({ id }) => id) : undefined);
    else if (event.code === "KeyO" || (event.key === "Enter" && !isControl(event.target))) table.open(row.id);
    else if (event.code === "KeyE") void navigate(`${pathname}/${row.id}?edit`);
    else if (event.key === " " && !isControl(event.target)) table.beside(row.id);
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    let afterG = -AFTER_G;
    const hear = (event: KeyboardEvent) => {
      if (event.code === "KeyG") afterG = event.timeStamp;
      else if (event.timeStamp - afterG > AFTER_G) press(event);
    };
    addEventListener("keydown", hear);
    return () => removeEventListener("keydown", hear);
  }, []);
  return { active, activate: setActive };
}
