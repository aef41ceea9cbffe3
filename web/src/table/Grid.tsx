import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Checkbox from "@mui/material/Checkbox";
import type { Theme } from "@mui/material/styles";
import { useText } from "../i18n/use.ts";
import { GridRow } from "./GridRow.tsx";
import { HeaderCell } from "./HeaderCell.tsx";
import { resized, type Shown } from "./columns.ts";
import type { Selected } from "./selection.ts";
import type { TableState } from "./state.ts";
import type { TableConfig, TableRecord } from "./types.ts";

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
  open: (id: string) => void;
  beside: (id: string) => void;
}

/** Width of the boxes to tick, in pixels. */
export const TICK = 44;

/** Rows and columns; the head and the first column stay in sight. */
export function Grid<R extends TableRecord>(props: ShapeProps<R>) {
  const { config, rows, shown, state, ranked, busy, selected } = props;
  const t = useText();
  const ids = rows.map(({ id }) => id);
  const ticked = ids.filter((id) => selected.has(id)).length;
  const width = TICK + shown.reduce((sum, one) => sum + one.width, 0);
  return (
    <Card sx={{ flex: 1, minHeight: 0, display: "flex", opacity: busy ? 0.7 : 1 }}>
      {/* What scrolls must be reachable by the keyboard. */}
      <Box
        role="region"
        aria-label={t(config.title)}

        tabIndex={0}
        sx={{
          flex: 1,
          overflow: "auto",
          scrollPaddingBlockStart: 40,
          "&:focus-visible": { outlineOffset: -2 },
        }}
      >
        <Box
          component="table"
          aria-label={t(config.title)}
          aria-busy={busy}
          sx={(theme) => look(theme, state.density)}
          style={{ width, minWidth: "100%" }}
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
                <Checkbox
                  slotProps={{ input: { "aria-label": t("table.select.page") } }}
                  checked={ticked === ids.length}
                  indeterminate={ticked > 0 && ticked < ids.length}
                  onChange={(_, on) => selected.page(ids, on)}
                />
              </th>
              {shown.map((one, at) => (
                <HeaderCell
                  key={one.column.id}
                  column={one.column}
                  first={at === 0}
                  width={one.width}
                  order={ranked ? "" : state.orderBy}
                  {...(!ranked &&
                    one.column.orderBy && { sort: (orderBy: string) => state.set({ orderBy }) })}
                  resize={(to) => state.set({ columns: resized(shown, one.column.id, to) })}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((record, at) => (
              <GridRow key={record.id} {...props} record={record} at={at} ids={ids} />
            ))}
          </tbody>
        </Box>
      </Box>
    </Card>
  );
}

function look({ tokens }: Theme, density: TableState["density"]) {
  const line = `1px solid ${tokens.line}`;
  const stays = { position: "sticky", zIndex: 1, background: tokens.paper } as const;
  return {
    tableLayout: "fixed",
    borderCollapse: "separate",
    borderSpacing: 0,
    "& th, & td": {
      height: density === "compact" ? 33 : 43,
      p: 0,
      px: 3,
      borderBlockEnd: line,
      textAlign: "start",
      fontWeight: 400,
      overflow: "hidden",
      textOverflow: "ellipsis",
      whiteSpace: "nowrap",
    },
    "& .tick": { ...stays, insetInlineStart: 0, px: 1, textAlign: "center", textOverflow: "clip" },
    "& .first": { ...stays, insetInlineStart: TICK, borderInlineEnd: line },
    "& td > a": { display: "inline" },
    "& .first a": { display: "flex" },
    "& .first a bdi": { overflow: "hidden", textOverflow: "ellipsis" },
    "& thead th": {
      ...stays,
      insetBlockStart: 0,
      zIndex: 2,
      height: 37,
      fontSize: 12,
      fontWeight: 550,
      color: tokens.soft,
    },
    "& thead .tick, & thead .first": { zIndex: 3 },
    "& tbody tr:hover > *": { background: tokens.tint },
    "& tbody tr[aria-selected=true] > *": { background: tokens.accentTint },
    "& tbody tr:focus-visible": { outline: "none" },
    "& tbody tr:focus-visible > .tick": { boxShadow: `inset 3px 0 0 ${tokens.accent}` },
    "[dir=rtl] & tbody tr:focus-visible > .tick": { boxShadow: `inset -3px 0 0 ${tokens.accent}` },
    "& .actions": { display: "none" },
    "& tr:hover .actions, & tr:focus .actions, & tr:focus-within .actions": { display: "inline-flex" },
    "& .MuiCheckbox-root": { p: 1, minHeight: 0, minWidth: 0 },
  } as const;
}
