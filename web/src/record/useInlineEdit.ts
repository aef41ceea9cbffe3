// Editing one field in place: closed at once when taken, opened again with what was typed when refused.
import { useNotify } from "ra-core";
import { useState } from "react";
import type { Row } from "../api/changes.ts";
import { describeError } from "../i18n/errors.ts";
import { clean } from "./clean.ts";
import { same, valueOf, withValue } from "./merge.ts";
import { Cancelled } from "./useRecord.ts";
import { concerns, type Wrongs, wrongsOf } from "./wrong.ts";

interface Editing {
  base: Row;
  value: unknown;
  wrongs: Wrongs;
}

type Save = (before: Row, after: Row) => Promise<void>;

export function useInlineEdit(object: string, field: string, record: Row, save: Save) {
  const notify = useNotify();
  const [editing, setEditing] = useState<Editing | undefined>();
  const begin = () => setEditing({ base: record, value: valueOf(record, field), wrongs: {} });
  const cancel = () => setEditing(undefined);
  const change = (value: unknown) => setEditing((now) => now && { ...now, value });
  const commit = async (taken?: unknown) => {
    if (!editing) return;
    const value = clean(taken === undefined ? editing.value : taken);
    setEditing(undefined);
    if (same(valueOf(editing.base, field), value)) return;
    try {
      await save(editing.base, withValue(editing.base, field, value));
    } catch (error) {
      const wrongs = wrongsOf(error, object);
      setEditing({ ...editing, value, wrongs });
      if (error instanceof Cancelled || concerns(wrongs, field)) return;
      notify(describeError(error), { type: "error" });
    }
  };
  const theirs = editing && valueOf(record, field);
  /** Another saved another value while this one is being edited. */
  const offered =
    editing !== undefined && !same(theirs, valueOf(editing.base, field)) && !same(theirs, editing.value);
  const takeTheirs = () => setEditing({ base: record, value: theirs, wrongs: {} });
  return { editing, begin, cancel, change, commit, offered, theirs, takeTheirs };
}
