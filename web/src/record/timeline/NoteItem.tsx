import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Chip from "@mui/material/Chip";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { useQueryClient } from "@tanstack/react-query";
import { useNotify } from "ra-core";
import { useState } from "react";
import { createNote, deleteNote, type Note, updateNote } from "../../api/activities.ts";
import { newId } from "../../api/client.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { useSession } from "../../session/store.ts";
import { pieces } from "./mentions.ts";
import { NoteField } from "./NoteField.tsx";

/** A note; its writer may change and delete it. */
export function NoteItem({ note, subjectId }: { note: Note; subjectId: string }) {
  const t = useText();
  const notify = useNotify();
  const client = useQueryClient();
  const session = useSession();
  const [editing, setEditing] = useState(false);
  const mine = session.state === "signedIn" && session.me.user?.id === note.ownerId;
  const read = () => client.invalidateQueries({ queryKey: ["timeline", subjectId] });
  const failed = (error: unknown) => notify(describeError(error), { type: "error" });
  const save = async (body: string) => {
    await updateNote(note, body);
    setEditing(false);
    await read();
  };
  // A deleted note cannot be taken back: it is written again.
  const rewrite = async () => {
    const { subjectType } = note;
    await createNote({ subjectType, subjectId }, note.body, newId()).then(read, failed);
  };
  const remove = async () => {
    try {
      await deleteNote(note);
      notify("record.note.deleted", { type: "info", onUndo: () => void rewrite() });
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
      {mine && (
        <Stack direction="row" sx={{ gap: 1, mt: 1, mx: -3, mb: -2 }}>
          <Button size="small" onClick={() => setEditing(true)} sx={{ color: "text.secondary" }}>
            {t("record.note.edit")}
          </Button>
          <Button size="small" onClick={() => void remove()} sx={{ color: "text.secondary" }}>
            {t("record.note.delete")}
          </Button>
        </Stack>
      )}
    </Box>
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
