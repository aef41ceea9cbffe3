// Changes of what is selected, told with undo; long ones with how far they are.
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNotify } from "ra-core";
import { useEffect, useEffectEvent, useState } from "react";
import {
  type BulkChange,
  changeMany,
  hasEnded,
  type Operation,
  readOperation,
  type Selection,
  undoMany,
} from "../../api/bulk.ts";
import { formatNumber } from "../../format/numbers.ts";
import { describeError } from "../../i18n/errors.ts";
import { type Translate, useText } from "../../i18n/use.ts";
import type { TableRecord } from "../types.ts";

/** How often a long change is asked how far it is, milliseconds. */
const PAUSE = 1000;

type Cached = { data: TableRecord[] } | undefined;

export interface Bulk {
  /** `what` is the key of what is said at the end, with {count} and {shown}. `patch` shows the change at once; null removes. */
  run: (
    path: string,
    selection: Selection,
    what: string,
    change?: BulkChange,
    patch?: (row: TableRecord) => TableRecord | null,
  ) => void;
  /** The long change that runs. */
  running: Operation | undefined;
  busy: boolean;
}

interface Teller {
  resource: string;
  client: QueryClient;
  notify: ReturnType<typeof useNotify>;
  t: Translate;
  /** Takes a change that has not ended yet. */
  wait: (long: Long) => void;
}

interface Long {
  id: string;
  what: string;
  /** As it was accepted: shown until it is asked how far it is. */
  accepted: Operation;
}

function readAgain({ client, resource }: Teller): void {
  void client.invalidateQueries({ queryKey: [resource] });
}

function refuse({ notify }: Teller, error: unknown): void {
  notify(describeError(error), { type: "error" });
}

/** Says what was done, with undo, which is told the same way. */
function tell(teller: Teller, operation: Operation, what: string): void {
  const { notify, t, wait } = teller;
  if (!hasEnded(operation)) return wait({ id: operation.id, what, accepted: operation });
  readAgain(teller);
  const failed = operation.state === "STATE_FAILED";
  const changed = Number(operation.changedCount);
  const skipped = Number(operation.skippedCount);
  const words = [t(what, { count: changed, shown: formatNumber(changed) })];
  if (skipped) words.push(t("table.bulk.skipped", { count: skipped, shown: formatNumber(skipped) }));
  if (failed) words.push(t("table.bulk.failed"));
  const onUndo = () =>
    void undoMany(operation.id)
      .then((undone) => tell(teller, undone, "table.bulk.undone"))
      .catch((error: unknown) => refuse(teller, error));
  const undoable = changed > 0 && operation.undoExpireTime && !operation.undoesOperationId;
  notify(words.join(" "), { type: failed ? "error" : "info", ...(undoable && { onUndo }) });
}

export function useBulk(resource: string): Bulk {
  const t = useText();
  const notify = useNotify();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [long, setLong] = useState<Long>();
  const teller: Teller = { resource, client, notify, t, wait: setLong };
  const progress = useQuery({
    queryKey: ["operation", long?.id],
    queryFn: () => readOperation(long?.id ?? ""),
    enabled: long !== undefined,
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : PAUSE),
  });
  const ended = progress.data && hasEnded(progress.data) ? progress.data : undefined;
  const end = useEffectEvent((operation: Operation) => {
    setLong(undefined);
    tell(teller, operation, long?.what ?? "");
  });
  useEffect(() => {
    // The end comes from the server, and is told once.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    if (ended) end(ended);
  }, [ended]);
  const run: Bulk["run"] = (path, selection, what, change, patch) => {
    setBusy(true);
    if ("ids" in selection && patch) {
      const ids = new Set(selection.ids);
      client.setQueriesData<Cached>(
        { queryKey: [resource, "getList"] },
        (answer) =>
          answer && {
            ...answer,
            data: answer.data.flatMap((row) => (ids.has(row.id) ? (patch(row) ?? []) : row)),
          },
      );
    }
    changeMany(path, selection, change)
      .then((operation) => tell(teller, operation, what))
      .catch((error: unknown) => {
        // What was shown before it was sure is taken back.
        readAgain(teller);
        refuse(teller, error);
      })
      .finally(() => setBusy(false));
  };
  return { run, running: long && (progress.data ?? long.accepted), busy };
}
