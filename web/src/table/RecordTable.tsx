import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import useMediaQuery from "@mui/material/useMediaQuery";
import type { Theme } from "@mui/material/styles";
import type { RaRecord } from "ra-core";
import { useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { formatCount } from "../format/numbers.ts";
import { FailurePage } from "../frame/FailurePage.tsx";
import { useText } from "../i18n/use.ts";
import { PageHeader } from "../ui/PageHeader.tsx";
import { PageSkeleton } from "../ui/PageSkeleton.tsx";
import { SidePanel } from "../ui/SidePanel.tsx";
import { recordPath } from "../ui/paths.ts";
import { BulkBar } from "./bulk/BulkBar.tsx";
import { Cards } from "./Cards.tsx";
import { shownColumns } from "./columns.ts";
import { FilterBar } from "./filter/FilterBar.tsx";
import { Grid } from "./Grid.tsx";
import { Nothing } from "./Nothing.tsx";
import { Pager } from "./Pager.tsx";
import { useSelection } from "./selection.ts";
import { FIXED_VIEWS, printColumns, readColumns, useTableState } from "./state.ts";
import { TableMenu } from "./TableMenu.tsx";
import type { TableConfig, TableRecord } from "./types.ts";
import { useKeys } from "./useKeys.ts";
import { useRows } from "./useRows.ts";
import { useViews } from "./views/useViews.ts";
import { ViewTabs } from "./views/ViewTabs.tsx";

const NONE: readonly never[] = [];

/** A table of records: views, filters, columns, pages, what is done with many, and the record at the side. */
export function RecordTable<R extends TableRecord & RaRecord>({ config }: { config: TableConfig<R> }) {
  const t = useText();
  const navigate = useNavigate();
  const narrow = useMediaQuery((theme: Theme) => theme.breakpoints.down("sm"));
  const views = useViews(config.object);
  const state = useTableState(config.resource, config.defaultOrder, views.data);
  const fixed = state.view === "bin" || FIXED_VIEWS.some((view) => view === state.view);
  const list = useRows(config, state, fixed || !views.isPending);
  const selected = useSelection(JSON.stringify([state.view, state.filter, state.query]));
  const [beside, setBeside] = useState("");
  const rows = list.rows ?? NONE;
  // The same columns are the same array, so that rows which have not changed are not rendered anew.
  const columns = printColumns(state.columns);
  const shown = useMemo(() => shownColumns(config.columns, readColumns(columns)), [config.columns, columns]);
  const open = (id: string) => void navigate(recordPath(config.resource, id));
  const keys = useKeys({ rows, selected, open, beside: (id) => setBeside((now) => (now === id ? "" : id)) });
  const record = rows.find(({ id }) => id === beside);
  const shape = narrow ? Cards : Grid;
  const Shape = shape<R>;
  return (
    <Box
      sx={{
        display: "flex",
        flexDirection: "column",
        // The page's own height less the top bar and its edges: the table scrolls, its head and the pager stay.
        height: { sm: "calc(100dvh - 56px - 32px)" },
        minHeight: { sm: 420 },
      }}
    >
      <PageHeader
        title={t(config.title)}
        about={
          list.total === undefined
            ? "\u00a0"
            : t(config.count, { count: list.total, shown: formatCount(list.total, list.capped) })
        }
        extra={<TableMenu config={config} state={state} shown={shown} where={list.where} />}
        action={config.action}
      />
      <ViewTabs config={config} state={state} views={views.data ?? []} />
      <FilterBar fields={config.fields} state={state} problem={list.error} />
      {!list.rows && !list.error && <PageSkeleton />}
      {Boolean(list.error) && !list.rows && <FailurePage error={list.error} resetErrorBoundary={list.read} />}
      {list.rows?.length === 0 && <Nothing config={config} state={state} />}
      {rows.length > 0 && (
        <Shape
          config={config}
          rows={rows}
          shown={shown}
          state={state}
          ranked={list.ranked}
          busy={list.old}
          selected={selected}
          active={keys.active}
          activate={keys.activate}
          beside={setBeside}
        />
      )}
      {rows.length > 0 && <Pager list={list} state={state} />}
      <BulkBar config={config} list={list} selected={selected} bin={state.view === "bin"} />
      <SidePanel
        open={record !== undefined}
        title={record ? config.nameOf(record) : ""}
        onClose={() => setBeside("")}
      >
        {record && (
          <Stack sx={{ gap: 6, alignItems: "stretch" }}>
            {config.panel(record)}
            <Button variant="outlined" onClick={() => open(record.id)} sx={{ alignSelf: "start" }}>
              {t("table.open")}
            </Button>
          </Stack>
        )}
      </SidePanel>
    </Box>
  );
}
