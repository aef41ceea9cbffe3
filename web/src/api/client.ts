// The one way to the server. Cookies carry the session, and the browser's Origin header guards writes; an access token
// that has run out is renewed once, for all requests that wait for it.
import createClient from "openapi-fetch";
import { noteAnswer, noteSilence } from "./connection.ts";
import { ApiError } from "./errors.ts";
import type { paths } from "./schema.d.ts";

let refreshing: Promise<boolean> | undefined;
let onEnd: () => void = () => undefined;

/** Called when the session is over and cannot be renewed. */
export function whenSessionEnds(listener: () => void): void {
  onEnd = listener;
}

/** Renews the session; true when there is one. Many calls at a time make one request. Throws ApiError when offline. */
export function refreshSession(): Promise<boolean> {
  refreshing ??= post("/auth/refresh").finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

/** Renews the session before what cannot be sent again, such as a large file. Throws ApiError when it is over. */
export async function freshSession(): Promise<void> {
  if (await refreshSession()) return;
  onEnd();
  throw new ApiError(401, { code: 16, message: "The session has ended." });
}

async function post(path: string): Promise<boolean> {
  const headers = { "content-type": "application/json" };
  const response = await reach(new Request(path, { method: "POST", headers, body: "{}" }));
  if (response.ok) return true;
  const error = await ApiError.of(response);
  if (error.status === 401) return false;
  throw error;
}

async function reach(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    noteAnswer();
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    noteSilence();
    throw ApiError.offline();
  }
}

/** Sends a request; throws ApiError for every answer that is not a success. */
export async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await reach(request);
  if (response.ok) return response;
  const error = await ApiError.of(response);
  const renewable = error.status === 401 && !new URL(request.url).pathname.startsWith("/auth/");
  if (!renewable) throw error;
  if (await refreshSession()) {
    const second = await reach(again);
    if (second.ok) return second;
    const failure = await ApiError.of(second);
    if (failure.status !== 401) throw failure;
  }
  onEnd();
  throw error;
}

/** Typed calls: `const { data } = await api.GET("/v1/me")`. They throw ApiError, so `data` is there. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: send });

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

type Method = "GET" | "POST" | "PATCH" | "DELETE";
interface CallOptions {
  query?: Query;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** A call whose path is made at run time, as the data provider's are. Throws ApiError. */
export async function call<T>(method: Method, path: string, options: CallOptions = {}): Promise<T> {
  return (await (await respond(method, path, options)).json()) as T;
}

/** A call that changes records: with what it answers, the operation by which it can be undone ("": it cannot). */
export async function change<T>(
  method: Method,
  path: string,
  options: CallOptions = {},
): Promise<{ data: T; operationId: string }> {
  const response = await respond(method, path, options);
  const operationId = response.headers.get("crm-operation-id") ?? "";
  return { data: (await response.json()) as T, operationId };
}

function respond(method: Method, path: string, { query = {}, body, signal }: CallOptions): Promise<Response> {
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== "") address.searchParams.append(name, String(one));
    }
  }
  const headers: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
  const content = body === undefined ? null : JSON.stringify(body);
  return send(new Request(address, { method, headers, body: content, signal: signal ?? null }));
}

/** A UUID for `requestId`: it makes a write safe to repeat. Also where the page is not a secure context. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
