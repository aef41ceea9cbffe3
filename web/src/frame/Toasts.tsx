// Short notices, with undo: where react-admin holds the change back for it, or by what `onUndo` of the notification's
// options does.
import Button from "@mui/material/Button";
import IconButton from "@mui/material/IconButton";
import Snackbar from "@mui/material/Snackbar";
import { X } from "lucide-react";
import { type NotificationPayload, useNotificationContext, useTakeUndoableMutation } from "ra-core";
import { useEffect, useState } from "react";
import { useText } from "../i18n/use.ts";

/** Milliseconds; errors stay until they are closed. */
const SHOWN = 6000;

export function Toasts() {
  const t = useText();
  const { notifications, takeNotification } = useNotificationContext();
  const takeUndoable = useTakeUndoableMutation();
  const [current, setCurrent] = useState<NotificationPayload | undefined>();
  const [open, setOpen] = useState(false);
  const undoable = current?.notificationOptions?.undoable ?? false;
  useEffect(() => {
    if (!notifications.length) return;
    if (current) {
      // A newer notice takes the place of an older one: an undo must not come long after what it undoes.
      // eslint-disable-next-line react-hooks/set-state-in-effect
      if (!undoable && current.type !== "error") setOpen(false);
      return;
    }
    // Taken from react-admin's queue, which lies outside of this component.

    setCurrent(takeNotification() ?? undefined);
    setOpen(true);
  }, [notifications, current, takeNotification, undoable]);
  const onUndo = current?.notificationOptions?.["onUndo"] as (() => void) | undefined;
  const settle = (isUndo: boolean) => {
    if (undoable) takeUndoable()?.({ isUndo });
    if (isUndo) onUndo?.();
    setOpen(false);
  };
  // Leaving the page must not lose a change that waits for its undo.
  useEffect(() => {
    if (!undoable || !open) return undefined;
    const commit = () => takeUndoable()?.({ isUndo: false });
    addEventListener("pagehide", commit);
    return () => removeEventListener("pagehide", commit);
  }, [undoable, open, takeUndoable]);
  if (!current) return null;
  const { message, type, notificationOptions } = current;
  const words =
    typeof message === "string" ? t(message, { ...notificationOptions?.messageArgs, _: message }) : message;
  return (
    <Snackbar
      open={open}
      message={words}
      autoHideDuration={type === "error" ? null : SHOWN}
      onClose={(_, reason) => reason !== "clickaway" && settle(false)}
      slotProps={{
        transition: { onExited: () => setCurrent(undefined) },
        content: { role: type === "error" ? "alert" : "status" },
      }}
      sx={{ insetBlockEnd: { xs: 72, sm: 24 } }}
      action={
        <>
          {(undoable || onUndo) && (
            <Button
              size="small"
              onClick={() => settle(true)}
              sx={{ color: "inherit", textDecoration: "underline" }}
            >
              {t("common.undo")}
            </Button>
          )}
          <IconButton
            size="small"
            onClick={() => settle(false)}
            aria-label={t("common.close")}
            sx={{ color: "inherit" }}
          >
            <X size={16} />
          </IconButton>
        </>
      }
    />
  );
}
