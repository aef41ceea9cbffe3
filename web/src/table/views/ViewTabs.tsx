import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import type { Theme } from "@mui/material/styles";
import { ChevronDown, Lock, Settings2, Users } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { View } from "../../api/views.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { FIXED_VIEWS, type TableState, useHasTeam } from "../state.ts";
import type { TableConfig, TableRecord } from "../types.ts";
import { ViewDialog } from "./ViewDialog.tsx";
import { useMayChange, useViewChanges } from "./useViews.ts";

interface Props<R extends TableRecord> {
  config: TableConfig<R>;
  state: TableState;
  views: readonly View[];
}

/** Mine, my team's, all, and the saved views; beside the open one, what can be done with it. */
export function ViewTabs<R extends TableRecord>({ config, state, views }: Props<R>) {
  const t = useText();
  const team = useHasTeam();
  const may = useMay();
  const { update, busy } = useViewChanges(config.object);
  const [dialog, setDialog] = useState<"new" | "edit" | "">("");
  const [menuAt, setMenuAt] = useState<HTMLElement | null>(null);
  const saved = views.find(({ id }) => id === state.view);
  const mayChange = useMayChange();
  const mine = saved && mayChange(saved);
  // What is neither pinned nor open stands in the menu.
  const tabs = views.filter((view) => view.pinned || view === saved);
  const others = views.filter((view) => !tabs.includes(view));
  const look = {
    filter: state.filter,
    orderBy: state.orderBy,
    columns: state.columns.map(({ id, width }) => ({ id, width })),
    density: state.density,
  };
  const save = () => saved && update.mutate({ view: saved, changed: look }, { onSuccess: state.reset });
  return (
    <Box
      sx={{ display: "flex", alignItems: "center", gap: 2, mb: 3, borderBlockEnd: 1, borderColor: "divider" }}
    >
      <Box
        component="nav"
        aria-label={t("table.views.title")}
        sx={{ display: "flex", overflowX: "auto", minWidth: 0, scrollbarWidth: "none" }}
      >
        {FIXED_VIEWS.filter((view) => view !== "team" || team).map((view) => (
          <Tab key={view} open={state.view === view} onClick={() => state.open(view)}>
            {t(`table.views.${view}`)}
          </Tab>
        ))}
        {tabs.map((view) => (
          <Tab key={view.id} open={state.view === view.id} onClick={() => state.open(view.id)}>
            <Shared view={view} />
            <bdi>{view.name}</bdi>
          </Tab>
        ))}
        {state.view === "bin" && <Tab open>{t("table.bin.title")}</Tab>}
        {others.length > 0 && (
          <Tab aria-haspopup="menu" onClick={(at) => setMenuAt(at)}>
            {t("table.views.more", { count: others.length })}
            <ChevronDown size={14} aria-hidden />
          </Tab>
        )}
      </Box>
      <Menu open={menuAt !== null} anchorEl={menuAt} onClose={() => setMenuAt(null)}>
        {others.map((view) => (
          <MenuItem
            key={view.id}
            onClick={() => {
              setMenuAt(null);
              state.open(view.id);
            }}
          >
            <Shared view={view} />
            <bdi>{view.name}</bdi>
          </MenuItem>
        ))}
      </Menu>
      {mine && (
        <IconButton
          aria-label={t("table.views.edit", { name: saved.name })}
          onClick={() => setDialog("edit")}
          sx={{ marginInlineStart: -1 }}
        >
          <Settings2 size={16} />
        </IconButton>
      )}
      <Box sx={{ marginInlineStart: "auto", display: "flex", gap: 1, flex: "none" }}>
        {saved && state.changed && <Button onClick={state.reset}>{t("table.views.reset")}</Button>}
        {mine && state.changed && (
          <Button variant="outlined" loading={busy} onClick={save}>
            {t("table.views.save")}
          </Button>
        )}
        {state.changed && state.view !== "bin" && may("view", "create") && (
          <Button variant={mine ? "text" : "outlined"} onClick={() => setDialog("new")}>
            {t("table.views.saveAs")}
          </Button>
        )}
      </Box>
      {dialog !== "" && (
        <ViewDialog
          object={config.object}
          look={look}
          view={dialog === "edit" ? saved : undefined}
          close={() => setDialog("")}
          open={state.open}
        />
      )}
    </Box>
  );
}

/** Who else sees it, by its icon. */
function Shared({ view }: { view: View }) {
  const t = useText();
  const Icon = view.sharing === "SHARING_TEAM" || view.sharing === "SHARING_ALL" ? Users : Lock;
  return <Icon size={14} aria-label={t(`table.views.sharing.${view.sharing}`)} />;
}

interface TabProps {
  open?: boolean;
  onClick?: (at: HTMLElement) => void;
  children: ReactNode;
  "aria-haspopup"?: "menu";
}

function Tab({ open = false, onClick, children, ...others }: TabProps) {
  return (
    <Button
      {...others}
      aria-current={open ? "page" : undefined}
      onClick={({ currentTarget }) => onClick?.(currentTarget)}
      sx={({ tokens }: Theme) => ({
        flex: "none",
        gap: 1.5,
        height: 36,
        borderRadius: 0,
        fontWeight: open ? 600 : 450,
        color: open ? tokens.accent : tokens.soft,
        boxShadow: open ? `inset 0 -2px 0 ${tokens.accent}` : "none",
        whiteSpace: "nowrap",
        "&:focus-visible": { outline: `2px solid ${tokens.accent}`, outlineOffset: -2 },
      })}
    >
      {children}
    </Button>
  );
}
