// Whether the server can be reached, and since when not: what the browser knows, and what requests have met.
import { useSyncExternalStore } from "react";

export interface Connection {
  /** Milliseconds since 1970 at which the server was out of reach; undefined while it can be reached. */
  offlineSince: number | undefined;
}

/** Milliseconds between two looks whether the server is back: doubled up to the last. */
const FIRST_WAIT = 2000;
const LAST_WAIT = 60_000;
const PROBE = "/healthz";

const listeners = new Set<() => void>();
const backListeners = new Set<() => void>();
let current: Connection = { offlineSince: navigator.onLine ? undefined : Date.now() };
let timer: ReturnType<typeof setTimeout> | undefined;
let wait = FIRST_WAIT;

function set(next: Connection): void {
  current = next;
  listeners.forEach((listener) => listener());
}

/** A request got an answer, whatever it said. */
export function noteAnswer(): void {
  clearTimeout(timer);
  timer = undefined;
  wait = FIRST_WAIT;
  if (current.offlineSince === undefined) return;
  set({ offlineSince: undefined });
  backListeners.forEach((listener) => listener());
}

/** A request got no answer. Looks again and again until one comes. */
export function noteSilence(): void {
  if (current.offlineSince === undefined) set({ offlineSince: Date.now() });
  timer ??= setTimeout(look, wait);
}

function look(): void {
  clearTimeout(timer);
  timer = undefined;
  wait = Math.min(LAST_WAIT, wait * 2);
  fetch(PROBE, { cache: "no-store" }).then(noteAnswer, noteSilence);
}

addEventListener("online", look);
addEventListener("offline", () => {
  if (current.offlineSince === undefined) set({ offlineSince: Date.now() });
});

export function connection(): Connection {
  return current;
}

export function online(): boolean {
  return current.offlineSince === undefined;
}

/** Hears that the server can be reached again. Returns how to stop. */
export function onBack(listener: () => void): () => void {
  backListeners.add(listener);
  return () => backListeners.delete(listener);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useConnection(): Connection {
  return useSyncExternalStore(subscribe, connection);
}

/** Whether changes can be sent just now. */
export function useOnline(): boolean {
  return useConnection().offlineSince === undefined;
}
