// What many columns show.
import Box from "@mui/material/Box";
import Chip from "@mui/material/Chip";
import { useSyncExternalStore } from "react";
import { formatExact, formatRelative } from "../format/dates.ts";
import { useText } from "../i18n/use.ts";
import { usePreferences } from "../preferences/store.ts";

/** As people typed it. */
export function Text({ of }: { of: string | undefined }) {
  return of ? <bdi>{of}</bdi> : null;
}

/** A text by its key. */
export function Words({ of }: { of: string }) {
  return useText()(of);
}

/** "3 hours ago"; the exact time in the title, which costs nothing while nobody asks for it. */
export function Times({ value }: { value: string | undefined }) {
  usePreferences();
  const now = useSyncExternalStore(follow, minute);
  if (!value) return null;
  return (
    <time dateTime={value} title={formatExact(value)}>
      {formatRelative(value, Math.max(now, Date.parse(value)))}
    </time>
  );
}

// One clock for all cells.
const listeners = new Set<() => void>();
let clock: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function minute(): number {
  return now;
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  if (!clock) now = Date.now();
  clock ??= setInterval(() => {
    now = Date.now();
    listeners.forEach((one) => one());
  }, 60_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size) return;
    clearInterval(clock);
    clock = undefined;
  };
}

/** Tags beside each other; what does not fit is cut off, and stands in the title. */
export function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <Box component="span" sx={{ display: "inline-flex", gap: 1 }}>
      {tags.map((tag) => (
        <Chip key={tag} size="small" label={<bdi>{tag}</bdi>} sx={{ height: 22 }} />
      ))}
    </Box>
  );
}
