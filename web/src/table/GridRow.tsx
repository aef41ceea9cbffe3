import Box from "@mui/material/Box";
import Checkbox from "@mui/material/Checkbox";
import IconButton from "@mui/material/IconButton";
import Tooltip from "@mui/material/Tooltip";
import { PanelRightOpen } from "lucide-react";
import { useText } from "../i18n/use.ts";
import type { ShapeProps } from "./Grid.tsx";
import type { TableRecord } from "./types.ts";

interface Props<R extends TableRecord> extends ShapeProps<R> {
  record: R;
  at: number;
  ids: readonly string[];
}

export function GridRow<R extends TableRecord>({
  config,
  shown,
  selected,
  record,
  at,
  ids,
  active,
  activate,
  beside,
}: Props<R>) {
  const t = useText();
  const name = config.nameOf(record);
  const on = selected.has(record.id);
  return (
    <tr
      data-row={at}
      tabIndex={at === Math.max(0, active) ? 0 : -1}
      aria-selected={on}
      onFocus={() => activate(at)}
    >
      <td className="tick">
        <Checkbox
          checked={on}
          slotProps={{ input: { "aria-label": t("table.select.one", { name }) } }}
          onClick={(event) => selected.toggle(record.id, event.shiftKey ? ids : undefined)}
        />
      </td>
      {shown.map(({ column }, index) => {
        const title = column.title?.(record);
        return index === 0 ? (
          <th key={column.id} scope="row" className="first" title={title}>
            <Box sx={{ display: "flex", alignItems: "center", gap: 2 }}>
              <Box sx={{ flex: 1, minWidth: 0, overflow: "hidden", textOverflow: "ellipsis" }}>
                {column.render(record)}
              </Box>
              <Box className="actions">
                <Tooltip title={t("table.beside")}>
                  <IconButton
                    aria-label={t("table.besideOf", { name })}
                    onClick={() => beside(record.id)}
                    sx={{ p: 1, minHeight: 0, minWidth: 0 }}
                  >
                    <PanelRightOpen className="mirror" size={16} />
                  </IconButton>
                </Tooltip>
              </Box>
            </Box>
          </th>
        ) : (
          <td key={column.id} title={title}>
            {column.render(record)}
          </td>
        );
      })}
    </tr>
  );
}
