// The server does not answer at all: say so, and try again when asked to or when the network is back.
import Button from "@mui/material/Button";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useEffect } from "react";
import { useText } from "../i18n/use.ts";
import { Mark } from "./Mark.tsx";
import { findSession } from "./store.ts";

export function Unreachable() {
  const t = useText();
  useEffect(() => {
    const again = () => void findSession();
    addEventListener("online", again);
    return () => removeEventListener("online", again);
  }, []);
  return (
    <Stack
      component="main"
      spacing={3}
      sx={{ minHeight: "100dvh", alignItems: "center", justifyContent: "center", p: 6, textAlign: "center" }}
    >
      <Mark size={40} />
      <Typography variant="h1">{t("start.unreachable.title")}</Typography>
      <Typography color="textSecondary">{t("start.unreachable.body")}</Typography>
      <Button variant="contained" onClick={() => void findSession()}>
        {t("start.unreachable.again")}
      </Button>
    </Stack>
  );
}
