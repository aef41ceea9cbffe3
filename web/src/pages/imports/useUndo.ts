import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type Import, type Operation, readOperation, undoImport } from "../../api/imports.ts";
import { isRunning, WATCH_EVERY } from "./state.ts";

interface Undo {
  /** Takes the import back; undefined when it can no longer be, or not by this person. */
  take: (() => void) | undefined;
  /** The undoing, from when it was asked for. */
  undoing: Operation | undefined;
  error: Error | null;
}

/** Whether an import that has ended can be taken back, and how far that is. */
export function useUndo(found: Import): Undo {
  const client = useQueryClient();
  const key = (id: string) => ["imports", "operation", id];
  const import_ = useQuery({
    queryKey: key(found.operationId),
    queryFn: ({ signal }) => readOperation(found.operationId, signal),
  });
  const undoneBy = import_.data?.undoneByOperationId ?? "";
  const undoing = useQuery({
    queryKey: key(undoneBy),
    queryFn: ({ signal }) => readOperation(undoneBy, signal),
    enabled: undoneBy !== "",
    refetchInterval: ({ state }) => (isRunning(state.data) ? WATCH_EVERY : false),
  });
  const start = useMutation({
    mutationFn: () => undoImport(found.operationId),
    onSuccess: async (operation) => {
      client.setQueryData(key(operation.id), operation);
      await client.invalidateQueries({ queryKey: key(found.operationId) });
    },
  });
  const open = import_.data?.undoExpireTime !== undefined && !undoneBy;
  return {
    take: open && !start.isPending ? () => start.mutate() : undefined,
    undoing: undoing.data,
    error: start.error,
  };
}
