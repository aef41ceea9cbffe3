// The browser's own database, as far as it is needed: answers of the API that are kept on this device.

/** An answer, with what it is an answer to. */
export interface Kept {
  /** The query's key as text. */
  hash: string;
  queryKey: readonly unknown[];
  data: unknown;
  /** Milliseconds since 1970 at which the answer came. */
  at: number;
  /** The person who read it. */
  user: string;
  /** "contacts/0198…": the record that was opened. Undefined for what belongs to no record. */
  record?: string | undefined;
}

const NAME = "peyvand";
const STORE = "kept";

let opening: Promise<IDBDatabase> | undefined;

function promised<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The browser's database failed."));
  });
}

function open(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "hash" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The browser's database cannot be opened."));
  });
  return opening;
}

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  return (await open()).transaction(STORE, mode).objectStore(STORE);
}

export async function readKept(): Promise<Kept[]> {
  return promised((await store("readonly")).getAll() as IDBRequest<Kept[]>);
}

export async function writeKept(kept: Kept): Promise<void> {
  await promised((await store("readwrite")).put(kept));
}

export async function dropKept(hashes: readonly string[]): Promise<void> {
  const inside = await store("readwrite");
  await Promise.all(hashes.map((hash) => promised(inside.delete(hash))));
}

export async function dropAllKept(): Promise<void> {
  await promised((await store("readwrite")).clear());
}
