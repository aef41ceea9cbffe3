// What is done with an account as a whole.
import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import Stack from "@mui/material/Stack";
import { KeyRound, LogOut, UserCheck, UserX } from "lucide-react";
import { useNotify } from "ra-core";
import { useState } from "react";
import { useText } from "../../i18n/use.ts";
import { useSession } from "../../session/store.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { makePassword } from "../profile/password.ts";
import type { User } from "./data.ts";
import { PasswordOnce } from "./PasswordOnce.tsx";
import { useUserAction } from "./useUserAction.ts";

export function UserActions({ user, onChanged }: { user: User; onChanged: () => void }) {
  const t = useText();
  const session = useSession();
  const notify = useNotify();
  const [asked, setAsked] = useState<"deactivate" | "reset" | "endSessions" | "">("");
  const [password, setPassword] = useState("");
  const { busy, run } = useUserAction(user, () => {
    setAsked("");
    onChanged();
  });
  const mine = session.state === "signedIn" && session.me.user?.id === user.id;
  const name = `\u2068${user.displayName}\u2069`;

  const reset = async () => {
    const newPassword = makePassword();
    if (await run("resetPassword", { newPassword, passwordTemporary: true })) setPassword(newPassword);
  };
  const change = async (action: "deactivate" | "reactivate") => {
    if (await run(action)) notify(t(`admin.users.${action}d`, { name }));
  };
  const endSessions = async () => {
    const done = await run("endSessions");
    if (done) notify(t("admin.users.sessionsEnded", { name, count: Number(done.endedCount ?? 0) }));
  };
  if (mine) return null;
  return (
    <>
      <Stack direction="row" sx={{ gap: 2, flexWrap: "wrap", width: { xs: "100%", sm: "auto" } }}>
        <Button
          variant="outlined"
          startIcon={<KeyRound size={16} />}
          onClick={() => setAsked("reset")}
          disabled={!user.active}
        >
          {t("admin.users.reset")}
        </Button>
        {user.active && (
          <Button
            variant="outlined"
            startIcon={<LogOut size={16} className="mirror" />}
            onClick={() => setAsked("endSessions")}
          >
            {t("admin.users.endSessions")}
          </Button>
        )}
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
      </Stack>
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
        open={asked === "endSessions"}
        title={t("admin.users.endSessionsTitle", { name })}
        body={t("admin.users.endSessionsBody")}
        confirm={t("admin.users.endSessions")}
        busy={busy}
        onConfirm={() => void endSessions()}
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
