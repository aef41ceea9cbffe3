import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQueryClient } from "@tanstack/react-query";
import { useNotify } from "ra-core";
import { useState } from "react";
import { deleteNote, type Note, pinNote, undeleteNote, updateNote } from "../../api/activities.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { type Session, useSession } from "../../session/store.ts";
import { pieces } from "./mentions.ts";
import { NoteField } from "./NoteField.tsx";

/** Short words begin where the text of the note does. */
const QUIET = { color: "text.secondary", minWidth: 0 } as const;

interface Props {
  note: Note;
  subjectId: string;
  /** The record is in the bin. */
  readOnly: boolean;
}

/** A note; its writer may change and delete it, and pin it, as may who changes the notes of all. */
export function NoteItem({ note, subjectId, readOnly }: Props) {
  const t = useText();
  const notify = useNotify();
  const client = useQueryClient();
  const session = useSession();
  const [editing, setEditing] = useState(false);
  const mine = !readOnly && session.state === "signedIn" && session.me.user?.id === note.ownerId;
  const pins = mine || (!readOnly && mayChangeAll(session));
  const read = () => client.invalidateQueries({ queryKey: ["timeline", subjectId] });
  const failed = (error: unknown) => notify(describeError(error), { type: "error" });
  const save = async (body: string) => {
    await updateNote(note, body);
    setEditing(false);
    await read();
  };
  const pin = () => void pinNote(note, !note.pinned).then(read, failed);
  const restore = () => void undeleteNote(note).then(read, failed);
  const remove = async () => {
    try {
      await deleteNote(note);
      notify("record.note.deleted", { type: "info", onUndo: restore });
      await read();
    } catch (error) {
      failed(error);
    }
  };
  if (editing)
    return (
      <NoteField
        initial={note.body}
        onSend={save}
        onCancel={() => setEditing(false)}
        send={t("record.save")}
        focused
      />
    );
  return (
    <Box sx={{ mt: 1, p: 3, borderRadius: 1, bgcolor: "action.hover" }}>
      <NoteBody body={note.body} />
      {pins && (
        <Stack direction="row" sx={{ columnGap: 1, flexWrap: "wrap", mt: 1, mx: -3, mb: -2 }}>
          <Button size="small" onClick={pin} sx={QUIET}>
            {t(note.pinned ? "record.note.unpin" : "record.note.pin")}
          </Button>
          {mine && (
            <>
              <Button
                size="small"
                aria-label={t("record.note.edit")}
                onClick={() => setEditing(true)}
                sx={QUIET}
              >
                {t("record.editAll")}
              </Button>
              <Button
                size="small"
                aria-label={t("record.note.delete")}
                onClick={() => void remove()}
                sx={QUIET}
              >
                {t("record.delete")}
              </Button>
            </>
          )}
        </Stack>
      )}
    </Box>
  );
}

function mayChangeAll(session: Session): boolean {
  if (session.state !== "signedIn") return false;
  return session.me.rights.some(
    ({ object, action, scope }) => object === "note" && action === "update" && scope === "SCOPE_ALL",
  );
}

const at = (name: string) => `@${name}`;

function NoteBody({ body }: { body: string }) {
  return (
    <Typography component="div" dir="auto" sx={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
      {pieces(body).map((piece, index) =>
        typeof piece === "string" ? (
          piece
        ) : (
          <Chip
            key={index}
            size="small"
            label={<bdi>{at(piece.name)}</bdi>}
            sx={{ bgcolor: "action.selected", color: "primary.main", height: 20, mx: 0.5 }}
          />
        ),
      )}
    </Typography>
  );
}
