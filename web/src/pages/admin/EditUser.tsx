import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQueryClient } from "@tanstack/react-query";
import { useNotify, useUpdate } from "ra-core";
import { type FormEvent, useState } from "react";
import type { Records } from "../../api/resources.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import { readMe, session } from "../../session/store.ts";
import type { User } from "./data.ts";
import { type UserDraft, UserFields, type Wrong } from "./UserFields.tsx";
import { check, refused } from "./userForm.ts";

/** Name, address, roles and team. */
export function EditUser({ user, onChanged }: { user: User; onChanged: () => void }) {
  const t = useText();
  const may = useMay();
  const notify = useNotify();
  const client = useQueryClient();
  const [update, { isPending }] = useUpdate<Records["users"]>();
  const stored: UserDraft = {
    displayName: user.displayName,
    email: user.email,
    roleIds: user.roleIds,
    teamId: user.teamId,
  };
  const [draft, setDraft] = useState(stored);
  const [wrong, setWrong] = useState<Wrong>({});
  const clean = JSON.stringify(draft) === JSON.stringify(stored);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const found = check(t, draft);
    setWrong(found);
    if (Object.keys(found).length) return;
    try {
      const data = { ...draft, roleIds: [...draft.roleIds] };
      await update("users", { id: user.id, data, previousData: user }, { returnPromise: true });
      notify(t("admin.users.saved"));
      await client.invalidateQueries({ queryKey: ["effectiveRights", user.id] });
      await client.invalidateQueries({ queryKey: ["colleagues"] });
      const now = session();
      if (now.state === "signedIn" && now.me.user?.id === user.id) await readMe();
      onChanged();
    } catch (error) {
      const fields = refused(t, error);
      if (fields) setWrong(fields);
      else notify(describeError(error), { type: "error" });
    }
  };
  return (
    <form noValidate onSubmit={(event) => void save(event)}>
      <Typography variant="h2" sx={{ mb: 4 }}>
        {t("admin.users.account")}
      </Typography>
      <UserFields value={draft} wrong={wrong} onChange={setDraft} disabled={!may("user", "administer")} />
      <Stack direction="row" sx={{ gap: 2, mt: 4 }}>
        <Button type="submit" variant="contained" loading={isPending} disabled={clean}>
          {t("admin.save")}
        </Button>
        {!clean && <Button onClick={() => setDraft(stored)}>{t("admin.reset")}</Button>}
      </Stack>
    </form>
  );
}
