import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useNotify } from "ra-core";
import { type FormEvent, useState } from "react";
import { call, newId } from "../../api/client.ts";
import type { Records } from "../../api/resources.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { readMe } from "../../session/store.ts";
import { FactList } from "../../ui/FactList.tsx";
import { MailLink } from "../../ui/MailLink.tsx";
import { useTeams } from "../admin/data.ts";
import { roleNames } from "../admin/names.ts";
import { Section } from "./Section.tsx";

/** My name, which I may change, and what others decide about me. */
export function AboutMe({ user }: { user: Records["users"] }) {
  const t = useText();
  const may = useMay();
  const teams = useTeams(may("team", "read"));
  const team = teams.data?.find((one) => one.id === user.teamId);
  return (
    <Section title={t("profile.me.title")} about={t("profile.me.about")}>
      <Stack sx={{ gap: 4 }}>
        {may("user", "update") && <MyName user={user} />}
        <FactList
          title={t("profile.me.account")}
          facts={[
            { name: t("profile.me.name"), value: !may("user", "update") && <bdi>{user.displayName}</bdi> },
            { name: t("profile.me.email"), value: <MailLink address={user.email} /> },
            { name: t("profile.me.roles"), value: roleNames(t, user.roleIds) },
            { name: t("profile.me.team"), value: team ? <bdi>{team.name}</bdi> : t("profile.me.noTeam") },
          ]}
        />
      </Stack>
    </Section>
  );
}

function MyName({ user }: { user: Records["users"] }) {
  const t = useText();
  const notify = useNotify();
  const [name, setName] = useState(user.displayName);
  const [busy, setBusy] = useState(false);
  const clean = name.trim();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      const body = {
        user: { id: user.id, displayName: clean },
        updateMask: "displayName",
        requestId: newId(),
      };
      await call("PATCH", `/v1/users/${user.id}`, { body });
      await readMe();
      notify(t("profile.me.saved"));
    } catch (error) {
      notify(describeError(error), { type: "error" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Stack
      component="form"
      direction="row"
      noValidate
      onSubmit={(event) => void save(event)}
      sx={{ gap: 2, alignItems: "flex-start" }}
    >
      <TextField
        label={t("profile.me.name")}
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={!clean}
        helperText={!clean ? t("errors.FIELD_REQUIRED") : undefined}
        autoComplete="name"
        slotProps={{ htmlInput: { maxLength: 200, dir: "auto" } }}
        sx={{ flex: 1, maxWidth: 360 }}
      />
      <Button
        type="submit"
        variant="outlined"
        loading={busy}
        disabled={!clean || clean === user.displayName}
        sx={{ minHeight: 40 }}
      >
        {t("profile.save")}
      </Button>
    </Stack>
  );
}
