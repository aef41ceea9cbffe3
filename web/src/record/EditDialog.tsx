import Dialog from "@mui/material/Dialog";
import DialogContent from "@mui/material/DialogContent";
import DialogTitle from "@mui/material/DialogTitle";
import useMediaQuery from "@mui/material/useMediaQuery";
import { type Theme } from "@mui/material/styles";
import type { Row } from "../api/changes.ts";
import { useText } from "../i18n/use.ts";
import { RecordForm } from "./RecordForm.tsx";
import type { RecordKind } from "./types.ts";

interface Props {
  kind: RecordKind;
  first: readonly string[];
  record: Row;
  save: (before: Row, after: Row) => Promise<void>;
  onClose: () => void;
}

/** All fields of a record at once, the whole screen at telephone width. Closing keeps what was typed. */
export function EditDialog({ kind, first, record, save, onClose }: Props) {
  const t = useText();
  const narrow = useMediaQuery<Theme>((theme) => theme.breakpoints.down("sm"));
  return (
    <Dialog open onClose={onClose} fullScreen={narrow} fullWidth maxWidth="sm" aria-labelledby="edit-title">
      <DialogTitle id="edit-title">
        {t("record.editTitle", { name: `\u2068${kind.nameOf(record)}\u2069` })}
      </DialogTitle>
      <DialogContent sx={{ pb: 0 }}>
        <RecordForm
          kind={kind}
          first={first}
          base={record}
          draftKey={`${kind.resource}.${record.id}`}
          onSave={async (base, mine) => {
            await save(base, mine);
            onClose();
          }}
          onCancel={onClose}
          save={t("record.save")}
        />
      </DialogContent>
    </Dialog>
  );
}
