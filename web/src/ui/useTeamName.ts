import { useGetList } from "ra-core";
import type { Records } from "../api/resources.ts";
import { useMay } from "../session/rights.ts";

/** The name of a team, for who may read teams. */
export function useTeamName(id: string): string | undefined {
  const may = useMay();
  const { data } = useGetList<Records["teams"]>("teams", {}, { enabled: may("team", "read") });
  return data?.find((team) => team.id === id)?.name;
}
