import Box from "@mui/material/Box";
import ButtonBase from "@mui/material/ButtonBase";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { useText } from "../i18n/use.ts";
import { NARROWEST, WIDEST } from "./columns.ts";
import type { Column } from "./types.ts";

interface Props<R> {
  column: Column<R>;
  /** It stays in sight. */
  first: boolean;
  width: number;
  /** "create_time desc" */
  order: string;
  sort?: (order: string) => void;
  resize: (width: number) => void;
}

/** Pixels of one press of an arrow key. */
const STEP = 16;

export function HeaderCell<R>({ column, first, width, order, sort, resize }: Props<R>) {
  const t = useText();
  const [field, direction] = order.split(" ");
  const mine = column.orderBy !== undefined && field === column.orderBy;
  const descending = direction === "desc";
  const Arrow = descending ? ArrowDown : ArrowUp;
  // Times begin with the newest, names with A.
  const usual = column.orderBy?.endsWith("_time") ? `${column.orderBy} desc` : column.orderBy;
  const turned = descending ? column.orderBy : `${column.orderBy} desc`;
  return (
    <th
      scope="col"
      className={first ? "first" : undefined}
      aria-sort={mine ? (descending ? "descending" : "ascending") : undefined}
    >
      {sort ? (
        <ButtonBase
          onClick={() => sort((mine ? turned : usual) ?? "")}
          sx={{
            font: "inherit",
            color: mine ? "text.primary" : "inherit",
            gap: 1,
            height: 1,
            minHeight: 28,
            maxWidth: 1,
          }}
        >
          <span>{t(column.label)}</span>
          {mine && <Arrow size={14} aria-hidden />}
        </ButtonBase>
      ) : (
        t(column.label)
      )}
      <Resizer label={t("table.columns.width", { column: t(column.label) })} width={width} resize={resize} />
    </th>
  );
}

/** The edge one drags; arrow keys move it, too. */
function Resizer({
  label,
  width,
  resize,
}: {
  label: string;
  width: number;
  resize: (width: number) => void;
}) {
  const [drag, setDrag] = useState<{ from: number; width: number }>();
  const sign = document.documentElement.dir === "rtl" ? -1 : 1;
  const move = (event: PointerEvent<HTMLElement>) => {
    if (drag) resize(drag.width + sign * (event.clientX - drag.from));
  };
  const press = (event: KeyboardEvent) => {
    const by = { ArrowRight: STEP, ArrowLeft: -STEP }[event.key];
    if (!by) return;
    event.preventDefault();
    resize(width + sign * by);
  };
  return (
    // A separator that can be focused is a control (ARIA 1.2).

    <Box
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={NARROWEST}
      aria-valuemax={WIDEST}

      tabIndex={0}
      onKeyDown={press}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: event.clientX, width });
      }}
      onPointerMove={move}
      onPointerUp={() => setDrag(undefined)}
      sx={{
        position: "absolute",
        insetBlock: 8,
        insetInlineEnd: 0,
        width: 9,
        cursor: "col-resize",
        touchAction: "none",
        borderInlineEnd: 2,
        borderColor: drag ? "primary.main" : "transparent",
        "th:hover > &": { borderColor: "divider" },
        "&:focus-visible": { borderColor: "primary.main", outlineOffset: -1 },
      }}
    />
  );
}
