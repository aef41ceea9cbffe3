// A server for tests: answers requests by a function, and remembers them.
import { vi } from "vitest";

export interface Seen {
  method: string;
  /** With the query: "/v1/contacts?pageSize=50". */
  path: string;
  query: URLSearchParams;
  body: Record<string, unknown>;
}
export type Answerer = (seen: Seen, number: number) => Response | Promise<Response>;

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
}

/** A refusal in the API's shape. */
export function refusal(status: number, code: number, reason: string): Response {
  return json({ code, message: "Refused.", details: [{ "@type": "x", reason }] }, status);
}

/** Puts `answer` in the network's place; returns the requests in their order. A thrown error is a broken network. */
export function serve(answer: Answerer): Seen[] {
  const all: Seen[] = [];
  vi.stubGlobal("fetch", async (request: Request | string) => {
    const one = typeof request === "string" ? new Request(new URL(request, location.origin)) : request;
    const { pathname, search, searchParams } = new URL(one.url);
    const text = one.method === "GET" ? "" : await one.text();
    const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
    const seen = { method: one.method, path: pathname + search, query: searchParams, body };
    all.push(seen);
    return answer(seen, all.length);
  });
  return all;
}
