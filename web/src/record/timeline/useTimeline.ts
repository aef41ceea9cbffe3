// The timeline of a record, page after page, kept in step with what others do.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { readTimeline, type Subject } from "../../api/activities.ts";
import { onChange } from "../../api/live.ts";

export const KINDS = ["all", "notes", "changes"] as const;
export type Kind = (typeof KINDS)[number];
const FILTERS: Record<Kind, string> = { all: "", notes: 'type = "note"', changes: 'type != "note"' };

/** The service of timelines hears of a change at the same time as we do: it has written it down a moment later. */
const A_MOMENT = 1200;

export function useTimeline(object: string, subject: Subject, kind: Kind) {
  const client = useQueryClient();
  const { subjectId } = subject;
  useEffect(() => {
    let later: ReturnType<typeof setTimeout> | undefined;
    const read = () => void client.invalidateQueries({ queryKey: ["timeline", subjectId] });
    const hear = () => {
      clearTimeout(later);
      later = setTimeout(read, A_MOMENT);
    };
    const stops = [onChange(object, subjectId, hear), onChange("note", undefined, read)];
    return () => {
      clearTimeout(later);
      stops.forEach((stop) => stop());
    };
  }, [client, object, subjectId]);
  return useInfiniteQuery({
    queryKey: ["timeline", subjectId, kind],
    queryFn: ({ pageParam, signal }) => readTimeline(subject, FILTERS[kind], pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
}
