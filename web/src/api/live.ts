// Live updates: one stream for the whole app, handed out by record.
import { refreshSession } from "./client.ts";

export interface Change {
  /** "contact.updated.v1" */
  type: string;
  aggregateType: string;
  aggregateId: string;
  version: string;
  operationId: string;
  time: string;
}

type Listener = (change: Change) => void;

/** After a stream that could not be opened, milliseconds: doubled up to the last. */
const FIRST_WAIT = 1000;
const LAST_WAIT = 60_000;

const listeners = new Map<string, Set<Listener>>();
const missed = new Set<() => void>();
let source: EventSource | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
let wait = FIRST_WAIT;

/** Hears of changes of one kind of record, or of one record ("contact", id). Returns how to stop. */
export function onChange(object: string, id: string | undefined, listener: Listener): () => void {
  const key = id ? `${object} ${id}` : object;
  const mine = listeners.get(key) ?? new Set();
  listeners.set(key, mine.add(listener));
  return () => {
    mine.delete(listener);
    if (!mine.size) listeners.delete(key);
  };
}

/** Hears that changes were missed: what is shown should be read again. Returns how to stop. */
export function onMissed(listener: () => void): () => void {
  missed.add(listener);
  return () => missed.delete(listener);
}

function handOut(change: Change): void {
  for (const key of [change.aggregateType, `${change.aggregateType} ${change.aggregateId}`]) {
    listeners.get(key)?.forEach((listener) => listener(change));
  }
}

function open(): void {
  source = new EventSource("/v1/live");
  source.addEventListener("ready", () => {
    wait = FIRST_WAIT;
  });
  source.addEventListener("change", (event) =>
    handOut(JSON.parse((event as MessageEvent<string>).data) as Change),
  );
  source.addEventListener("reset", () => missed.forEach((listener) => listener()));
  source.addEventListener("end", () => again());
  // The browser reconnects by itself after a broken stream; CLOSED means it was refused, as with an old token.
  source.addEventListener("error", () => {
    if (source?.readyState === EventSource.CLOSED) again();
  });
}

/** Opens a new stream with a fresh session. What happened in between was missed. */
function again(): void {
  source?.close();
  source = undefined;
  clearTimeout(timer);
  timer = setTimeout(() => {
    refreshSession()
      .then((there) => {
        if (!there) return;
        open();
        missed.forEach((listener) => listener());
      })
      .catch(again);
  }, wait);
  wait = Math.min(LAST_WAIT, wait * 2);
}

/** Follows changes until the returned function is called. */
export function follow(): () => void {
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
}
