// Somebody else chose the password: nothing else is open until one has a password of one's own.
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { refreshSession } from "../../api/client.ts";
import { useText } from "../../i18n/use.ts";
import { Mark } from "../../session/Mark.tsx";
import { readMe, signOut } from "../../session/store.ts";
import { ChangePassword } from "./ChangePassword.tsx";

export function FirstPassword({ email }: { email: string }) {
  const t = useText();
  const enter = async () => {
    // Tokens from before the change go on having no rights.
    await refreshSession();
    await readMe();
  };
  return (
    <Box sx={{ minHeight: "100dvh", display: "grid", px: 4, py: 6 }}>
      <Stack component="main" sx={{ width: "100%", maxWidth: 420, m: "auto", gap: 4 }}>
        <Mark size={36} />
        <div>
          <Typography component="h1" sx={{ fontSize: 26, fontWeight: 650, lineHeight: 1.4 }}>
            {t("profile.first.title")}
          </Typography>
          <Typography color="textSecondary">{t("profile.first.body")}</Typography>
        </div>
        <ChangePassword email={email} onChanged={enter} submit={t("profile.first.submit")} />
        <Button onClick={() => void signOut()} sx={{ alignSelf: "flex-start" }}>
          {t("frame.signOut")}
        </Button>
      </Stack>
    </Box>
  );
}
