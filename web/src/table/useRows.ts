// The rows of a table: the page it shows, and the next one before it is asked for.
import { keepPreviousData, useQueryClient } from "@tanstack/react-query";
import { useDataProvider, useGetList, type RaRecord } from "ra-core";
import { useEffect } from "react";
import type { ListMeta } from "../api/dataProvider.ts";
import { type ListFilter, quote } from "../api/filters.ts";
import type { TableConfig, TableRecord } from "./types.ts";
import { type TableState, useFixedCondition } from "./state.ts";

export interface Rows<R> {
  rows: readonly R[] | undefined;
  /** What is shown belongs to what was asked for before. */
  old: boolean;
  error: unknown;
  total: number | undefined;
  capped: boolean;
  hasNext: boolean;
  hasPrevious: boolean;
  /** The order cannot be chosen: the best matches come first. */
  ranked: boolean;
  /** The filter that matches all of it; undefined when no filter can say it. */
  where: string | undefined;
  read: () => void;
}

/** Filters by AND; each may hold OR. */
export function both(...texts: readonly string[]): string {
  const given = texts.filter(Boolean);
  return given.length > 1 ? given.map((text) => `(${text})`).join(" AND ") : (given[0] ?? "");
}

export function useRows<R extends TableRecord & RaRecord>(
  config: TableConfig<R>,
  state: TableState,
  enabled: boolean,
): Rows<R> {
  const fixed = useFixedCondition(state.view);
  const bin = state.view === "bin";
  const query = state.query.trim();
  // The search knows scripts and misspellings, but no filter: beside one, names are looked for by the filter itself.
  const ranked = query !== "" && !fixed && !state.filter && !bin;
  const named = query && !ranked ? `${config.nameField}:${quote(query)}` : "";
  const where = both(fixed, state.filter, named);
  const filter: ListFilter = ranked ? { q: query } : { where, ...(bin && { onlyDeleted: true }) };
  const [field = "", direction] = state.orderBy.split(" ");
  const params = {
    pagination: { page: state.page, perPage: ranked ? 100 : state.pageSize },
    sort: { field, order: direction === "desc" ? ("DESC" as const) : ("ASC" as const) },
    filter,
  };
  const answer = useGetList<R>(config.resource, params, { enabled, placeholderData: keepPreviousData });
  useNextPage(config.resource, params, Boolean(answer.pageInfo?.hasNextPage) && !answer.isPlaceholderData);
  const { total, capped = false } = (answer.meta ?? {}) as ListMeta;
  // A page whose beginning this browser does not know, as in a link of another person.
  const unknown = state.page > 1 && answer.data?.length === 0 && !answer.isPlaceholderData;
  const { set } = state;
  useEffect(() => {
    if (unknown) set({ page: 1 });
  }, [unknown, set]);
  return {
    rows: unknown ? undefined : answer.data,
    old: answer.isPlaceholderData,
    error: answer.error,
    total: ranked ? answer.total : total,
    capped: ranked ? (answer.total ?? 0) >= 100 : capped,
    hasNext: !ranked && Boolean(answer.pageInfo?.hasNextPage),
    hasPrevious: state.page > 1,
    ranked,
    where: ranked ? undefined : where,
    read: () => void answer.refetch(),
  };
}

interface Params {
  pagination: { page: number; perPage: number };
  sort: { field: string; order: "ASC" | "DESC" };
  filter: ListFilter;
}

/**
 * Reads the next page while one looks at this one: turning the page then takes no request. What is still under way when
 * another list is asked for, or the table is left, is given up.
 */
function useNextPage(resource: string, params: Params, there: boolean): void {
  const client = useQueryClient();
  const provider = useDataProvider();
  const next = { ...params, pagination: { ...params.pagination, page: params.pagination.page + 1 } };
  const name = JSON.stringify(next);
  const list = JSON.stringify({ ...params, pagination: params.pagination.perPage });
  useEffect(
    // Before the new list is read: what runs and is not looked at was read ahead.
    () => () => void client.cancelQueries({ queryKey: [resource, "getList"], type: "inactive" }),
    [client, resource, list],
  );
  useEffect(() => {
    if (!there) return;
    const wanted = JSON.parse(name) as Params;
    // The key under which useGetList looks for it.
    void client.prefetchQuery({
      queryKey: [resource, "getList", { ...wanted, meta: undefined }],
      queryFn: ({ signal }) => provider.getList(resource, { ...wanted, signal }),
    });
  }, [client, provider, resource, name, there]);
}
