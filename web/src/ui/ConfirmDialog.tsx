import Button from "@mui/material/Button";
import Dialog from "@mui/material/Dialog";
import DialogActions from "@mui/material/DialogActions";
import DialogContent from "@mui/material/DialogContent";
import DialogContentText from "@mui/material/DialogContentText";
import DialogTitle from "@mui/material/DialogTitle";
import { useText } from "../i18n/use.ts";

interface Props {
  open: boolean;
  /** A question: "Delete 12 contacts?" */
  title: string;
  /** What will happen, and what can be undone. */
  body: string;
  /** The verb on the button: "Delete". */
  confirm: string;
  danger?: boolean;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before what cannot simply be undone; what can, gets a toast with undo instead. */
export function ConfirmDialog({
  open,
  title,
  body,
  confirm,
  danger = false,
  busy = false,
  onConfirm,
  onClose,
}: Props) {
  const t = useText();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      maxWidth="xs"
      fullWidth
      aria-labelledby="confirm-title"
      aria-describedby="confirm-body"
    >
      <DialogTitle id="confirm-title">{title}</DialogTitle>
      <DialogContent>
        <DialogContentText id="confirm-body">{body}</DialogContentText>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>{t("common.cancel")}</Button>
        <Button variant="contained" color={danger ? "error" : "primary"} loading={busy} onClick={onConfirm}>
          {confirm}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
