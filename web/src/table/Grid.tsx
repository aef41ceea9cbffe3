import { useEvent } from "ra-core";
import { memo, useLayoutEffect, useMemo, useRef } from "react";
import { useText } from "../i18n/use.ts";
import { resized, type Shown } from "./columns.ts";
import { GridRow } from "./GridRow.tsx";
import { HeaderCell } from "./HeaderCell.tsx";
import { Scroller, Sheet, Table, TICK } from "./look.ts";
import type { Selected } from "./selection.ts";
import type { TableState } from "./state.ts";
import { Tick } from "./Tick.tsx";
import type { TableConfig, TableRecord } from "./types.ts";
import { useFollow } from "./useFollow.ts";
import { useTitles } from "./useTitles.ts";

export interface ShapeProps<R extends TableRecord> {
  config: TableConfig<R>;
  rows: readonly R[];
  shown: readonly Shown<R>[];
  state: TableState;
  /** The best matches first: no order to choose. */
  ranked: boolean;
  /** The rows are still those asked for before. */
  busy: boolean;
  selected: Selected;
  active: number;
  activate: (row: number) => void;
  beside: (id: string) => void;
}

/** Rows and columns; the head and the first column stay in sight. */
export function Grid<R extends TableRecord>(props: ShapeProps<R>) {
  const { config, rows, shown, state, ranked, busy, selected, active, activate, beside } = props;
  const t = useText();
  const follow = useFollow();
  const scroller = useRef<HTMLDivElement>(null);
  const scrolled = useRef(false);
  const ids = useMemo(() => rows.map(({ id }) => id), [rows]);
  const ticked = ids.filter((id) => selected.has(id)).length;
  const width = TICK + shown.reduce((sum, one) => sum + one.width, 0);
  // Another page, order or filter is read from its beginning.
  const place = [state.view, state.filter, state.query, state.orderBy, state.page].join("\n");
  useLayoutEffect(() => {
    // To ask where it stands would cost a layout of its own.
    if (!busy && scrolled.current) scroller.current?.scrollTo({ top: 0 });
  }, [busy, place]);
  return (
    <Sheet data-busy={busy}>
      {/* What scrolls must be reachable by the keyboard. */}
      <Scroller
        ref={scroller}
        role="region"
        aria-label={t(config.title)}
        tabIndex={0}
        onScroll={({ currentTarget }) => (scrolled.current = currentTarget.scrollTop > 0)}
      >
        <Table
          aria-label={t(config.title)}
          aria-busy={busy}
          data-density={state.density}
          style={{ width }}
          onClick={follow}
          {...useTitles(rows, shown)}
        >
          <colgroup>
            <col style={{ width: TICK }} />
            {shown.map(({ column, width: own }) => (
              <col key={column.id} style={{ width: own }} />
            ))}
          </colgroup>
          <thead>
            <tr>
              <th className="tick" scope="col">
                <Tick
                  label={t("table.select.page")}
                  checked={ticked === ids.length}
                  some={ticked > 0 && ticked < ids.length}
                  onChange={(on) => selected.page(ids, on)}
                />
              </th>
              <Heads
                shown={shown as readonly Shown<unknown>[]}
                order={ranked ? "" : state.orderBy}
                sort={useEvent((orderBy: string) => state.set({ orderBy }))}
                resize={useEvent((id: string, to: number) => state.set({ columns: resized(shown, id, to) }))}
              />
            </tr>
          </thead>
          <tbody>
            {rows.map((record, at) => (
              // By place, not by id: turning the page changes the texts of rows that are there already.
              <GridRow
                key={at}
                config={config}
                shown={shown}
                record={record}
                at={at}
                ids={ids}
                on={selected.has(record.id)}
                reached={at === Math.max(0, active)}
                toggle={selected.toggle}
                activate={activate}
                beside={beside}
              />
            ))}
          </tbody>
        </Table>
      </Scroller>
    </Sheet>
  );
}

interface HeadsProps {
  shown: readonly Shown<unknown>[];
  /** "create_time desc"; empty where no order can be chosen. */
  order: string;
  sort: (order: string) => void;
  resize: (column: string, width: number) => void;
}

const Heads = memo(function Heads({ shown, order, sort, resize }: HeadsProps) {
  return shown.map(({ column, width }, at) => (
    <HeaderCell
      key={column.id}
      column={column}
      first={at === 0}
      width={width}
      order={order}
      {...(order && column.orderBy && { sort })}
      resize={(to) => resize(column.id, to)}
    />
  ));
});
