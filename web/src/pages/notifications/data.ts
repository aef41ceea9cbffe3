// My notifications: how many are unread, the list, and reading them. Kept in step by live updates.
import {
  type InfiniteData,
  keepPreviousData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect } from "react";
import { call } from "../../api/client.ts";
import { onChange } from "../../api/live.ts";
import type { components } from "../../api/schema.d.ts";

export type Notification = components["schemas"]["Notification"];
type Answer = components["schemas"]["ListNotificationsResponse"];
type Pages = InfiniteData<Answer, string>;

export interface Unread {
  count: number;
  /** There are more. */
  capped: boolean;
}

const ROOT = ["notifications"];
const COUNT = [...ROOT, "count"];
const LIST = [...ROOT, "list"];
const PAGE = 30;

function unreadOf(answer: { unreadCount: number; unreadCountCapped: boolean }): Unread {
  return { count: answer.unreadCount, capped: answer.unreadCountCapped };
}

/** How many are unread, as it changes; undefined until it is known. */
export function useUnread(): Unread | undefined {
  const client = useQueryClient();
  useEffect(
    () => onChange("notification", undefined, () => void client.invalidateQueries({ queryKey: ROOT })),
    [client],
  );
  const { data } = useQuery({
    queryKey: COUNT,
    queryFn: async ({ signal }) =>
      unreadOf(await call<Answer>("GET", "/v1/notifications", { query: { pageSize: 1 }, signal })),
  });
  return data;
}

/** The newest first, a page after the other. */
export function useNotifications(unreadOnly: boolean) {
  return useInfiniteQuery({
    queryKey: [...LIST, unreadOnly],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) =>
      call<Answer>("GET", "/v1/notifications", {
        query: { pageSize: PAGE, pageToken: pageParam, unreadOnly: unreadOnly || undefined },
        signal,
      }),
    getNextPageParam: (last) => last.nextPageToken || undefined,
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

/** Those named, or all up to the newest one shown. */
export type ToRead = { ids: string[] } | { untilTime: string };

/** Marks as read: seen at once, told to the server, and put right when it refuses. */
export function useMarkRead() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ToRead) => call<Answer>("POST", "/v1/notifications:markRead", { body }),
    onMutate: async (body) => {
      await client.cancelQueries({ queryKey: ROOT });
      client.setQueriesData<Pages>({ queryKey: LIST }, (pages) => pages && marked(pages, body, new Date()));
      if ("ids" in body) lower(client, body.ids.length);
      else client.setQueryData<Unread>(COUNT, { count: 0, capped: false });
    },
    onSuccess: (answer) => client.setQueryData(COUNT, unreadOf(answer)),
    onSettled: () => client.invalidateQueries({ queryKey: ROOT }),
  });
}

function lower(client: QueryClient, by: number): void {
  // Of more than 99 nobody knows how many are left.
  client.setQueryData<Unread>(COUNT, (before) =>
    before && !before.capped ? { count: Math.max(0, before.count - by), capped: false } : before,
  );
}

/** The pages with these notifications read. */
export function marked(pages: Pages, body: ToRead, now: Date): Pages {
  const reads = ({ id, createTime = "" }: Notification) =>
    "ids" in body ? body.ids.includes(id) : Date.parse(createTime) <= Date.parse(body.untilTime);
  const read = (one: Notification) =>
    one.readTime || !reads(one) ? one : { ...one, readTime: now.toISOString() };
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, notifications: page.notifications.map(read) })),
  };
}
