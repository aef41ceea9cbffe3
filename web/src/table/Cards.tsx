import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Checkbox from "@mui/material/Checkbox";
import Link from "@mui/material/Link";
import { useRef } from "react";
import { Link as RouterLink } from "react-router";
import { useText } from "../i18n/use.ts";
import { recordPath } from "../ui/paths.ts";
import type { ShapeProps } from "./Grid.tsx";
import type { Selected } from "./selection.ts";
import type { TableConfig, TableRecord } from "./types.ts";

/** Milliseconds after which a press selects. */
const LONG_PRESS = 500;

/** The table at telephone width: a card each, with three facts. A tap opens it, a long press selects it. */
export function Cards<R extends TableRecord>({ config, rows, selected, busy }: ShapeProps<R>) {
  const t = useText();
  return (
    <Box
      component="ul"
      aria-label={t(config.title)}
      aria-busy={busy}
      sx={{ listStyle: "none", m: 0, p: 0, display: "grid", gap: 2, opacity: busy ? 0.7 : 1 }}
    >
      {rows.map((record) => (
        <li key={record.id}>
          <RecordCard config={config} record={record} selected={selected} />
        </li>
      ))}
    </Box>
  );
}

interface Props<R extends TableRecord> {
  config: TableConfig<R>;
  record: R;
  selected: Selected;
}

function RecordCard<R extends TableRecord>({ config, record, selected }: Props<R>) {
  const t = useText();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const pressed = useRef(false);
  const name = config.nameOf(record);
  const { about, facts } = config.card(record);
  const on = selected.has(record.id);
  const begin = () => {
    pressed.current = false;
    timer.current = setTimeout(() => {
      pressed.current = true;
      selected.toggle(record.id);
    }, LONG_PRESS);
  };
  const end = () => clearTimeout(timer.current);
  return (
    <Card
      onPointerDown={begin}
      onPointerUp={end}
      onPointerCancel={end}
      onPointerMove={(event) => Math.abs(event.movementY) > 4 && end()}
      onContextMenu={(event) => pressed.current && event.preventDefault()}
      sx={{
        display: "flex",
        alignItems: "flex-start",
        paddingInlineStart: 1,
        bgcolor: on ? "action.selected" : undefined,
      }}
    >
      <Checkbox
        checked={on}
        onChange={() => selected.toggle(record.id)}
        slotProps={{ input: { "aria-label": t("table.select.one", { name }) } }}
      />
      <Box sx={{ flex: 1, minWidth: 0, py: 2.5, paddingInlineEnd: 3, position: "relative" }}>
        <Link
          component={RouterLink}
          to={recordPath(config.resource, record.id)}
          color="textPrimary"
          onClick={(event) => pressed.current && event.preventDefault()}
          // The whole card is the link's; what stands above it (a telephone number) is pressed by itself.
          sx={{ fontWeight: 600, "&::after": { content: '""', position: "absolute", inset: 0 } }}
        >
          <bdi>{name}</bdi>
        </Link>
        <Box sx={{ color: "text.secondary", ...LINE }}>{about}</Box>
        <Box sx={{ display: "flex", flexWrap: "wrap", columnGap: 4, rowGap: 1, mt: 1 }}>
          {facts.map((fact, at) => (
            <Box key={at} sx={{ ...LINE, "& a": { position: "relative", zIndex: 1 } }}>
              {fact}
            </Box>
          ))}
        </Box>
      </Box>
    </Card>
  );
}

const LINE = {
  maxWidth: "100%",
  overflow: "hidden",
  textOverflow: "ellipsis",
  whiteSpace: "nowrap",
} as const;
