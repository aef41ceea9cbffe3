import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { type Import, rejectedRows } from "../../api/imports.ts";
import { type Fault, faultOf } from "./rejected.ts";

/** Pages of 1,000 that are read to count reasons; the file to download has all. */
const MOST_PAGES = 10;

interface RejectedRows {
  faults: Fault[];
  isPending: boolean;
  error: Error | null;
  refetch: () => void;
}

/** The first 10,000 refused records, as they come. */
export function useRejected(found: Import): RejectedRows {
  const { data, error, isPending, hasNextPage, isFetching, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ["imports", "rejected", found.id],
    queryFn: ({ pageParam, signal }) => rejectedRows(found.id, pageParam, signal),
    initialPageParam: "",
    getNextPageParam: (page, pages) => (pages.length < MOST_PAGES && page.next) || undefined,
    // An import that has ended does not change.
    staleTime: Infinity,
  });
  useEffect(() => {
    if (hasNextPage && !isFetching && !error) void fetchNextPage();
  }, [hasNextPage, isFetching, error, fetchNextPage]);
  const faults = useMemo(() => {
    const mapping = found.options?.mapping ?? [];
    return (data?.pages ?? []).flatMap(({ rows }) => rows.map((row) => faultOf(row, mapping)));
  }, [data, found.options]);
  return { faults, isPending, error, refetch: () => void refetch() };
}
