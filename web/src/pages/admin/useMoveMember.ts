import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { call, newId } from "../../api/client.ts";

/** Puts people into a team; "" takes them out of theirs. Reads everybody again. Throws ApiError. */
export function useMoveMembers(): (userIds: readonly string[], teamId: string) => Promise<void> {
  const client = useQueryClient();
  return useCallback(
    async (userIds, teamId) => {
      try {
        for (const id of userIds) {
          const body = { user: { id, teamId }, updateMask: "teamId", requestId: newId() };
          await call("PATCH", `/v1/users/${id}`, { body });
        }
      } finally {
        await client.invalidateQueries({ queryKey: ["colleagues"] });
        await client.invalidateQueries({ queryKey: ["users"] });
      }
    },
    [client],
  );
}
