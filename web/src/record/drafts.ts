// What is typed and not sent yet, kept in this browser, so that a reload or a closed tab loses nothing.
import { useCallback, useEffect, useState } from "react";
import { session } from "../session/store.ts";

const PREFIX = "peyvand.draft.";

/** Drafts are of one person: another who signs in here does not see them. */
function place(key: string): string {
  const now = session();
  return `${PREFIX}${now.state === "signedIn" ? now.me.user?.id : ""}.${key}`;
}

export function readDraft<T>(key: string): T | undefined {
  try {
    const text = localStorage.getItem(place(key));
    return text === null ? undefined : (JSON.parse(text) as T);
  } catch {
    return undefined;
  }
}

export function writeDraft<T>(key: string, value: T | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(place(key));
    else localStorage.setItem(place(key), JSON.stringify(value));
  } catch {
    // Without storage the draft lives as long as the page.
  }
}

/** State that survives a reload; `undefined` forgets it. */
export function useDraft<T>(key: string): [T | undefined, (value: T | undefined) => void] {
  const [held, setHeld] = useState(() => ({ key, value: readDraft<T>(key) }));
  if (held.key !== key) setHeld({ key, value: readDraft<T>(key) });
  const set = useCallback(
    (value: T | undefined) => {
      writeDraft(key, value);
      setHeld({ key, value });
    },
    [key],
  );
  return [held.value, set];
}

/** The browser asks before the tab is closed while there is something unsaved. */
export function useLeaveWarning(unsaved: boolean): void {
  useEffect(() => {
    if (!unsaved) return undefined;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", warn);
    return () => removeEventListener("beforeunload", warn);
  }, [unsaved]);
}
