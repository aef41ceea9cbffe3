import Box from "@mui/material/Box";
import Tooltip from "@mui/material/Tooltip";
import Typography from "@mui/material/Typography";
import {
  ArrowRight,
  FileUp,
  Link2,
  Link2Off,
  type LucideIcon,
  Pencil,
  Plus,
  RotateCcw,
  StickyNote,
  Trash2,
} from "lucide-react";
import type { Activity } from "../../api/activities.ts";
import { formatExact, formatTime } from "../../format/dates.ts";
import { preferences } from "../../preferences/store.ts";
import { has } from "../../i18n/messages.ts";
import { useText } from "../../i18n/use.ts";
import { RecordChip } from "../../ui/RecordChip.tsx";
import { useColleague } from "../../ui/useColleague.ts";
import { isEmpty } from "../empty.ts";
import { camel, fieldNamed, type RecordKind } from "../types.ts";
import { NoteItem } from "./NoteItem.tsx";

const ICONS: Record<string, LucideIcon> = {
  note: StickyNote,
  created: Plus,
  imported: FileUp,
  updated: Pencil,
  deleted: Trash2,
  undeleted: RotateCcw,
  linked: Link2,
  unlinked: Link2Off,
};
/** First strong isolate and its end: a name of another direction does not turn the sentence round. */
const isolated = (name: string) => `\u2068${name}\u2069`;

interface Props {
  kind: RecordKind;
  /** The record on whose page one is; the line may be of one of its people. */
  timelineOf: string;
  activity: Activity;
  /** The record is in the bin. */
  readOnly: boolean;
}

export function ActivityItem({ kind, timelineOf, activity, readOnly }: Props) {
  const t = useText();
  const verb = activity.type.split(".").at(-1) ?? "";
  const Icon = ICONS[verb] ?? Pencil;
  const actor = useColleague(activity.actorId);
  const name = activity.actorId ? (actor?.displayName ?? "…") : t("record.timeline.system");
  const key = `record.activity.${verb}`;
  const known = has(preferences().locale, key);
  const time = activity.occurTime ?? "";
  const isOfPerson = activity.subjectId !== timelineOf;
  return (
    <Box
      component="li"
      sx={{ display: "grid", gridTemplateColumns: "24px minmax(0, 1fr) auto", columnGap: 2 }}
    >
      <Box sx={{ color: "text.secondary", pt: 0.5 }}>
        <Icon size={16} aria-hidden />
      </Box>
      <Typography component="div" sx={{ minWidth: 0 }}>
        {t(known ? key : "record.activity.other", { actor: isolated(name) })}
      </Typography>
      <Tooltip title={time && formatExact(time)}>
        <Typography component="time" variant="caption" color="textSecondary" dateTime={time} sx={{ pt: 0.5 }}>
          {time && formatTime(time)}
        </Typography>
      </Tooltip>
      <Box sx={{ gridColumn: "2 / -1", minWidth: 0 }}>
        {isOfPerson && (
          <RecordChip resource="contacts" id={activity.subjectId} name={activity.subjectName || "…"} />
        )}
        {activity.note && <NoteItem note={activity.note} subjectId={timelineOf} readOnly={readOnly} />}
        {verb === "linked" || verb === "unlinked" ? (
          <Person activity={activity} />
        ) : (
          activity.changes.map((change) => (
            <Changed
              key={change.field}
              kind={isOfPerson ? (kind.people ?? kind) : kind}
              field={change.field}
              before={change.before}
              after={change.after}
            />
          ))
        )}
      </Box>
    </Box>
  );
}

function Person({ activity }: { activity: Activity }) {
  const [change] = activity.changes;
  const person = (change?.after ?? change?.before) as
    { id?: string; display_name?: string; role?: string } | undefined;
  if (!person?.id) return null;
  return (
    <>
      <RecordChip resource="contacts" id={person.id} name={person.display_name || "…"} />
      {person.role && (
        <Typography component="bdi" variant="caption" color="textSecondary" sx={{ marginInlineStart: 2 }}>
          {person.role}
        </Typography>
      )}
    </>
  );
}

interface ChangedProps {
  kind: RecordKind;
  field: string;
  before: unknown;
  after: unknown;
}

/** One field: what it was, and what it became. */
function Changed({ kind, field: name, before, after }: ChangedProps) {
  const t = useText();
  const field = fieldNamed(kind, name);
  const label = name.startsWith("custom.") ? name.slice("custom.".length) : field ? t(field.label) : name;
  const show = (value: unknown) => {
    if (isEmpty(value)) return null;
    const spoken = camelKeys(value);
    return field ? (
      <field.Show value={spoken} />
    ) : (
      <bdi>{typeof spoken === "string" ? spoken : JSON.stringify(spoken)}</bdi>
    );
  };
  const was = show(before);
  return (
    <Box
      sx={{ display: "flex", flexWrap: "wrap", columnGap: 2, alignItems: "baseline", fontSize: "0.929em" }}
    >
      <Typography component="span" color="textSecondary" sx={{ fontSize: "inherit" }}>
        {label}
      </Typography>
      {was && (
        <>
          <Box component="s" sx={{ color: "text.secondary", minWidth: 0, overflowWrap: "anywhere" }}>
            {was}
          </Box>
          <ArrowRight size={12} className="mirror" role="img" aria-label={t("record.timeline.became")} />
        </>
      )}
      <Box component="span" sx={{ minWidth: 0, overflowWrap: "anywhere" }}>
        {show(after) ?? t("record.emptied")}
      </Box>
    </Box>
  );
}

/** Timelines write names as the contract does, the rest of the app as JSON. */
function camelKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelKeys);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [camel(key), camelKeys(inner)]));
}
