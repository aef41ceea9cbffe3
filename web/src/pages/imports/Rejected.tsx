import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useTheme } from "@mui/material/styles";
import { Download, Upload } from "lucide-react";
import { useNotify } from "ra-core";
import { useState } from "react";
import { Link } from "react-router";
import { downloadRejectedRows, type Import } from "../../api/imports.ts";
import { formatNumber } from "../../format/numbers.ts";
import { FailurePage } from "../../frame/FailurePage.tsx";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { PageSkeleton } from "../../ui/PageSkeleton.tsx";
import { adviceOf, reasonOf } from "./reasons.ts";
import { byReason } from "./rejected.ts";
import { RejectedTable } from "./RejectedTable.tsx";
import { useRejected } from "./useRejected.ts";

/** What was not imported: by reason, with what to do, and record by record. */
export function Rejected({ found }: { found: Import }) {
  const t = useText();
  const { faults, isPending, error, refetch } = useRejected(found);
  const [reason, setReason] = useState("");
  if (isPending) return <PageSkeleton />;
  if (!faults.length && error) return <FailurePage error={error} resetErrorBoundary={refetch} />;
  const partial = faults.length < Number(found.rejectedCount);
  return (
    <Card component="section" aria-labelledby="rejected-title">
      <Stack direction="row" sx={{ p: 4, gap: 3, alignItems: "center", flexWrap: "wrap" }}>
        <Box sx={{ flex: 1, minWidth: { xs: "100%", sm: 240 } }}>
          <Typography id="rejected-title" variant="h2">
            {t("imports.rejected.title")}
          </Typography>
          <Typography color="textSecondary">{t("imports.rejected.about")}</Typography>
        </Box>
        <DownloadButton importId={found.id} />
        <Button variant="outlined" component={Link} to="/imports/create" startIcon={<Upload size={16} />}>
          {t("imports.rejected.mended")}
        </Button>
      </Stack>
      <Reasons counts={byReason(faults)} chosen={reason} onChoose={setReason} />
      {partial && (
        <Typography color="textSecondary" sx={{ px: 4, pb: 2 }}>
          {t("imports.rejected.partial", { count: faults.length })}
        </Typography>
      )}
      {/* From its first page again when another reason is chosen. */}
      <RejectedTable
        key={reason}
        faults={reason ? faults.filter((fault) => fault.reason === reason) : faults}
      />
    </Card>
  );
}

function DownloadButton({ importId }: { importId: string }) {
  const t = useText();
  const notify = useNotify();
  const save = () =>
    downloadRejectedRows(importId).catch((error: unknown) => notify(describeError(error), { type: "error" }));
  return (
    <Button variant="outlined" onClick={() => void save()} startIcon={<Download size={16} />}>
      {t("imports.rejected.download")}
    </Button>
  );
}

interface ReasonsProps {
  counts: [reason: string, count: number][];
  chosen: string;
  onChoose: (reason: string) => void;
}

/** Each reason with its count and what to do; pressed, only its records are shown. */
function Reasons({ counts, chosen, onChoose }: ReasonsProps) {
  const t = useText();
  const { tokens } = useTheme();
  return (
    <Box
      component="ul"
      aria-label={t("imports.rejected.reasons")}
      sx={{
        listStyle: "none",
        m: 0,
        px: 4,
        pb: 4,
        display: "grid",
        gap: 2,
        gridTemplateColumns: { xs: "1fr", md: "repeat(auto-fit, minmax(260px, 1fr))" },
      }}
    >
      {counts.map(([reason, count]) => {
        const pressed = reason === chosen;
        return (
          <Box component="li" key={reason} sx={{ display: "flex" }}>
            <Button
              variant="outlined"
              aria-pressed={pressed}
              data-reason={reason}
              onClick={() => onChoose(pressed ? "" : reason)}
              sx={{
                flex: 1,
                px: 3,
                py: 2,
                gap: 3,
                alignItems: "flex-start",
                justifyContent: "flex-start",
                textAlign: "start",
                fontWeight: 400,
                ...(pressed && { borderColor: tokens.accent, background: tokens.accentTint }),
              }}
            >
              <Box component="span" sx={{ fontWeight: 600, minWidth: 24, color: tokens.bad }}>
                {formatNumber(count)}
              </Box>
              <span>
                <Box component="span" sx={{ fontWeight: 600, display: "block" }}>
                  {reasonOf(t, reason)}
                </Box>
                <Box component="span" sx={{ color: tokens.soft }}>
                  {adviceOf(t, reason)}
                </Box>
              </span>
            </Button>
          </Box>
        );
      })}
    </Box>
  );
}
