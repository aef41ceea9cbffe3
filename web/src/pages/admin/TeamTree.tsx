// The tree: arrows move in it, Enter opens the members, dragging or the menu moves a team.
import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import Menu from "@mui/material/Menu";
import MenuItem from "@mui/material/MenuItem";
import Typography from "@mui/material/Typography";
import { useTheme } from "@mui/material/styles";
import { EllipsisVertical, FolderInput, Pencil, Plus, Trash2, Users, UsersRound } from "lucide-react";
import { useNotify } from "ra-core";
import { type DragEvent, type KeyboardEvent, useRef, useState } from "react";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import type { Colleague, Team } from "./data.ts";
import type { Open } from "./TeamsPage.tsx";
import { type Branch, branches, rowsOf, withDescendants } from "./tree.ts";
import { useSaveTeam } from "./useSaveTeam.ts";

interface Props {
  teams: readonly Team[];
  people: readonly Colleague[];
  onOpen: (open: Open) => void;
}

/** Where a dragged team would go: a team's id, "" for the top. */
type Target = string | undefined;

export function TeamTree({ teams, people, onOpen }: Props) {
  const t = useText();
  const notify = useNotify();
  const save = useSaveTeam();
  const { tokens } = useTheme();
  const rows = rowsOf(branches(teams));
  const list = useRef<HTMLUListElement>(null);
  const [focused, setFocused] = useState(rows[0]?.team.id ?? "");
  const [dragged, setDragged] = useState<Team>();
  const [target, setTarget] = useState<Target>();
  const current = rows.some(({ team }) => team.id === focused) ? focused : rows[0]?.team.id;
  const refused = dragged ? withDescendants(teams, dragged.id) : new Set<string>();

  const move = (team: Team, parentId: string) => {
    if (team.parentId === parentId) return;
    save(team, { parentId }).then(
      () => notify(t("admin.teams.moved", { name: `\u2068${team.name}\u2069` })),
      (error: unknown) => notify(describeError(error), { type: "error" }),
    );
  };
  const drop = (event: DragEvent, parentId: string) => {
    event.preventDefault();
    if (dragged && !refused.has(parentId)) move(dragged, parentId);
    setDragged(undefined);
    setTarget(undefined);
  };
  const over = (event: DragEvent, parentId: string) => {
    if (!dragged || refused.has(parentId)) return;
    event.preventDefault();
    setTarget(parentId);
  };
  const focusRow = (at: number) => {
    const id = rows[at]?.team.id;
    if (!id) return;
    setFocused(id);
    list.current?.querySelectorAll<HTMLElement>("[role=treeitem]")[at]?.focus();
  };
  const press = (event: KeyboardEvent, at: number, branch: Branch) => {
    if (event.target !== event.currentTarget) return;
    const parent = rows.findIndex(({ team }) => team.id === branch.team.parentId);
    // Towards the text's end one goes deeper, in either direction of writing.
    const inward = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const outward = inward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    const to: Partial<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: rows.length - 1,
      ...(branch.children.length > 0 && { [inward]: at + 1 }),
      ...(parent >= 0 && { [outward]: parent }),
    };
    const next = to[event.key];
    if (next !== undefined) focusRow(next);
    else if (event.key === "Enter") onOpen({ what: "members", team: branch.team });
    else if (event.key === "F2") onOpen({ what: "edit", team: branch.team });
    else if (event.key === "Delete") onOpen({ what: "delete", team: branch.team });
    else return;
    event.preventDefault();
  };
  return (
    <Box>
      <Box
        component="ul"
        role="tree"
        ref={list}
        aria-label={t("admin.tabs.teams")}
        sx={{ m: 0, p: 2, listStyle: "none" }}
      >
        {rows.map((branch, at) => (
          <Row
            key={branch.team.id}
            branch={branch}
            members={people.filter(({ teamId, active }) => active && teamId === branch.team.id).length}
            focusable={branch.team.id === current}
            target={target === branch.team.id}
            onOpen={onOpen}
            onFocus={() => setFocused(branch.team.id)}
            onKeyDown={(event) => press(event, at, branch)}
            onDrag={setDragged}
            onDragOver={(event) => over(event, branch.team.id)}
            onDrop={(event) => drop(event, branch.team.id)}
          />
        ))}
      </Box>
      {dragged?.parentId && (
        <Box
          onDragOver={(event) => over(event, "")}
          onDrop={(event) => drop(event, "")}
          sx={{
            m: 2,
            p: 3,
            textAlign: "center",
            color: tokens.soft,
            border: `1px dashed ${target === "" ? tokens.accent : tokens.field}`,
            borderRadius: 1,
          }}
        >
          {t("admin.teams.dropTop")}
        </Box>
      )}
    </Box>
  );
}

interface RowProps {
  branch: Branch;
  members: number;
  focusable: boolean;
  target: boolean;
  onOpen: (open: Open) => void;
  onFocus: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onDrag: (team: Team | undefined) => void;
  onDragOver: (event: DragEvent) => void;
  onDrop: (event: DragEvent) => void;
}

function Row({ branch, members, focusable, target, onOpen, onDrag, ...events }: RowProps) {
  const t = useText();
  const may = useMay();
  const { tokens } = useTheme();
  const { team, level } = branch;
  return (
    <Box
      component="li"
      role="treeitem"
      aria-level={level}
      aria-labelledby={`${team.id}-name ${team.id}-members`}
      {...(branch.children.length > 0 && { "aria-expanded": true })}
      tabIndex={focusable ? 0 : -1}
      draggable={may("team", "update")}
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        event.dataTransfer.setData("text/plain", team.id);
        onDrag(team);
      }}
      onDragEnd={() => onDrag(undefined)}
      {...events}
      sx={{
        display: "flex",
        alignItems: "center",
        gap: 2,
        minHeight: 44,
        paddingInlineStart: `${8 + (level - 1) * 24}px`,
        borderRadius: 1,
        background: target ? tokens.accentTint : "transparent",
        outlineOffset: -2,
        cursor: "default",
        "&:hover": { background: target ? tokens.accentTint : tokens.tint },
      }}
    >
      <Box sx={{ color: tokens.soft, display: "flex" }}>
        <UsersRound size={18} aria-hidden />
      </Box>
      <Typography noWrap id={`${team.id}-name`} sx={{ flex: 1, minWidth: 0, fontWeight: 500 }}>
        <bdi>{team.name}</bdi>
      </Typography>{" "}
      <Typography id={`${team.id}-members`} color="textSecondary" sx={{ whiteSpace: "nowrap" }}>
        {t("admin.teams.members", { count: members })}
      </Typography>
      <RowMenu team={team} onOpen={onOpen} />
    </Box>
  );
}

function RowMenu({ team, onOpen }: { team: Team; onOpen: (open: Open) => void }) {
  const t = useText();
  const may = useMay();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const items = [
    { name: "showMembers", icon: Users, open: { what: "members", team }, needs: "read" },
    { name: "rename", icon: Pencil, open: { what: "edit", team }, needs: "update" },
    { name: "move", icon: FolderInput, open: { what: "edit", team }, needs: "update" },
    { name: "createBelow", icon: Plus, open: { what: "create", parentId: team.id }, needs: "create" },
    { name: "delete", icon: Trash2, open: { what: "delete", team }, needs: "delete" },
  ] as const;
  return (
    <>
      <IconButton
        onClick={(event) => setAnchor(event.currentTarget)}
        aria-label={t("admin.teams.menu", { name: team.name })}
        aria-haspopup="menu"
      >
        <EllipsisVertical size={18} />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        {items
          .filter(({ needs }) => may("team", needs))
          .map(({ name, icon: Icon, open }) => (
            <MenuItem
              key={name}
              onClick={() => {
                setAnchor(null);
                onOpen(open);
              }}
            >
              <Icon size={16} className={name === "move" ? "mirror" : ""} /> {t(`admin.teams.${name}`)}
            </MenuItem>
          ))}
      </Menu>
    </>
  );
}
