import Box from "@mui/material/Box";
import type { ReactNode } from "react";
import { useOnline } from "../api/connection.ts";
import { useText } from "../i18n/use.ts";

/** What changes something: buttons and fields inside cannot be used while the server is out of reach, and say why. */
export function NeedsConnection({ children }: { children: ReactNode }) {
  const t = useText();
  const online = useOnline();
  return (
    <Box
      component="fieldset"
      disabled={!online}
      title={online ? undefined : t("common.needsConnection")}
      sx={{
        display: "contents",
        border: 0,
        m: 0,
        p: 0,
        minWidth: 0,
        "&:disabled .MuiButtonBase-root": { opacity: 0.5, pointerEvents: "none" },
      }}
    >
      {children}
    </Box>
  );
}
