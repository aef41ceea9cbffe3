import Button from "@mui/material/Button";
import Checkbox from "@mui/material/Checkbox";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import FormControlLabel from "@mui/material/FormControlLabel";
import MenuItem from "@mui/material/MenuItem";
import Stack from "@mui/material/Stack";
import TextField from "@mui/material/TextField";
import { useNotify } from "ra-core";
import { type FormEvent, useState } from "react";
import type { Sharing, View, ViewDraft } from "../../api/views.ts";
import { useText } from "../../i18n/use.ts";
import { useSession } from "../../session/store.ts";
import type { Look } from "../state.ts";
import { useViewChanges } from "./useViews.ts";

interface Props {
  object: string;
  look: Omit<Look, "columns"> & { columns: { id: string; width: number }[] };
  /** To change; undefined: a new one. */
  view: View | undefined;
  close: () => void;
  open: (view: string) => void;
}

const SHARINGS: readonly Sharing[] = ["SHARING_PRIVATE", "SHARING_TEAM", "SHARING_ALL"];

/** Name, sharing and pin of a view. */
export function ViewDialog({ object, look, view, close, open }: Props) {
  const t = useText();
  const notify = useNotify();
  const session = useSession();
  const team = session.state === "signedIn" ? (session.me.user?.teamId ?? "") : "";
  const { create, update, remove, busy } = useViewChanges(object);
  const [name, setName] = useState(view?.name ?? "");
  const [sharing, setSharing] = useState<Sharing>(view?.sharing ?? "SHARING_PRIVATE");
  const [pinned, setPinned] = useState(view?.pinned ?? true);
  const teamId = sharing === "SHARING_TEAM" ? view?.teamId || team : "";
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const draft = { name: name.trim(), sharing, teamId, pinned };
    if (view) await update.mutateAsync({ view, changed: draft });
    else open((await create.mutateAsync({ ...draft, ...look } satisfies ViewDraft)).id);
    close();
  };
  const drop = async () => {
    if (!view) return;
    await remove.mutateAsync(view);
    const { filter, orderBy, columns, density } = view;
    notify(t("table.views.deleted", { name: view.name }), {
      onUndo: () =>
        create.mutate({
          name: view.name,
          sharing: view.sharing,
          teamId: view.teamId,
          pinned: view.pinned,
          filter,
          orderBy,
          columns,
          density,
        }),
    });
    close();
    open("all");
  };
  // A refusal has been told by a notice; the dialog stays as it is.
  const quiet = (work: Promise<void>) => void work.catch(() => undefined);
  return (
    <Dialog open onClose={close} fullWidth maxWidth="xs" aria-labelledby="view-title">
      <form onSubmit={(event) => quiet(submit(event))}>
        <DialogTitle id="view-title">{t(view ? "table.views.change" : "table.views.new")}</DialogTitle>
        <DialogContent>
          <Stack sx={{ gap: 4, pt: 2 }}>
            <TextField
              label={t("table.views.name")}
              value={name}
              onChange={({ target }) => setName(target.value)}
              required
              // One opens the dialog to write the name.
              // eslint-disable-next-line jsx-a11y/no-autofocus
              autoFocus
              slotProps={{ htmlInput: { maxLength: 100, dir: "auto" } }}
            />
            <TextField
              select
              label={t("table.views.who")}
              value={sharing}
              onChange={({ target }) => setSharing(target.value as Sharing)}
            >
              {SHARINGS.filter((one) => one !== "SHARING_TEAM" || team || view?.teamId).map((one) => (
                <MenuItem key={one} value={one}>
                  {t(`table.views.sharing.${one}`)}
                </MenuItem>
              ))}
            </TextField>
            <FormControlLabel
              sx={{ m: 0 }}
              control={<Checkbox checked={pinned} onChange={(_, on) => setPinned(on)} />}
              label={t("table.views.pinned")}
            />
          </Stack>
        </DialogContent>
        <DialogActions>
          {view && (
            <Button
              color="error"
              onClick={() => quiet(drop())}
              sx={{ color: "error.main", marginInlineEnd: "auto" }}
            >
              {t("table.views.delete")}
            </Button>
          )}
          <Button onClick={close}>{t("common.cancel")}</Button>
          <Button type="submit" variant="contained" loading={busy} disabled={!name.trim()}>
            {t("table.views.save")}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
