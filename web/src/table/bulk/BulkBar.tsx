import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import LinearProgress from "@mui/material/LinearProgress";
import Link from "@mui/material/Link";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import Paper from "@mui/material/Paper";
import Typography from "@mui/material/Typography";
import { ArchiveRestore, Flag, Tag, Trash2, UserRound, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Selection } from "../../api/bulk.ts";
import { formatCount, formatNumber } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import type { Selected } from "../selection.ts";
import type { TableConfig, TableRecord } from "../types.ts";
import type { Rows } from "../useRows.ts";
import { AssignDialog } from "./AssignDialog.tsx";
import { TagDialog } from "./TagDialog.tsx";
import { type Bulk, useBulk } from "./useBulk.ts";

interface Props<R extends TableRecord> {
  config: TableConfig<R>;
  list: Rows<R>;
  selected: Selected;
  bin: boolean;
}

/** What can be done with the selected records, at the foot of the table. */
export function BulkBar<R extends TableRecord>({ config, list, selected, bin }: Props<R>) {
  const bulk = useBulk(config.resource);
  if (bulk.running) return <Progress bulk={bulk} />;
  if (selected.none) return null;
  return <Bar config={config} list={list} selected={selected} bin={bin} bulk={bulk} />;
}

function Bar<R extends TableRecord>({ config, list, selected, bin, bulk }: Props<R> & { bulk: Bulk }) {
  const t = useText();
  const may = useMay();
  const [dialog, setDialog] = useState<"tag" | "assign" | "delete" | "">("");
  const [stagesAt, setStagesAt] = useState<HTMLElement | null>(null);
  const { update, remove, restore, stages } = config.bulk;
  const selection: Selection = selected.all ? { filter: list.where ?? "" } : { ids: [...selected.ids] };
  const count = selected.all ? (list.total ?? 0) : selected.ids.size;
  const shown = formatCount(count, selected.all && list.capped);
  const run: Bulk["run"] = (...given) => {
    bulk.run(...given);
    setDialog("");
    setStagesAt(null);
    selected.clear();
  };
  const drop = () => run(remove, selection, "table.bulk.deleted", undefined, () => null);
  const page = list.rows ?? [];
  const pageFull = page.length > 0 && page.every(({ id }) => selected.has(id));
  const more = !selected.all && pageFull && list.where !== undefined && (list.total ?? 0) > page.length;
  return (
    <Floating>
      <Typography component="div" aria-live="polite" sx={{ fontWeight: 600 }}>
        {t("table.bulk.selected", { count, shown })}
      </Typography>
      {more && (
        <Link component="button" onClick={selected.everything}>
          {t("table.bulk.all", { shown: formatCount(list.total ?? 0, list.capped) })}
        </Link>
      )}
      <Box
        sx={{
          display: "flex",
          gap: 1,
          marginInlineStart: { sm: "auto" },
          // At telephone width a line of its own, under the count and the way out.
          order: { xs: 1, sm: 0 },
          width: { xs: "100%", sm: "auto" },
          overflowX: "auto",
          "& .MuiButton-root": { flex: "none" },
        }}
      >
        {!bin && may(config.object, "update") && (
          <>
            <Button startIcon={<Tag size={16} />} onClick={() => setDialog("tag")}>
              {t("table.bulk.tag")}
            </Button>
            <Button startIcon={<UserRound size={16} />} onClick={() => setDialog("assign")}>
              {t("table.bulk.assign")}
            </Button>
            {stages && (
              <Button
                startIcon={<Flag size={16} />}
                aria-haspopup="menu"
                onClick={({ currentTarget }) => setStagesAt(currentTarget)}
              >
                {t("table.bulk.stage")}
              </Button>
            )}
          </>
        )}
        {!bin && may(config.object, "delete") && (
          <Button
            startIcon={<Trash2 size={16} />}
            onClick={() => (selected.all ? setDialog("delete") : drop())}
            sx={{ color: "error.main" }}
          >
            {t("table.bulk.delete")}
          </Button>
        )}
        {bin && may(config.object, "delete") && (
          <Button
            startIcon={<ArchiveRestore size={16} />}
            onClick={() => run(restore, selection, "table.bulk.restored", undefined, () => null)}
          >
            {t("table.bulk.restore")}
          </Button>
        )}
      </Box>
      <IconButton
        aria-label={t("table.bulk.clear")}
        onClick={selected.clear}
        sx={{ marginInlineStart: { xs: "auto", sm: 0 } }}
      >
        <X size={18} />
      </IconButton>
      <Menu open={stagesAt !== null} anchorEl={stagesAt} onClose={() => setStagesAt(null)}>
        {stages?.map(({ value, label }) => (
          <MenuItem
            key={value}
            onClick={() =>
              run(update, selection, "table.bulk.staged", { lifecycleStage: value }, (row) =>
                Object.assign({}, row, { lifecycleStage: value }),
              )
            }
          >
            {t(label)}
          </MenuItem>
        ))}
      </Menu>
      {dialog === "tag" && (
        <TagDialog
          rows={page.filter(({ id }) => selected.has(id))}
          close={() => setDialog("")}
          run={(...given) => run(update, selection, ...given)}
        />
      )}
      {dialog === "assign" && (
        <AssignDialog close={() => setDialog("")} run={(...given) => run(update, selection, ...given)} />
      )}
      <ConfirmDialog
        open={dialog === "delete"}
        title={t("table.bulk.sure", { count, shown })}
        body={t("table.bulk.sureBody")}
        confirm={t("table.bulk.delete")}
        danger
        onConfirm={drop}
        onClose={() => setDialog("")}
      />
    </Floating>
  );
}

function Progress({ bulk }: { bulk: Bulk }) {
  const t = useText();
  const { progress = 0, matchedCount = "0" } = bulk.running ?? {};
  const all = Number(matchedCount);
  return (
    <Floating>
      <Typography role="status" sx={{ flex: 1 }}>
        {t("table.bulk.progress", { done: formatNumber(Math.round(progress * all)), all: formatNumber(all) })}
        <LinearProgress
          variant="determinate"
          value={progress * 100}
          aria-label={t("table.bulk.running")}
          sx={{ mt: 1 }}
        />
      </Typography>
      <Typography color="textSecondary">{t("table.bulk.leave")}</Typography>
    </Floating>
  );
}

function Floating({ children }: { children: ReactNode }) {
  const t = useText();
  return (
    <Paper
      role="toolbar"
      data-bulk
      aria-label={t("table.bulk.title")}
      sx={({ tokens }) => ({
        position: "sticky",
        insetBlockEnd: { xs: 64, sm: 8 },
        zIndex: 5,
        display: "flex",
        flexWrap: "wrap",
        alignItems: "center",
        gap: 2,
        mt: 2,
        py: 2,
        px: 4,
        boxShadow: tokens.shadowHigh,
      })}
    >
      {children}
    </Paper>
  );
}
