import Box from "@mui/material/Box";
import Stack from "@mui/material/Stack";
import Typography from "@mui/material/Typography";
import { Pin } from "lucide-react";
import type { Note } from "../../api/activities.ts";
import { useText } from "../../i18n/use.ts";
import { ColleagueName } from "../../ui/ColleagueName.tsx";
import { RelativeTime } from "../../ui/RelativeTime.tsx";
import { NoteItem } from "./NoteItem.tsx";

interface Props {
  notes: readonly Note[];
  subjectId: string;
  readOnly: boolean;
}

/** What everybody should see first, above the timeline. */
export function PinnedNotes({ notes, subjectId, readOnly }: Props) {
  const t = useText();
  if (!notes.length) return null;
  return (
    <Box component="section" aria-labelledby="pinned-title" sx={{ mb: 4 }}>
      <Typography
        id="pinned-title"
        variant="caption"
        component="h3"
        color="textSecondary"
        sx={{ mb: 1, fontWeight: 600, display: "flex", alignItems: "center", gap: 1 }}
      >
        <Pin size={14} aria-hidden />
        {t("record.note.pinned")}
      </Typography>
      <Stack component="ol" sx={{ listStyle: "none", p: 0, m: 0, gap: 2 }}>
        {notes.map((note) => (
          <Box component="li" key={note.id}>
            <Typography
              variant="caption"
              component="div"
              color="textSecondary"
              sx={{ display: "flex", columnGap: 2 }}
            >
              <ColleagueName id={note.ownerId} />
              {note.audit?.createTime && <RelativeTime value={note.audit.createTime} />}
            </Typography>
            <NoteItem note={note} subjectId={subjectId} readOnly={readOnly} />
          </Box>
        ))}
      </Stack>
    </Box>
  );
}
