// Saved views of tables.
import { api, call, newId } from "./client.ts";
import type { components } from "./schema.d.ts";

export type View = components["schemas"]["View"];
export type Sharing = components["schemas"]["Sharing"];
/** What of a view the person sets. */
export type ViewDraft = Pick<
  View,
  "name" | "filter" | "orderBy" | "columns" | "density" | "sharing" | "teamId" | "pinned"
>;

/** One's own views of an object and those shared with one, by position and name. Throws ApiError. */
export async function listViews(object: string): Promise<View[]> {
  const { data } = await api.GET("/v1/views", { params: { query: { object, pageSize: 1000 } } });
  return data?.views ?? [];
}

/** Throws ApiError: VIEW_NAME_TAKEN, SHARING_FORBIDDEN, VIEWS_TOO_MANY. */
export async function createView(object: string, draft: ViewDraft): Promise<View> {
  const view = { ...draft, object } as View;
  const { data } = await api.POST("/v1/views", { body: { view, requestId: newId() } });
  return data as View;
}

/** Saves the given fields; refused when another saved first. Throws ApiError. */
export function updateView(view: View, changed: Partial<ViewDraft>): Promise<View> {
  const body = {
    view: { ...changed, id: view.id, etag: view.etag } as View,
    updateMask: Object.keys(changed).join(","),
    requestId: newId(),
  };
  return call<View>("PATCH", `/v1/views/${view.id}`, { body });
}

/** Deletes for good. Throws ApiError. */
export async function deleteView(view: View): Promise<void> {
  await api.DELETE("/v1/views/{id}", { params: { path: { id: view.id }, query: { requestId: newId() } } });
}
