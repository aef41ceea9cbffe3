// The saved views of a table, and how they change.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNotify } from "ra-core";
import { createView, deleteView, listViews, updateView, type View, type ViewDraft } from "../../api/views.ts";
import { describeError } from "../../i18n/errors.ts";
import { useScope } from "../../session/rights.ts";
import { useSession } from "../../session/store.ts";

export function useViews(object: string) {
  return useQuery({ queryKey: ["views", object], queryFn: () => listViews(object), staleTime: 60_000 });
}

/** Whether the server would let the person change a view: one's own, those of one's team, all. */
export function useMayChange(): (view: View) => boolean {
  const session = useSession();
  const scope = useScope("view", "update");
  const me = session.state === "signedIn" ? session.me.user : undefined;
  return (view) => {
    if (!scope || view.ownerId === me?.id) return Boolean(scope);
    if (view.sharing === "SHARING_PRIVATE") return false;
    return (
      scope === "SCOPE_ALL" || (scope === "SCOPE_TEAM" && view.teamId !== "" && view.teamId === me?.teamId)
    );
  };
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
