import Box from "@mui/material/Box";
import Card from "@mui/material/Card";
import Typography from "@mui/material/Typography";
import { useTheme } from "@mui/material/styles";
import { CircleEqual, CircleX, UserPen, UserPlus } from "lucide-react";
import { formatNumber } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import type { Count } from "./state.ts";

const PARTS = [
  ["created", UserPlus, "good"],
  ["updated", UserPen, "info"],
  ["unchanged", CircleEqual, "soft"],
  ["rejected", CircleX, "bad"],
] as const;

/** What the records came to: every one of them is in one of four. */
export function Counts({ counts }: { counts: Record<Count, number> }) {
  const t = useText();
  const { tokens } = useTheme();
  return (
    <Box
      component="dl"
      sx={{
        m: 0,
        display: "grid",
        gap: { xs: 2, sm: 4 },
        gridTemplateColumns: { xs: "1fr 1fr", md: "repeat(4, 1fr)" },
      }}
    >
      {PARTS.map(([part, Icon, colour]) => (
        <Card key={part} sx={{ p: 4, display: "flex", flexDirection: "column-reverse", gap: 1 }}>
          <Typography component="dt" color="textSecondary">
            {t(`imports.counts.${part}`)}
          </Typography>
          <Box
            component="dd"
            data-count={part}
            sx={{ m: 0, display: "flex", alignItems: "center", gap: 2, fontSize: 18, fontWeight: 600 }}
          >
            <Box sx={{ display: "flex", color: counts[part] ? tokens[colour] : tokens.soft }}>
              <Icon size={20} aria-hidden />
            </Box>
            {formatNumber(counts[part])}
          </Box>
        </Card>
      ))}
    </Box>
  );
}
