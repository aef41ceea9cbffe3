// What is done with an account as a whole.
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import { useQueryClient } from "@tanstack/react-query";
import { KeyRound, UserCheck, UserX } from "lucide-react";
import { useNotify } from "ra-core";
import { useState } from "react";
import { call, newId } from "../../api/client.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { useSession } from "../../session/store.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { makePassword } from "../profile/password.ts";
import type { User } from "./data.ts";
import { PasswordOnce } from "./PasswordOnce.tsx";

export function UserActions({ user, onChanged }: { user: User; onChanged: () => void }) {
  const t = useText();
  const session = useSession();
  const notify = useNotify();
  const client = useQueryClient();
  const [asked, setAsked] = useState<"deactivate" | "reset" | "">("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const mine = session.state === "signedIn" && session.me.user?.id === user.id;
  const name = `\u2068${user.displayName}\u2069`;

  const run = async (action: "deactivate" | "reactivate" | "resetPassword", more: object = {}) => {
    setBusy(true);
    try {
      await call("POST", `/v1/users/${user.id}:${action}`, { body: { ...more, requestId: newId() } });
      await client.invalidateQueries({ queryKey: ["users"] });
      await client.invalidateQueries({ queryKey: ["colleagues"] });
      onChanged();
      return true;
    } catch (error) {
      notify(describeError(error), { type: "error" });
      return false;
    } finally {
      setBusy(false);
      setAsked("");
    }
  };
  const reset = async () => {
    const newPassword = makePassword();
    if (await run("resetPassword", { newPassword, passwordTemporary: true })) setPassword(newPassword);
  };
  const change = async (action: "deactivate" | "reactivate") => {
    if (await run(action)) notify(t(`admin.users.${action}d`, { name }));
  };
  if (mine) return null;
  return (
    <>
      <Button
        variant="outlined"
        startIcon={<KeyRound size={16} />}
        onClick={() => setAsked("reset")}
        disabled={!user.active}
      >
        {t("admin.users.reset")}
      </Button>
      {user.active ? (
        <Button
          variant="outlined"
          startIcon={<UserX size={16} className="mirror" />}
          onClick={() => setAsked("deactivate")}
        >
          {t("admin.users.deactivate")}
        </Button>
      ) : (
        <Button
          variant="contained"
          loading={busy}
          startIcon={<UserCheck size={16} className="mirror" />}
          onClick={() => void change("reactivate")}
        >
          {t("admin.users.reactivate")}
        </Button>
      )}
      <ConfirmDialog
        open={asked === "deactivate"}
        title={t("admin.users.deactivateTitle", { name })}
        body={t("admin.users.deactivateBody")}
        confirm={t("admin.users.deactivate")}
        danger
        busy={busy}
        onConfirm={() => void change("deactivate")}
        onClose={() => setAsked("")}
      />
      <ConfirmDialog
        open={asked === "reset"}
        title={t("admin.users.resetTitle", { name })}
        body={t("admin.users.resetBody")}
        confirm={t("admin.users.reset")}
        busy={busy}
        onConfirm={() => void reset()}
        onClose={() => setAsked("")}
      />
      <Dialog open={password !== ""} fullWidth maxWidth="xs" aria-labelledby="new-password">
        <DialogTitle id="new-password">{t("admin.password.title", { name })}</DialogTitle>
        <DialogContent>
          <PasswordOnce name={user.displayName} password={password} />
        </DialogContent>
        <DialogActions>
          <Button variant="contained" onClick={() => setPassword("")}>
            {t("admin.done")}
          </Button>
        </DialogActions>
      </Dialog>
    </>
  );
}
