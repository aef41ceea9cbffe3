import Box from "@mui/material/Box";
import { useTheme } from "@mui/material/styles";
import { CircleCheck, CircleX, Clock, FlaskConical, LoaderCircle, type LucideIcon } from "lucide-react";
import type { Import } from "../../api/imports.ts";
import { formatNumber } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";

/** How far an import is, by icon and word. */
export function ImportState({ found }: { found: Import }) {
  const t = useText();
  const { tokens } = useTheme();
  const { state, dryRun, progress } = found;
  const looks: Record<Import["state"], readonly [LucideIcon, string]> = {
    STATE_UNSPECIFIED: [Clock, tokens.soft],
    STATE_QUEUED: [Clock, tokens.soft],
    STATE_RUNNING: [LoaderCircle, tokens.info],
    STATE_SUCCEEDED: dryRun ? [FlaskConical, tokens.info] : [CircleCheck, tokens.good],
    STATE_FAILED: [CircleX, tokens.bad],
  };
  const [Icon, colour] = looks[state];
  const key = state === "STATE_SUCCEEDED" && dryRun ? "TRIED" : state;
  return (
    <Box component="span" sx={{ display: "inline-flex", alignItems: "center", gap: 1.5, color: colour }}>
      <Icon size={16} aria-hidden />
      {t(`imports.states.${key}`, { share: formatNumber(progress, { style: "percent" }) })}
    </Box>
  );
}
