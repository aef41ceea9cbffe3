import Autocomplete from "@mui/material/Autocomplete";
import Box from "@mui/material/Box";
import IconButton from "@mui/material/IconButton";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import Typography from "@mui/material/Typography";
import { UserMinus } from "lucide-react";
import { useNotify } from "ra-core";
import { useState } from "react";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { PersonAvatar } from "../../ui/PersonAvatar.tsx";
import type { Colleague, Team } from "./data.ts";
import { useMoveMembers } from "./useMoveMember.ts";

/** Who is in a team; adding somebody takes them out of the team they were in. */
export function Members({ team, people }: { team: Team; people: readonly Colleague[] }) {
  const t = useText();
  const mayChange = useMay()("user", "administer");
  const notify = useNotify();
  const move = useMoveMembers();
  const [busy, setBusy] = useState(false);
  const members = people.filter(({ teamId }) => teamId === team.id);
  const others = people.filter(({ teamId, active }) => active && teamId !== team.id);
  const put = async (person: Colleague, teamId: string) => {
    setBusy(true);
    const name = `\u2068${person.displayName}\u2069`;
    try {
      await move([person.id], teamId);
      notify(t(teamId ? "admin.teams.memberAdded" : "admin.teams.memberRemoved", { name }));
    } catch (error) {
      notify(describeError(error), { type: "error" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack sx={{ gap: 4 }}>
      {mayChange && (
        <Autocomplete
          // Emptied after each, for the next one.
          key={members.length}
          id="add-member"
          options={others}
          disabled={busy}
          getOptionKey={({ id }) => id}
          getOptionLabel={({ displayName }) => displayName}
          noOptionsText={t("admin.teams.nobody")}
          openText={t("admin.teams.addMember")}
          closeText={t("common.close")}
          onChange={(_, person) => person && void put(person, team.id)}
          renderOption={({ key, ...props }, person) => (
            <Box component="li" key={key} {...props} sx={{ gap: 2 }}>
              <PersonAvatar name={person.displayName} size={24} />
              <Box>
                <bdi>{person.displayName}</bdi>
                {person.teamName && (
                  <Box sx={{ fontSize: 12, color: "text.secondary" }}>
                    {t("admin.teams.now", { team: `\u2068${person.teamName}\u2069` })}
                  </Box>
                )}
              </Box>
            </Box>
          )}
          renderInput={(props) => <TextField {...props} label={t("admin.teams.addMember")} />}
        />
      )}
      {members.length === 0 && <Typography color="textSecondary">{t("admin.teams.empty")}</Typography>}
      <Box component="ul" aria-label={t("admin.teams.showMembers")} sx={{ listStyle: "none", m: 0, p: 0 }}>
        {members.map((person) => (
          <Box
            component="li"
            key={person.id}
            sx={{ display: "flex", alignItems: "center", gap: 2, minHeight: 48 }}
          >
            <PersonAvatar name={person.displayName} size={28} />
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <bdi>{person.displayName}</bdi>
              <Box sx={{ fontSize: 12, color: "text.secondary" }}>
                {person.active ? <bdi dir="ltr">{person.email}</bdi> : t("admin.states.inactive")}
              </Box>
            </Box>
            {mayChange && (
              <IconButton
                onClick={() => void put(person, "")}
                disabled={busy}
                aria-label={t("admin.teams.removeMember", { name: person.displayName })}
              >
                <UserMinus size={18} className="mirror" />
              </IconButton>
            )}
          </Box>
        ))}
      </Box>
    </Stack>
  );
}
