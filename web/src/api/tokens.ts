// Page tokens of lists. A page can be asked for when the one before it has been seen: there is no jump.
const KEY = "peyvand.pages";
/** Lists whose tokens are remembered; the oldest goes first. */
const LISTS = 20;

type Tokens = Record<string, string[]>;

function read(): Tokens {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "{}") as Tokens;
  } catch {
    return {};
  }
}

/** The token of a page (the first is 1): "" for the first, undefined when it is not known. */
export function tokenOf(list: string, page: number): string | undefined {
  return page <= 1 ? "" : read()[list]?.[page - 2];
}

/** Notes where the page after this one begins. What lay beyond belonged to an older answer and is forgotten. */
export function noteNext(list: string, page: number, next: string): void {
  const { [list]: known = [], ...others } = read();
  const kept = Object.entries(others).slice(-(LISTS - 1));
  const tokens = [...known.slice(0, page - 1), ...(next ? [next] : [])];
  try {
    sessionStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...kept, [list, tokens]])));
  } catch {
    // Without storage only the first page can be shown again.
  }
}
