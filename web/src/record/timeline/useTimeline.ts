// The timeline of a record, page after page, kept in step with what others do.
import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { readTimeline, type Subject } from "../../api/activities.ts";
import { onChange } from "../../api/live.ts";

export const KINDS = ["all", "notes", "changes"] as const;
export type Kind = (typeof KINDS)[number];
const FILTERS: Record<Kind, string> = { all: "", notes: 'type = "note"', changes: 'type != "note"' };

export function useTimeline(subject: Subject, kind: Kind) {
  const client = useQueryClient();
  const { subjectId } = subject;
  useEffect(() => {
    // Told once what has changed can be read: the record itself is told of earlier.
    const read = () => void client.invalidateQueries({ queryKey: ["timeline", subjectId] });
    return onChange("timeline", subjectId, read);
  }, [client, subjectId]);
  return useInfiniteQuery({
    queryKey: ["timeline", subjectId, kind],
    queryFn: ({ pageParam, signal }) => readTimeline(subject, FILTERS[kind], pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (page) => page.nextPageToken || undefined,
  });
}
