// While the first things load: our mark, and nothing that moves for those who want none.
import Box from "@mui/material/Box";
import { useText } from "../i18n/use.ts";
import { Mark } from "./Mark.tsx";

export function Splash() {
  const t = useText();
  return (
    <Box
      role="status"
      aria-label={t("start.loading")}
      sx={{ minHeight: "100dvh", display: "grid", placeItems: "center", opacity: 0.6 }}
    >
      <Mark size={40} />
    </Box>
  );
}
