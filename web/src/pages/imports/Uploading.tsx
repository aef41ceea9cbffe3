import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import LinearProgress from "@mui/material/LinearProgress";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useEffect } from "react";
import { useBlocker } from "react-router";
import { formatNumber } from "../../format/numbers.ts";
import { useText } from "../../i18n/use.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { fileSize } from "./fileSize.ts";
import type { Upload } from "./useUpload.ts";

/** How much of the file has gone; asks before it is left behind. */
export function Uploading({ upload, onCancel }: { upload: Upload; onCancel: () => void }) {
  const t = useText();
  const { filename, size, sent } = upload;
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, []);
  const arrived = sent >= size;
  return (
    <Card sx={{ p: 5, maxWidth: 640 }}>
      <Stack direction="row" sx={{ alignItems: "center", gap: 3, mb: 3 }}>
        <Typography sx={{ flex: 1, minWidth: 0, fontWeight: 600, overflowWrap: "anywhere" }}>
          <bdi>{filename}</bdi>
        </Typography>
        <Button variant="outlined" onClick={onCancel}>
          {t("common.cancel")}
        </Button>
      </Stack>
      <LinearProgress
        variant={arrived ? "indeterminate" : "determinate"}
        value={(100 * sent) / size}
        aria-label={t("imports.file.uploading")}
      />
      <Stack direction="row" sx={{ justifyContent: "space-between", mt: 2, color: "text.secondary" }}>
        <span>
          {arrived
            ? t("imports.file.reading")
            : t("imports.file.sent", { sent: fileSize(sent), size: fileSize(size) })}
        </span>
        <span>{formatNumber(Math.floor((100 * sent) / size) / 100, { style: "percent" })}</span>
      </Stack>
      <ConfirmDialog
        open={blocker.state === "blocked"}
        title={t("imports.file.leave.title")}
        body={t("imports.file.leave.body")}
        confirm={t("imports.file.leave.confirm")}
        danger
        onConfirm={() => blocker.proceed?.()}
        onClose={() => blocker.reset?.()}
      />
    </Card>
  );
}
