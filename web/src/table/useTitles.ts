// The whole text of a cell, shown by the browser while the pointer rests on it. Written only then: as an attribute of
// every cell it would cost a new style for each of them whenever the page turns.
import { type FocusEvent, type MouseEvent, useCallback, useEffect, useRef } from "react";
import type { Shown } from "./columns.ts";

interface Listeners {
  onMouseOver: (event: MouseEvent) => void;
  onFocus: (event: FocusEvent) => void;
}

/** What a table listens to so that its cells have titles. */
export function useTitles<R>(rows: readonly R[], shown: readonly Shown<R>[]): Listeners {
  const last = useRef<HTMLTableCellElement>(undefined);
  // Other rows under a pointer that rests: what was said of those before is wrong.
  useEffect(() => () => last.current?.removeAttribute("title"), [rows]);
  const tell = useCallback(
    ({ target }: { target: EventTarget }) => {
      const cell =
        target instanceof Element ? target.closest<HTMLTableCellElement>("tbody :is(td, th)") : null;
      const row = cell?.parentElement?.dataset["row"];
      // The boxes to tick come before the columns.
      const column = cell && shown[cell.cellIndex - 1]?.column;
      const record = row === undefined ? undefined : rows[Number(row)];
      if (!cell || !column?.title || record === undefined) return;
      last.current = cell;
      const title = column.title(record);
      if (title) cell.title = title;
      else cell.removeAttribute("title");
    },
    [rows, shown],
  );
  return { onMouseOver: tell, onFocus: tell };
}
