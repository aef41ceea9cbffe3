import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { call, newId } from "../../api/client.ts";
import type { Team } from "./data.ts";

/** Changes a team's name or parent, and reads the teams again. Throws ApiError. */
export function useSaveTeam(): (
  team: Team,
  changed: Partial<Pick<Team, "name" | "parentId">>,
) => Promise<void> {
  const client = useQueryClient();
  return useCallback(
    async (team, changed) => {
      const body = {
        team: { id: team.id, etag: team.etag, ...changed },
        updateMask: Object.keys(changed).join(","),
        requestId: newId(),
      };
      await call("PATCH", `/v1/teams/${team.id}`, { body });
      await client.invalidateQueries({ queryKey: ["teams"] });
    },
    [client],
  );
}
