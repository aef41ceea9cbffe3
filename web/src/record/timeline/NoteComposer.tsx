import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import Box from "@mui/material/Box";
import { createNote, type Subject } from "../../api/activities.ts";
import { newId } from "../../api/client.ts";
import { useText } from "../../i18n/use.ts";
import { useDraft, useLeaveWarning } from "../drafts.ts";
import { NoteField } from "./NoteField.tsx";

interface Draft {
  body: string;
  /** The same for every try to send it: a note is never there twice. */
  requestId: string;
}

/** Writes a note about a record. What was typed stays in this browser until it is sent. */
export function NoteComposer({ subject }: { subject: Subject }) {
  const t = useText();
  const client = useQueryClient();
  const [draft, setDraft] = useDraft<Draft>(`note.${subject.subjectId}`);
  const [sent, setSent] = useState(0);
  useLeaveWarning(Boolean(draft?.body));
  const send = async (body: string) => {
    await createNote(subject, body, draft?.requestId ?? newId());
    setDraft(undefined);
    setSent(sent + 1);
    await client.invalidateQueries({ queryKey: ["timeline", subject.subjectId] });
  };
  return (
    <Box sx={{ mb: 4 }}>
      <NoteField
        key={`${subject.subjectId} ${sent}`}
        initial={draft?.body ?? ""}
        onType={(body) => setDraft(body ? { body, requestId: draft?.requestId ?? newId() } : undefined)}
        onSend={send}
        send={t("record.note.send")}
        focused={sent > 0}
      />
    </Box>
  );
}
