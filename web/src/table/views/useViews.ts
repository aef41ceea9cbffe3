// The saved views of a table, and how they change.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNotify } from "ra-core";
import { createView, deleteView, listViews, updateView, type View, type ViewDraft } from "../../api/views.ts";
import { describeError } from "../../i18n/errors.ts";

export function useViews(object: string) {
  return useQuery({ queryKey: ["views", object], queryFn: () => listViews(object), staleTime: 60_000 });
}

/** Each tells of a refusal by a notice, and throws it. */
export function useViewChanges(object: string) {
  const client = useQueryClient();
  const notify = useNotify();
  const options = {
    onSuccess: () => client.invalidateQueries({ queryKey: ["views", object] }),
    onError: (error: unknown) => notify(describeError(error), { type: "error" }),
  };
  const create = useMutation({ ...options, mutationFn: (draft: ViewDraft) => createView(object, draft) });
  const update = useMutation({
    ...options,
    mutationFn: ({ view, changed }: { view: View; changed: Partial<ViewDraft> }) => updateView(view, changed),
  });
  const remove = useMutation({ ...options, mutationFn: deleteView });
  return { create, update, remove, busy: create.isPending || update.isPending || remove.isPending };
}
