// What can be said about a user, in one form for creating and changing.
import Checkbox from "@mui/material/Checkbox";
import ListItemText from "@mui/material/ListItemText";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useText } from "../../i18n/use.ts";
import { ROLE_IDS, useTeams } from "./data.ts";
import { roleName, roleNames } from "./names.ts";

export interface UserDraft {
  displayName: string;
  email: string;
  roleIds: readonly string[];
  teamId: string;
}

/** By field: what is wrong with it. */
export type Wrong = Partial<Record<keyof UserDraft, string>>;

interface Props {
  value: UserDraft;
  wrong: Wrong;
  onChange: (value: UserDraft) => void;
  disabled?: boolean;
}

export function UserFields({ value, wrong, onChange, disabled = false }: Props) {
  const t = useText();
  const teams = useTeams();
  return (
    <Stack sx={{ gap: 4 }}>
      <TextField
        label={t("admin.fields.displayName")}
        value={value.displayName}
        onChange={(event) => onChange({ ...value, displayName: event.target.value })}
        error={Boolean(wrong.displayName)}
        helperText={wrong.displayName}
        disabled={disabled}
        autoComplete="off"
        slotProps={{ htmlInput: { maxLength: 200, dir: "auto" } }}
      />
      <TextField
        label={t("admin.fields.email")}
        type="email"
        value={value.email}
        onChange={(event) => onChange({ ...value, email: event.target.value })}
        error={Boolean(wrong.email)}
        helperText={wrong.email}
        disabled={disabled}
        autoComplete="off"
        slotProps={{ htmlInput: { dir: "ltr", autoCapitalize: "none", spellCheck: false } }}
      />
      <TextField
        select
        id="user-roles"
        label={t("admin.fields.roles")}
        value={value.roleIds}
        onChange={(event) => onChange({ ...value, roleIds: event.target.value as unknown as string[] })}
        error={Boolean(wrong.roleIds)}
        helperText={wrong.roleIds}
        disabled={disabled}
        slotProps={{
          select: { multiple: true, renderValue: (ids) => roleNames(t, ids as string[]) },
        }}
      >
        {ROLE_IDS.map((id) => (
          <MenuItem key={id} value={id} sx={{ alignItems: "flex-start", whiteSpace: "normal" }}>
            <Checkbox
              checked={value.roleIds.includes(id)}
              slotProps={{ input: { "aria-hidden": true, tabIndex: -1 } }}
            />
            <ListItemText
              primary={roleName(t, id)}
              secondary={t(`admin.roleAbout.${id}`)}
              sx={{ maxWidth: 320 }}
            />
          </MenuItem>
        ))}
      </TextField>
      <TextField
        select
        id="user-team"
        label={t("admin.fields.team")}
        value={teams.data ? value.teamId : ""}
        onChange={(event) => onChange({ ...value, teamId: event.target.value })}
        error={Boolean(wrong.teamId)}
        helperText={wrong.teamId}
        disabled={disabled}
        slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      >
        <MenuItem value="">{t("admin.users.noTeam")}</MenuItem>
        {teams.data?.map((team) => (
          <MenuItem key={team.id} value={team.id}>
            <bdi>{team.name}</bdi>
          </MenuItem>
        ))}
      </TextField>
    </Stack>
  );
}
