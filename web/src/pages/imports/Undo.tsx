import Alert from "@mui/material/Alert";
import Button from "@mui/material/Button";
import { useState } from "react";
import type { Import } from "../../api/imports.ts";
import { formatNumber } from "../../format/numbers.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { ConfirmDialog } from "../../ui/ConfirmDialog.tsx";
import { isRunning } from "./state.ts";
import { useUndo } from "./useUndo.ts";

/** What an import came to, and the way to take it back; what has become of that. */
export function Undo({ found, result }: { found: Import; result: string }) {
  const t = useText();
  const { take, undoing, error } = useUndo(found);
  const [asked, setAsked] = useState(false);
  const failed = found.state === "STATE_FAILED";
  const button = take && (
    <Button variant="outlined" onClick={() => setAsked(true)}>
      {t("imports.undo.take")}
    </Button>
  );
  return (
    <>
      {undoing ? (
        <Alert severity={undoing.state === "STATE_FAILED" ? "error" : "info"} role="status">
          {isRunning(undoing)
            ? t("imports.undo.running", { share: formatNumber(undoing.progress, { style: "percent" }) })
            : t(undoing.state === "STATE_FAILED" ? "imports.undo.failed" : "imports.undo.done", {
                count: Number(undoing.changedCount),
                skipped: Number(undoing.skippedCount),
              })}
        </Alert>
      ) : (
        <Alert severity={failed ? "error" : "success"} role={failed ? "alert" : "status"} action={button}>
          {result}
          {failed && found.error && (
            <div dir="auto" lang="en">
              {found.error}
            </div>
          )}
        </Alert>
      )}
      {error && (
        <Alert severity="error" role="alert">
          {describeError(error)}
        </Alert>
      )}
      <ConfirmDialog
        open={asked}
        title={t("imports.undo.title")}
        body={t("imports.undo.body")}
        confirm={t("imports.undo.take")}
        danger
        onConfirm={() => {
          setAsked(false);
          take?.();
        }}
        onClose={() => setAsked(false)}
      />
    </>
  );
}
