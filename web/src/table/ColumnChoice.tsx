import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import FormControlLabel from "@mui/material/FormControlLabel";
import IconButton from "@mui/material/IconButton";
import Typography from "@mui/material/Typography";
import { ChevronDown, ChevronUp, GripVertical } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useText } from "../i18n/use.ts";
import { moved, type Shown, toggled } from "./columns.ts";
import type { ChosenColumn } from "./state.ts";
import type { Column } from "./types.ts";

interface Props<R> {
  all: readonly Column<R>[];
  shown: readonly Shown<R>[];
  change: (columns: readonly ChosenColumn[]) => void;
}

/** The columns to tick and to put in order: dragged, or moved by their arrows. */
export function ColumnChoice<R>({ all, shown, change }: Props<R>) {
  const t = useText();
  const [dragged, setDragged] = useState("");
  const hidden = all.filter((column) => !shown.some((one) => one.column.id === column.id));
  return (
    <Box sx={{ p: 3, width: 300 }}>
      <Typography color="textSecondary" sx={{ mb: 1 }}>
        {t("table.columns.about")}
      </Typography>
      <Box component="ul" sx={{ listStyle: "none", m: 0, p: 0 }}>
        {shown.map(({ column }, at) => (
          <Box
            component="li"
            key={column.id}
            draggable={at > 0}
            onDragStart={() => setDragged(column.id)}
            onDragEnd={() => setDragged("")}
            onDragOver={(event) => {
              if (!dragged) return;
              event.preventDefault();
              if (dragged !== column.id && at > 0) change(moved(shown, dragged, at));
            }}
            sx={{
              display: "flex",
              alignItems: "center",
              opacity: dragged === column.id ? 0.5 : 1,
              cursor: at ? "grab" : undefined,
            }}
          >
            <Tick
              label={t(column.label)}
              checked
              disabled={at === 0}
              onChange={() => change(toggled(shown, column))}
            >
              <GripVertical size={14} aria-hidden visibility={at ? "visible" : "hidden"} />
            </Tick>
            <Arrow
              label={t("table.columns.up", { column: t(column.label) })}
              disabled={at < 2}
              onClick={() => change(moved(shown, column.id, at - 1))}
            >
              <ChevronUp size={16} />
            </Arrow>
            <Arrow
              label={t("table.columns.down", { column: t(column.label) })}
              disabled={at === 0 || at === shown.length - 1}
              onClick={() => change(moved(shown, column.id, at + 1))}
            >
              <ChevronDown size={16} />
            </Arrow>
          </Box>
        ))}
        {hidden.map((column) => (
          <Box component="li" key={column.id} sx={{ display: "flex" }}>
            <Tick label={t(column.label)} checked={false} onChange={() => change(toggled(shown, column))}>
              <GripVertical size={14} visibility="hidden" aria-hidden />
            </Tick>
          </Box>
        ))}
      </Box>
      <Button onClick={() => change([])} sx={{ mt: 1 }}>
        {t("table.columns.reset")}
      </Button>
    </Box>
  );
}

interface TickProps {
  label: string;
  checked: boolean;
  disabled?: boolean;
  onChange: () => void;
  children: ReactNode;
}

function Tick({ label, checked, disabled = false, onChange, children }: TickProps) {
  return (
    <>
      {children}
      <FormControlLabel
        sx={{ flex: 1, minWidth: 0, m: 0 }}
        label={label}
        control={<Checkbox checked={checked} disabled={disabled} onChange={onChange} />}
      />
    </>
  );
}

function Arrow({
  label,
  disabled,
  onClick,
  children,
}: {
  label: string;
  disabled: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <IconButton
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
      sx={{ p: 1, opacity: disabled ? 0.3 : 1 }}
    >
      {children}
    </IconButton>
  );
}
