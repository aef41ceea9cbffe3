// What is selected: records by their ids, or all that match.
import { useCallback, useState } from "react";

/** What one bulk change takes by ids. */
export const MOST_IDS = 1000;

export interface Selected {
  ids: ReadonlySet<string>;
  /** All that match the filter, on whatever page. */
  all: boolean;
  none: boolean;
  has: (id: string) => boolean;
  /** With a range (shift): everything from the last one toggled to this one. */
  toggle: (id: string, range?: readonly string[]) => void;
  /** Selects or deselects the page. */
  page: (ids: readonly string[], on: boolean) => void;
  everything: () => void;
  clear: () => void;
}

interface State {
  ids: ReadonlySet<string>;
  all: boolean;
  last: string;
  of: string;
}

/** `of` names the list: another one begins with nothing selected. */
export function useSelection(of: string): Selected {
  const [kept, setState] = useState<State>({ ids: new Set(), all: false, last: "", of });
  const state = kept.of === of ? kept : { ids: new Set<string>(), all: false, last: "", of };
  const change = useCallback(
    (work: (before: State) => Partial<State>) =>
      setState((before) => {
        const mine = before.of === of ? before : { ids: new Set<string>(), all: false, last: "", of };
        return { ...mine, all: false, ...work(mine) };
      }),
    [of],
  );
  return {
    ids: state.ids,
    all: state.all,
    none: !state.all && state.ids.size === 0,
    has: (id) => state.all || state.ids.has(id),
    toggle: useCallback(
      (id, range) =>
        change(({ ids, last }) => {
          const next = new Set(ids);
          const on = !next.has(id);
          for (const one of range ? between(range, last, id) : [id]) {
            if (!on) next.delete(one);
            else if (next.size < MOST_IDS) next.add(one);
          }
          return { ids: next, last: id };
        }),
      [change],
    ),
    page: useCallback(
      (page, on) =>
        change(({ ids }) => {
          const next = new Set(ids);
          for (const id of page) {
            if (!on) next.delete(id);
            else if (next.size < MOST_IDS) next.add(id);
          }
          return { ids: next };
        }),
      [change],
    ),
    everything: useCallback(() => change(() => ({ all: true })), [change]),
    clear: useCallback(() => change(() => ({ ids: new Set(), last: "" })), [change]),
  };
}

function between(ids: readonly string[], one: string, other: string): readonly string[] {
  const from = ids.indexOf(one);
  const to = ids.indexOf(other);
  return from < 0 || to < 0 ? [other] : ids.slice(Math.min(from, to), Math.max(from, to) + 1);
}
