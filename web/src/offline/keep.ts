// Customers opened lately stay readable without a network: their answers are kept on this device, for this person,
// until they sign out or a week has gone.
import type { Query, QueryClient } from "@tanstack/react-query";
import { dropAllKept, dropKept, type Kept, readKept, writeKept } from "./database.ts";
import { isKeptWithoutRecord, ownerOf, recordOf, surplus, tooOld } from "./rules.ts";

/** Milliseconds after the last kept answer until what is too much goes. */
const PAUSE = 2000;

/** Without the database (a private window may have none) nothing is kept, and all else works. */
function given<T>(work: Promise<T>, otherwise: T): Promise<T> {
  return work.catch(() => otherwise);
}

async function trim(user: string): Promise<void> {
  const gone = surplus(await readKept(), user, Date.now());
  if (gone.length) await dropKept(gone);
}

/** Keeps what pages of customers read from now on. Returns how to stop. */
export function keepAnswers(client: QueryClient, user: string): () => void {
  const opened = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cache = client.getQueryCache();
  const keep = (query: Query, record: string | undefined) => {
    const { data, dataUpdatedAt: at } = query.state;
    if (data === undefined) return;
    void given(
      writeKept({ hash: query.queryHash, queryKey: query.queryKey, data, at, user, record }),
      undefined,
    );
    clearTimeout(timer);
    timer = setTimeout(() => void given(trim(user), undefined), PAUSE);
  };
  const hear = (query: Query) => {
    const record = recordOf(query.queryKey);
    if (record) {
      keep(query, record);
      if (opened.has(record)) return;
      opened.add(record);
      // What came before the record itself, as its timeline may.
      cache
        .getAll()
        .forEach((other) => other !== query && ownerOf(other.queryKey, [record]) && keep(other, record));
      return;
    }
    const owner = ownerOf(query.queryKey, opened);
    if (owner || isKeptWithoutRecord(query.queryKey)) keep(query, owner);
  };
  const stop = cache.subscribe((event) => {
    const { type, query } = event;
    const came = type === "observerAdded" || (type === "updated" && event.action.type === "success");
    // What a list put into the cache of its rows was not opened: nothing on the page observes it.
    if (came && query.getObserversCount() > 0) hear(query as Query);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** What is kept of this person and not too old, the latest first. */
export async function keptOf(user: string): Promise<Kept[]> {
  const now = Date.now();
  const all = await given(readKept(), []);
  return all
    .filter((kept) => kept.user === user && !tooOld(kept.at, now))
    .sort((one, other) => other.at - one.at);
}

/** Puts what is kept into memory, where nothing newer is. */
export async function restore(client: QueryClient, user: string): Promise<void> {
  for (const { queryKey, data, at } of await keptOf(user)) {
    if (client.getQueryData(queryKey) === undefined) client.setQueryData(queryKey, data, { updatedAt: at });
  }
}

export function forgetKept(): Promise<void> {
  return given(dropAllKept(), undefined);
}
