// A record on the screen: saved at once and taken back when refused, merged when another saved first, undone by toast.
import { useQueryClient } from "@tanstack/react-query";
import { useGetOne, useNotify } from "ra-core";
import { useCallback, useMemo, useRef, useState } from "react";
import type { Row } from "../api/changes.ts";
import { ApiError } from "../api/errors.ts";
import {
  deleteRecord,
  readRecord,
  saveRecord,
  undeleteRecord,
  undoOperation,
  type Written,
} from "../api/operations.ts";
import { describeError } from "../i18n/errors.ts";
import { differing, merge, type Merge } from "./merge.ts";
import type { RecordKind } from "./types.ts";

/** Another saved first, and both changed the same fields. */
export interface Conflict {
  base: Row;
  mine: Row;
  theirs: Row;
  merge: Merge;
  /** Called with the record to save; resolves when it is saved. */
  settle: (record: Row) => Promise<void>;
  /** Keeps what was typed, saves nothing. */
  cancel: () => void;
}

export interface RecordActions {
  /** Saves `after`; throws ApiError with violations, and `Cancelled` when a conflict was left open. */
  save: (before: Row, after: Row) => Promise<void>;
  remove: () => Promise<void>;
  restore: () => Promise<void>;
  conflict: Conflict | undefined;
  /** Whether a version of the record came from this page. */
  isOwn: (etag: unknown) => boolean;
}

/** The person closed the question of a conflict without an answer. */
export class Cancelled extends Error {
  override readonly name = "Cancelled";
}

/** Tries to merge with what others save meanwhile, one after the other. */
const TRIES = 5;

export function useRecord(kind: RecordKind, id: string) {
  const query = useGetOne<Row>(kind.resource, { id });
  const actions = useRecordActions(kind, id);
  return { ...query, ...actions };
}

function useStored(kind: RecordKind, id: string) {
  const client = useQueryClient();
  return useMemo(() => {
    const key = [kind.resource, "getOne", { id, meta: undefined }];
    return {
      get: () => client.getQueryData<Row>(key),
      set: (record: Row | undefined) => {
        // An answer that is under way is older than this.
        void client.cancelQueries({ queryKey: key });
        if (record) client.setQueryData(key, record);
      },
      refetch: () => client.invalidateQueries({ queryKey: key }),
      lists: () =>
        void client.invalidateQueries({
          predicate: ({ queryKey: [resource, method] }) =>
            (resource === kind.resource && method !== "getOne") || resource === "timeline",
        }),
    };
  }, [client, kind.resource, id]);
}

function useRecordActions(kind: RecordKind, id: string): RecordActions {
  const notify = useNotify();
  const stored = useStored(kind, id);
  const own = useRef(new Set<unknown>());
  const [conflict, setConflict] = useState<Conflict | undefined>();

  const took = useCallback(
    ({ record, operationId }: Written, message: string) => {
      own.current.add(record["etag"]);
      stored.set(record);
      stored.lists();
      const undo = async () => {
        try {
          const undone = await undoOperation(operationId);
          notify(undone ? "record.undone" : "record.notUndone", { type: undone ? "info" : "warning" });
        } catch (error) {
          notify(describeError(error), { type: "error" });
        }
        await stored.refetch();
        stored.lists();
      };
      if (operationId) notify(message, { type: "info", onUndo: () => void undo() });
    },
    [notify, stored],
  );

  const ask = useCallback(
    (base: Row, mine: Row, theirs: Row, merged: Merge) =>
      new Promise<Row>((resolve, reject) => {
        setConflict({
          base,
          mine,
          theirs,
          merge: merged,
          settle: (record) => {
            setConflict(undefined);
            resolve(record);
            return Promise.resolve();
          },
          cancel: () => {
            setConflict(undefined);
            reject(new Cancelled());
          },
        });
      }),
    [],
  );

  const save = useCallback(
    async (before: Row, after: Row) => {
      if (!differing(before, after).length) return;
      const shown = stored.get();
      stored.set(
        shown && merge(before, after, shown).collisions.length === 0
          ? merge(before, after, shown).merged
          : shown,
      );
      try {
        took(await saveMerged(kind.resource, before, after, ask), "record.saved");
      } catch (error) {
        stored.set(shown);
        void stored.refetch();
        throw error;
      }
    },
    [ask, kind.resource, stored, took],
  );

  const remove = useCallback(async () => {
    const written = await deleteRecord(kind.resource, id);
    took(written, "record.deleted");
  }, [id, kind.resource, took]);

  const restore = useCallback(async () => {
    took({ record: await undeleteRecord(kind.resource, id), operationId: "" }, "record.restored");
    notify("record.restored", { type: "info" });
  }, [id, kind.resource, notify, took]);

  const isOwn = useCallback((etag: unknown) => own.current.has(etag), []);
  return { save, remove, restore, conflict, isOwn };
}

/** Saves; when another saved first, joins both and asks only about what collides. */
async function saveMerged(
  resource: string,
  before: Row,
  after: Row,
  ask: (base: Row, mine: Row, theirs: Row, merged: Merge) => Promise<Row>,
): Promise<Written> {
  let [base, mine] = [before, after];
  for (let tries = 1; ; tries += 1) {
    try {
      return await saveRecord(resource, base, mine);
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== "ETAG_MISMATCH" || tries === TRIES) throw error;
      const theirs = await readRecord(resource, base.id);
      const merged = merge(base, mine, theirs);
      mine = merged.collisions.length ? await ask(base, mine, theirs, merged) : merged.merged;
      base = theirs;
    }
  }
}
