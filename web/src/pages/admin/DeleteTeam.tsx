// A team goes only when nobody is in it: the dialog says who is, and where they go.
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useQueryClient } from "@tanstack/react-query";
import { useNotify } from "ra-core";
import { useState } from "react";
import { call, newId } from "../../api/client.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import type { Colleague, Team } from "./data.ts";
import { branches, rowsOf } from "./tree.ts";
import { useMoveMembers } from "./useMoveMember.ts";
import { useSaveTeam } from "./useSaveTeam.ts";

interface Props {
  teams: readonly Team[];
  team: Team;
  people: readonly Colleague[];
  onClose: () => void;
}

export function DeleteTeam({ teams, team, people, onClose }: Props) {
  const t = useText();
  const notify = useNotify();
  const client = useQueryClient();
  const moveMembers = useMoveMembers();
  const saveTeam = useSaveTeam();
  // Deactivated people are still members.
  const members = people.filter(({ teamId }) => teamId === team.id);
  const children = teams.filter(({ parentId }) => parentId === team.id);
  const [heir, setHeir] = useState(team.parentId);
  const [busy, setBusy] = useState(false);
  const name = `\u2068${team.name}\u2069`;
  const remove = async () => {
    setBusy(true);
    try {
      await moveMembers(
        members.map(({ id }) => id),
        heir,
      );
      for (const child of children) await saveTeam(child, { parentId: team.parentId });
      await call("DELETE", `/v1/teams/${team.id}`, { query: { requestId: newId() } });
      await client.invalidateQueries({ queryKey: ["teams"] });
      notify(t("admin.teams.deleted", { name }));
      onClose();
    } catch (error) {
      setBusy(false);
      notify(describeError(error), { type: "error" });
    }
  };
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="xs" aria-labelledby="delete-team">
      <DialogTitle id="delete-team">{t("admin.teams.deleteTitle", { name })}</DialogTitle>
      <DialogContent>
        <Stack sx={{ gap: 4 }}>
          <DialogContentText>
            {t("admin.teams.deleteBody", { members: members.length, teams: children.length })}
          </DialogContentText>
          {members.length > 0 && (
            <TextField
              select
              id="team-heir"
              label={t("admin.teams.heir")}
              value={heir}
              onChange={(event) => setHeir(event.target.value)}
              slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
            >
              <MenuItem value="">{t("admin.users.noTeam")}</MenuItem>
              {rowsOf(branches(teams))
                .filter((one) => one.team.id !== team.id)
                .map(({ team: one }) => (
                  <MenuItem key={one.id} value={one.id}>
                    <bdi>{one.name}</bdi>
                  </MenuItem>
                ))}
            </TextField>
          )}
        </Stack>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button variant="contained" color="error" loading={busy} onClick={() => void remove()}>
          {t("admin.teams.delete")}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
