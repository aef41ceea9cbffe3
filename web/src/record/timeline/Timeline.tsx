import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Card from "@mui/material/Card";
import Skeleton from "@mui/material/Skeleton";
import Stack from "@mui/material/Stack";
import ToggleButton from "@mui/material/ToggleButton";
import ToggleButtonGroup from "@mui/material/ToggleButtonGroup";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import { formatDay } from "../../format/dates.ts";
import { describeError } from "../../i18n/errors.ts";
import { useText } from "../../i18n/use.ts";
import { useMay } from "../../session/rights.ts";
import type { RecordKind } from "../types.ts";
import { ActivityItem } from "./ActivityItem.tsx";
import { byDay } from "./days.ts";
import { NoteComposer } from "./NoteComposer.tsx";
import { PinnedNotes } from "./PinnedNotes.tsx";
import { type Kind, KINDS, useTimeline } from "./useTimeline.ts";

/** What happened with a record, the newest first, and a place to write. */
export function Timeline({ kind, id, readOnly }: { kind: RecordKind; id: string; readOnly: boolean }) {
  const t = useText();
  const may = useMay();
  const [shown, setShown] = useState<Kind>("all");
  const subject = { subjectType: kind.subjectType, subjectId: id };
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = useTimeline(
    subject,
    shown,
  );
  const days = byDay(data?.pages.flatMap((page) => page.activities) ?? []);
  return (
    <Card component="section" aria-label={t("record.timeline.title")} sx={{ px: 4, py: 3 }}>
      <Stack direction="row" sx={{ alignItems: "center", gap: 2, mb: 3, flexWrap: "wrap" }}>
        <Typography variant="h2" sx={{ flex: 1 }}>
          {t("record.timeline.title")}
        </Typography>
        <ToggleButtonGroup
          exclusive
          size="small"
          value={shown}
          onChange={(_, chosen: Kind | null) => chosen && setShown(chosen)}
          aria-label={t("record.timeline.filter")}
        >
          {KINDS.map((one) => (
            <ToggleButton key={one} value={one}>
              {t(`record.timeline.${one}`)}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </Stack>
      {!readOnly && may("note", "create") && <NoteComposer subject={subject} />}
      <PinnedNotes notes={data?.pages[0]?.pinnedNotes ?? []} subjectId={id} readOnly={readOnly} />
      {isPending && <Skeleton variant="rounded" height={160} />}
      {error && !data && (
        <Stack sx={{ alignItems: "flex-start", gap: 2 }}>
          <Typography role="alert">{describeError(error)}</Typography>
          <Button variant="outlined" onClick={() => void refetch()}>
            {t("frame.failure.again")}
          </Button>
        </Stack>
      )}
      {data && days.length === 0 && (
        <Typography color="textSecondary">{t("record.timeline.empty")}</Typography>
      )}
      {days.map((day) => (
        <Box key={day.key}>
          <Typography
            variant="caption"
            component="h3"
            color="textSecondary"
            sx={{ mt: 3, mb: 1, fontWeight: 600 }}
          >
            {formatDay(day.activities[0]?.occurTime ?? 0)}
          </Typography>
          <Stack component="ol" sx={{ listStyle: "none", p: 0, m: 0, gap: 3 }}>
            {day.activities.map((activity) => (
              <ActivityItem
                key={activity.id}
                kind={kind}
                timelineOf={id}
                activity={activity}
                readOnly={readOnly}
              />
            ))}
          </Stack>
        </Box>
      ))}
      {hasNextPage && (
        <Button
          variant="outlined"
          fullWidth
          loading={isFetchingNextPage}
          onClick={() => void fetchNextPage()}
          sx={{ mt: 4 }}
        >
          {t("record.timeline.older")}
        </Button>
      )}
    </Card>
  );
}
