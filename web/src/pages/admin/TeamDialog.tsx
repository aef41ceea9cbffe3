import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useQueryClient } from "@tanstack/react-query";
import { useNotify } from "ra-core";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { call, newId } from "../../api/client.ts";
import { ApiError } from "../../api/errors.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import type { Team } from "./data.ts";
import { branches, rowsOf, withDescendants } from "./tree.ts";
import { useSaveTeam } from "./useSaveTeam.ts";

interface Props {
  teams: readonly Team[];
  /** The one to change; without it a new one is made. */
  team?: Team;
  parentId: string;
  onClose: () => void;
}

/** A team's name, and the team it belongs to. */
export function TeamDialog({ teams, team, parentId: parentBefore, onClose }: Props) {
  const t = useText();
  const notify = useNotify();
  const client = useQueryClient();
  const save = useSaveTeam();
  const [name, setName] = useState(team?.name ?? "");
  const [parentId, setParentId] = useState(parentBefore);
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const [requestId] = useState(newId);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const impossible = team ? withDescendants(teams, team.id) : new Set<string>();
  const parents = rowsOf(branches(teams)).filter((one) => !impossible.has(one.team.id));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const clean = name.trim();
    if (!clean) return setWrong(t("errors.FIELD_REQUIRED"));
    setBusy(true);
    try {
      if (team) {
        const changed = {
          ...(clean !== team.name && { name: clean }),
          ...(parentId !== team.parentId && { parentId }),
        };
        if (Object.keys(changed).length) await save(team, changed);
      } else {
        await call("POST", "/v1/teams", { body: { team: { name: clean, parentId }, requestId } });
        await client.invalidateQueries({ queryKey: ["teams"] });
      }
      notify(t(team ? "admin.teams.saved" : "admin.teams.created", { name: `\u2068${clean}\u2069` }));
      onClose();
    } catch (error) {
      setBusy(false);
      if (error instanceof ApiError && error.reason.startsWith("TEAM_")) setWrong(describeError(error));
      else notify(describeError(error), { type: "error" });
    }
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="team-title">
      <form noValidate onSubmit={(event) => void submit(event)}>
        <DialogTitle id="team-title">{t(team ? "admin.teams.edit" : "admin.teams.create")}</DialogTitle>
        <DialogContent>
          <Stack sx={{ gap: 4, pt: 2 }}>
            <TextField
              label={t("admin.teams.name")}
              value={name}
              onChange={(event) => setName(event.target.value)}
              inputRef={field}
              error={Boolean(wrong)}
              helperText={wrong}
              autoComplete="off"
              slotProps={{ htmlInput: { maxLength: 200, dir: "auto" }, formHelperText: { role: "alert" } }}
            />
            <TextField
              select
              id="team-parent"
              label={t("admin.teams.parent")}
              value={parentId}
              onChange={(event) => setParentId(event.target.value)}
              slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
            >
              <MenuItem value="">{t("admin.teams.top")}</MenuItem>
              {parents.map(({ team: one, level }) => (
                <MenuItem key={one.id} value={one.id} sx={{ paddingInlineStart: `${level * 16}px` }}>
                  <bdi>{one.name}</bdi>
                </MenuItem>
              ))}
            </TextField>
          </Stack>
        </DialogContent>
        <DialogActions>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button type="submit" variant="contained" loading={busy}>
            {t(team ? "admin.save" : "admin.teams.create")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
