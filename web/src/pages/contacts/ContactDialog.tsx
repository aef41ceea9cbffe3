import Dialog from "@mui/material/Dialog";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import useMediaQuery from "@mui/material/useMediaQuery";
import { type Theme } from "@mui/material/styles";
import type { Row } from "../../api/changes.ts";
import { useText } from "../../i18n/use.ts";
import { ContactForm } from "./ContactForm.tsx";

interface Props {
  initial?: Partial<Row>;
  draftKey: string;
  onClose: () => void;
}

/** A new contact without leaving the place. */
export function ContactDialog({ initial, draftKey, onClose }: Props) {
  const t = useText();
  const narrow = useMediaQuery<Theme>((theme) => theme.breakpoints.down("sm"));
  return (
    <Dialog
      open
      onClose={onClose}
      fullScreen={narrow}
      fullWidth
      maxWidth="sm"
      aria-labelledby="contact-dialog"
    >
      <DialogTitle id="contact-dialog">{t("contacts.new")}</DialogTitle>
      <DialogContent sx={{ pb: 0 }}>
        <ContactForm {...(initial && { initial })} draftKey={draftKey} onDone={onClose} onCancel={onClose} />
      </DialogContent>
    </Dialog>
  );
}
