// The service worker: the app's own files without a network. It never touches the API, so it holds nothing of a person.
declare const self: ServiceWorkerGlobalScope;
/** Filled in by the build: what to keep, and the script that this version starts from. */
declare const FILES: readonly string[];
declare const ENTRY: string;

const PREFIX = "peyvand-app-";
const mine = PREFIX + ENTRY;
/** The page, whose router knows every address. */
const PAGE = "/";
/** Milliseconds that a page may take before the kept one is shown. */
const PATIENCE = 4000;
/** Addresses that are no pages of the app. */
const OTHERS = /^\/(v1|auth|docs|openapi\.json|healthz|\.well-known)(\/|$)/;

async function keepFiles(): Promise<void> {
  const cache = await caches.open(mine);
  await cache.addAll([PAGE, ...FILES]);
  // Files are named by their content and older ones stay below, so open pages of the version before go on working.
  await self.skipWaiting();
}

/** Drops all versions but this one and the one before, and tells open pages which one there is now. */
async function takeOver(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== mine);
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
  for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage({ entry: ENTRY });
}

async function page(request: Request): Promise<Response> {
  const kept = async () => (await caches.open(mine)).match(PAGE);
  const late = new Promise<Response | undefined>((resolve) => {
    setTimeout(() => void kept().then(resolve), PATIENCE);
  });
  const network = fetch(request).catch(() => undefined);
  const first = await Promise.race([network, late]);
  if (first && first.status < 500) return first;
  // Offline, or the gateway has nobody behind it: the app says so better than the browser.
  return (await kept()) ?? first ?? (await network) ?? Response.error();
}

async function file(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  if (kept) return kept;
  const found = await fetch(request);
  if (found.ok) await (await caches.open(mine)).put(request, found.clone());
  return found;
}

self.addEventListener("install", (event) => event.waitUntil(keepFiles()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || OTHERS.test(pathname)) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (pathname.startsWith("/assets/") || FILES.includes(pathname)) event.respondWith(file(request));
});
