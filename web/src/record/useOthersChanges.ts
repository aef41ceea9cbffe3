// What others just changed in the record one looks at.
import { useEffect, useRef, useState } from "react";
import type { Row } from "../api/changes.ts";
import { differing } from "./merge.ts";

/** Milliseconds that a changed field is marked. */
const MARKED = 2500;

/** The fields that another changed a moment ago, and a number that grows with each such change. */
export function useOthersChanges(
  record: Row | undefined,
  isOwn: (etag: unknown) => boolean,
): { fields: readonly string[]; count: number } {
  const seen = useRef<Row | undefined>(undefined);
  const [marked, setMarked] = useState<{ fields: readonly string[]; count: number }>({
    fields: [],
    count: 0,
  });
  useEffect(() => {
    const last = seen.current;
    seen.current = record;
    if (!record || last?.id !== record.id || last["etag"] === record["etag"] || isOwn(record["etag"])) return;
    const fields = differing(last, record);
    if (!fields.length) return;
    setMarked(({ count }) => ({ fields, count: count + 1 }));
  }, [record, isOwn]);
  useEffect(() => {
    if (!marked.fields.length) return undefined;
    const timer = setTimeout(() => setMarked(({ count }) => ({ fields: [], count })), MARKED);
    return () => clearTimeout(timer);
  }, [marked]);
  return marked;
}
