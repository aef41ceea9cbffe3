import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { CircleCheck, CircleX, TriangleAlert } from "lucide-react";
import { useText } from "../../i18n/use.ts";
import type { Health } from "./system.ts";

const ICONS = { well: CircleCheck, late: TriangleAlert, down: CircleX };

/** Well, needs a look, or down: icon, word and colour. */
export function HealthMark({ health }: { health: Health }) {
  const t = useText();
  const { tokens } = useTheme();
  const Icon = ICONS[health];
  const color = { well: tokens.good, late: tokens.warn, down: tokens.bad }[health];
  return (
    <Box
      component="span"
      sx={{ display: "inline-flex", alignItems: "center", gap: 1, color, fontWeight: 600 }}
    >
      <Icon size={18} aria-hidden />
      {t(`admin.health.${health}`)}
    </Box>
  );
}
