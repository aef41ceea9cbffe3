import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { CircleCheck, CircleSlash, KeyRound, Lock } from "lucide-react";
import { useText } from "../../i18n/use.ts";
import type { State } from "./state.ts";

const ICONS = { active: CircleCheck, inactive: CircleSlash, locked: Lock, temporary: KeyRound };

/** By icon and word, not by colour alone. */
export function StateChip({ state }: { state: State }) {
  const t = useText();
  const { tokens } = useTheme();
  const Icon = ICONS[state];
  const [ground, ink] = {
    active: [tokens.goodTint, tokens.good],
    inactive: [tokens.tint, tokens.soft],
    locked: [tokens.badTint, tokens.bad],
    temporary: [tokens.warnTint, tokens.warn],
  }[state] as [string, string];
  return (
    <Box
      component="span"
      sx={{
        display: "inline-flex",
        alignItems: "center",
        gap: 1,
        px: 2,
        py: 0.25,
        borderRadius: 1,
        fontSize: 12,
        fontWeight: 550,
        whiteSpace: "nowrap",
        background: ground,
        color: ink,
      }}
    >
      <Icon size={14} aria-hidden />
      {t(`admin.states.${state}`)}
    </Box>
  );
}
