import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Typography from "@mui/material/Typography";
import useMediaQuery from "@mui/material/useMediaQuery";
import { useTheme } from "@mui/material/styles";
import { useQueryClient } from "@tanstack/react-query";
import { useNotify } from "ra-core";
import { type FormEvent, useState } from "react";
import { call, newId } from "../../api/client.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { makePassword } from "../profile/password.ts";
import type { User } from "./data.ts";
import { PasswordOnce } from "./PasswordOnce.tsx";
import { type UserDraft, UserFields, type Wrong } from "./UserFields.tsx";
import { check, refused } from "./userForm.ts";

const EMPTY: UserDraft = { displayName: "", email: "", roleIds: ["representative"], teamId: "" };

/** A new user; their first password is shown once, at the end. */
export function CreateUserDialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const theme = useTheme();
  const narrow = useMediaQuery(theme.breakpoints.down("sm"));
  const [made, setMade] = useState<{ user: User; password: string }>();
  return (
    <Dialog
      open
      // What is shown once must not vanish by a click beside it.
      onClose={(_, reason) => reason === "escapeKeyDown" && !made && onClose()}
      fullScreen={narrow}
      fullWidth
      maxWidth="xs"
      aria-labelledby="create-user"
    >
      <DialogTitle id="create-user">
        {made
          ? t("admin.users.created", { name: `\u2068${made.user.displayName}\u2069` })
          : t("admin.users.create")}
      </DialogTitle>
      {made ? (
        <>
          <DialogContent>
            <PasswordOnce name={made.user.displayName} password={made.password} />
          </DialogContent>
          <DialogActions>
            <Button variant="contained" onClick={onClose}>
              {t("admin.done")}
            </Button>
          </DialogActions>
        </>
      ) : (
        <Form onClose={onClose} onMade={setMade} />
      )}
    </Dialog>
  );
}

interface FormProps {
  onClose: () => void;
  onMade: (made: { user: User; password: string }) => void;
}

function Form({ onClose, onMade }: FormProps) {
  const t = useText();
  const notify = useNotify();
  const client = useQueryClient();
  const [draft, setDraft] = useState(EMPTY);
  const [wrong, setWrong] = useState<Wrong>({});
  const [busy, setBusy] = useState(false);
  // One id for this form: pressing twice makes one user, with the password we then show.
  const [{ requestId, password }] = useState(() => ({ requestId: newId(), password: makePassword() }));
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const found = check(t, draft);
    setWrong(found);
    if (Object.keys(found).length) return;
    setBusy(true);
    try {
      const body = { user: draft, password, passwordTemporary: true, requestId };
      const user = await call<User>("POST", "/v1/users", { body });
      void client.invalidateQueries({ queryKey: ["users"] });
      void client.invalidateQueries({ queryKey: ["colleagues"] });
      onMade({ user, password });
    } catch (error) {
      const fields = refused(t, error);
      if (fields) setWrong(fields);
      else notify(describeError(error), { type: "error" });
      setBusy(false);
    }
  };
  return (
    <form noValidate onSubmit={(event) => void save(event)}>
      <DialogContent>
        <Typography color="textSecondary" sx={{ mb: 4 }}>
          {t("admin.users.createAbout")}
        </Typography>
        <UserFields value={draft} wrong={wrong} onChange={setDraft} />
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" variant="contained" loading={busy}>
          {t("admin.users.create")}
        </Button>
      </DialogActions>
    </form>
  );
}
