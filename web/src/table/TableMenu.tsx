import IconButton from "@mui/material/IconButton";
import ListItemIcon from "@mui/material/ListItemIcon";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import Popover from "@mui/material/Popover";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import { useNotify } from "ra-core";
import { Columns3, Download, Ellipsis, Rows3, Rows4, Trash2 } from "lucide-react";
import { useState } from "react";
import { download } from "../api/download.ts";
import { describeError } from "../i18n/errors.ts";
import { useText } from "../i18n/use.ts";
import { useMay } from "../session/rights.ts";
import { ColumnChoice } from "./ColumnChoice.tsx";
import type { Shown } from "./columns.ts";
import type { TableState } from "./state.ts";
import type { TableConfig, TableRecord } from "./types.ts";

interface Props<R extends TableRecord> {
  config: TableConfig<R>;
  state: TableState;
  shown: readonly Shown<R>[];
  /** The filter of all that is listed; undefined where no filter says it. */
  where: string | undefined;
}

/** How the table looks, and what else can be done with it. */
export function TableMenu<R extends TableRecord>({ config, state, shown, where }: Props<R>) {
  const t = useText();
  const may = useMay();
  const notify = useNotify();
  const [columnsAt, setColumnsAt] = useState<HTMLElement | null>(null);
  const [menuAt, setMenuAt] = useState<HTMLElement | null>(null);
  const compact = state.density === "compact";
  const exports =
    config.exportPath && where !== undefined && state.view !== "bin" && may(config.object, "export");
  const pick = (work: () => void) => () => {
    setMenuAt(null);
    work();
  };
  const save = () =>
    void download(config.exportPath ?? "", { filter: where ?? "", bom: "true" }).catch((error: unknown) =>
      notify(describeError(error), { type: "error" }),
    );
  return (
    <Box sx={{ display: "flex", gap: 1 }}>
      <Button
        variant="outlined"
        startIcon={<Columns3 size={16} />}
        aria-haspopup="dialog"
        onClick={({ currentTarget }) => setColumnsAt(currentTarget)}
        sx={{ display: { xs: "none", sm: "inline-flex" } }}
      >
        {t("table.columns.title")}
      </Button>
      <IconButton
        aria-label={t("table.more")}
        aria-haspopup="menu"
        onClick={({ currentTarget }) => setMenuAt(currentTarget)}
      >
        <Ellipsis size={18} />
      </IconButton>
      <Popover
        open={columnsAt !== null}
        anchorEl={columnsAt}
        onClose={() => setColumnsAt(null)}
        anchorOrigin={{ vertical: "bottom", horizontal: "left" }}
        slotProps={{ paper: { role: "dialog", "aria-label": t("table.columns.title") } }}
      >
        <ColumnChoice all={config.columns} shown={shown} change={(columns) => state.set({ columns })} />
      </Popover>
      <Menu open={menuAt !== null} anchorEl={menuAt} onClose={() => setMenuAt(null)}>
        <MenuItem
          onClick={pick(() => state.set({ density: compact ? "comfortable" : "compact" }))}
          sx={{ display: { xs: "none", sm: "flex" } }}
        >
          <ListItemIcon>{compact ? <Rows3 size={16} /> : <Rows4 size={16} />}</ListItemIcon>
          {t(compact ? "table.density.comfortable" : "table.density.compact")}
        </MenuItem>
        {exports && (
          <MenuItem onClick={pick(save)}>
            <ListItemIcon>
              <Download size={16} />
            </ListItemIcon>
            {t("table.export")}
          </MenuItem>
        )}
        {may(config.object, "delete") && (
          <MenuItem onClick={pick(() => state.open("bin"))}>
            <ListItemIcon>
              <Trash2 size={16} />
            </ListItemIcon>
            {t("table.bin.title")}
          </MenuItem>
        )}
      </Menu>
    </Box>
  );
}
