import Card from "@mui/material/Card";
import LinearProgress from "@mui/material/LinearProgress";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import type { Import } from "../../api/imports.ts";
import { formatInt64, formatNumber } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";

/** How far a running import is, with count and end. */
export function Progress({ found }: { found: Import }) {
  const t = useText();
  const waiting = found.state === "STATE_QUEUED";
  return (
    <Card sx={{ p: 5 }}>
      <Typography sx={{ fontWeight: 600, mb: 3 }} role="status">
        {t(
          waiting
            ? "imports.progress.queued"
            : found.dryRun
              ? "imports.progress.trying"
              : "imports.progress.running",
        )}
      </Typography>
      <LinearProgress
        variant={waiting ? "indeterminate" : "determinate"}
        value={100 * found.progress}
        aria-label={t("imports.progress.label")}
      />
      <Stack direction="row" sx={{ justifyContent: "space-between", gap: 4, mt: 2, color: "text.secondary" }}>
        <span>
          {t("imports.progress.records", {
            count: Number(found.recordCount),
            shown: formatInt64(found.recordCount),
          })}
        </span>
        <span>{formatNumber(found.progress, { style: "percent" })}</span>
      </Stack>
      <Typography color="textSecondary" sx={{ mt: 3 }}>
        {t(found.dryRun ? "imports.progress.leaveTry" : "imports.progress.leave")}
      </Typography>
    </Card>
  );
}
