// That somebody is locked out, until when, and the way to end it.
import Alert from "@mui/material/Alert";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import { Lock, LockOpen } from "lucide-react";
import { useNotify } from "ra-core";
import { useState } from "react";
import { formatTime } from "../../format/dates.ts";
import { useText } from "../../i18n/use.ts";
import { useSession } from "../../session/store.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import type { User } from "./data.ts";
import { useUserAction } from "./useUserAction.ts";

export function LockedAlert({
  user,
  until,
  onChanged,
}: {
  user: User;
  until: string;
  onChanged: () => void;
}) {
  const t = useText();
  const session = useSession();
  const notify = useNotify();
  const [asked, setAsked] = useState(false);
  const { busy, run } = useUserAction(user, () => {
    setAsked(false);
    onChanged();
  });
  const mine = session.state === "signedIn" && session.me.user?.id === user.id;
  const name = `\u2068${user.displayName}\u2069`;
  const unlock = async () => {
    if (await run("unlock")) notify(t("admin.users.unlocked", { name }));
  };
  return (
    <>
      <Alert severity="error" icon={<Lock size={18} />} sx={{ mb: 4, "& .MuiAlert-message": { flex: 1 } }}>
        <Stack direction="row" sx={{ gap: 2, flexWrap: "wrap", alignItems: "center" }}>
          <Box sx={{ flex: "1 1 180px" }}>{t("admin.users.lockedUntil", { time: formatTime(until) })}</Box>
          {!mine && (
            <Button variant="outlined" startIcon={<LockOpen size={16} />} onClick={() => setAsked(true)}>
              {t("admin.users.unlock")}
            </Button>
          )}
        </Stack>
      </Alert>
      <ConfirmDialog
        open={asked}
        title={t("admin.users.unlockTitle", { name })}
        body={t("admin.users.unlockBody")}
        confirm={t("admin.users.unlock")}
        busy={busy}
        onConfirm={() => void unlock()}
        onClose={() => setAsked(false)}
      />
    </>
  );
}
