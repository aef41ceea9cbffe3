// What a table shows, as its address says it: a link shows the same.
import { useStore } from "ra-core";
import { useCallback, useMemo } from "react";
import { useSearchParams } from "react-router";
import type { View } from "../api/views.ts";
import { useSession } from "../session/store.ts";

/** Views that are always there. */
export const FIXED_VIEWS = ["all", "mine", "team"] as const;
export type FixedView = (typeof FIXED_VIEWS)[number];
export const PAGE_SIZES = [25, 50, 100, 200] as const;

export interface ChosenColumn {
  id: string;
  /** Pixels; 0: as the table has it. */
  width: number;
}

/** What a saved view keeps of a table. */
export interface Look {
  filter: string;
  orderBy: string;
  /** Empty: the table's own. */
  columns: readonly ChosenColumn[];
  density: "comfortable" | "compact";
}

export interface TableState extends Look {
  /** "all", "mine", "team", "bin", or the id of a saved view. */
  view: string;
  query: string;
  page: number;
  pageSize: number;
  /** The look differs from what the saved view keeps. */
  changed: boolean;
  /** Sets what is given; everything but columns and density leads to the first page. */
  set: (changed: Partial<Look & { query: string; page: number; pageSize: number }>) => void;
  open: (view: string) => void;
  /** Back to what the saved view keeps. */
  reset: () => void;
}

interface Kept {
  columns?: ChosenColumn[];
  density?: Look["density"];
  pageSize?: number;
}

const TEXTS = { filter: "filter", orderBy: "sort", query: "q" } as const;

export function printColumns(columns: readonly ChosenColumn[]): string {
  return columns.map(({ id, width }) => (width ? `${id}:${width}` : id)).join(",");
}

export function readColumns(text: string): ChosenColumn[] {
  return text
    .split(",")
    .filter(Boolean)
    .map((part) => {
      const [id = "", width = "0"] = part.split(":");
      return { id, width: Number(width) || 0 };
    });
}

/** `views` are the saved ones, undefined while they are read. */
export function useTableState(
  name: string,
  defaultOrder: string,
  views: readonly View[] | undefined,
): TableState {
  const [params, setParams] = useSearchParams();
  const [kept, keep] = useStore<Kept>(`table.${name}`, {});
  const view = params.get("view") ?? "all";
  const saved = views?.find(({ id }) => id === view);
  const base = useMemo((): Look => {
    if (!saved)
      return {
        filter: "",
        orderBy: defaultOrder,
        columns: kept.columns ?? [],
        density: kept.density ?? "comfortable",
      };
    const density = saved.density === "compact" ? "compact" : "comfortable";
    return { filter: saved.filter, orderBy: saved.orderBy || defaultOrder, columns: saved.columns, density };
  }, [saved, defaultOrder, kept.columns, kept.density]);
  const columns = params.get("columns");
  const look: Look = {
    filter: params.get("filter") ?? base.filter,
    orderBy: params.get("sort") ?? base.orderBy,
    columns: columns === null ? base.columns : readColumns(columns),
    density: (params.get("density") as Look["density"] | null) ?? base.density,
  };
  const set = useCallback<TableState["set"]>(
    (changed) => {
      // Columns, density and page size of what is no saved view are the person's own, and no part of a link.
      const own = { ...(saved ? {} : pick(changed, ["columns", "density"])), ...pick(changed, ["pageSize"]) };
      if (Object.keys(own).length) keep({ ...kept, ...own } as Kept);
      setParams(
        (before) => {
          const next = new URLSearchParams(before);
          for (const [key, param] of Object.entries(TEXTS)) {
            const value = changed[key as keyof typeof TEXTS];
            if (value !== undefined)
              put(next, param, value, key === "query" ? "" : base[key as "filter" | "orderBy"]);
          }
          if (saved && changed.columns)
            put(next, "columns", printColumns(changed.columns), printColumns(base.columns));
          if (saved && changed.density) put(next, "density", changed.density, base.density);
          const stays =
            changed.page === undefined &&
            Object.keys(changed).every((key) => key === "columns" || key === "density");
          if (!stays) put(next, "page", String(changed.page ?? 1), "1");
          return next;
        },
        { replace: changed.query !== undefined },
      );
    },
    [base, kept, keep, saved, setParams],
  );
  return {
    ...look,
    view,
    query: params.get("q") ?? "",
    page: Math.max(1, Number(params.get("page")) || 1),
    pageSize: kept.pageSize ?? 50,
    changed: ["filter", "sort", "columns", "density"].some((key) => params.has(key)),
    set,
    open: useCallback((next) => setParams(next === "all" ? {} : { view: next }), [setParams]),
    reset: useCallback(() => setParams({ view }), [setParams, view]),
  };
}

function put(params: URLSearchParams, name: string, value: string, base: string): void {
  if (value === base) params.delete(name);
  else params.set(name, value);
}

function pick<T extends object>(from: T, keys: readonly (keyof T)[]): Partial<T> {
  return Object.fromEntries(
    keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]),
  ) as Partial<T>;
}

/** The condition of a view that is always there: one's own, one's team's. */
export function useFixedCondition(view: string): string {
  const session = useSession();
  const user = session.state === "signedIn" ? session.me.user : undefined;
  if (view === "mine") return `owner_id = "${user?.id ?? ""}"`;
  if (view === "team") return `team_id = "${user?.teamId ?? ""}"`;
  return "";
}

export function useHasTeam(): boolean {
  const session = useSession();
  return session.state === "signedIn" && Boolean(session.me.user?.teamId);
}
