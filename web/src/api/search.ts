// The search over everything.
import { api } from "./client.ts";
import type { components } from "./schema.d.ts";

export type Hit = components["schemas"]["SearchResult"];
export interface Found {
  hits: Hit[];
  /** Sources that did not answer in time, by name: the answer is partial. */
  missing: string[];
}

/** Searches all kinds of records the person may read, by 1 to 200 characters in any script. Throws ApiError. */
export async function searchEverything(query: string, signal?: AbortSignal): Promise<Found> {
  const { data } = await api.GET("/v1/search", { params: { query: { query } }, signal: signal ?? null });
  return { hits: data?.results ?? [], missing: data?.missingSources ?? [] };
}
