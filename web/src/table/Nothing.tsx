import Button from "@mui/material/Button";
import { SearchX, Trash2 } from "lucide-react";
import { useText } from "../i18n/use.ts";
import { EmptyState } from "../ui/EmptyState.tsx";
import type { TableState } from "./state.ts";
import type { TableConfig, TableRecord } from "./types.ts";

/** No rows: there are none at all, or the filter leaves none. */
export function Nothing<R extends TableRecord>({
  config,
  state,
}: {
  config: TableConfig<R>;
  state: TableState;
}) {
  const t = useText();
  if (state.filter || state.query)
    return (
      <EmptyState
        icon={SearchX}
        title={t("table.nothing.title")}
        body={t("table.nothing.body")}
        action={
          <Button variant="outlined" onClick={() => state.set({ filter: "", query: "" })}>
            {t("table.filter.clear")}
          </Button>
        }
      />
    );
  if (state.view === "bin")
    return <EmptyState icon={Trash2} title={t("table.bin.empty")} body={t("table.bin.body")} />;
  if (state.view !== "all")
    return (
      <EmptyState
        icon={config.empty.icon}
        title={t("table.nothing.here")}
        action={
          <Button variant="outlined" onClick={() => state.open("all")}>
            {t("table.views.all")}
          </Button>
        }
      />
    );
  return (
    <EmptyState
      icon={config.empty.icon}
      title={t(config.empty.title)}
      body={t(config.empty.body)}
      action={config.action}
    />
  );
}
