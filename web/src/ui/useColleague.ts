import { useGetManyAggregate } from "ra-core";
import type { Records } from "../api/resources.ts";

/** A colleague by id, the deactivated ones too. What many components ask for at a time is one request. */
export function useColleague(id: string | undefined): Records["colleagues"] | undefined {
  const { data } = useGetManyAggregate<Records["colleagues"]>(
    "colleagues",
    { ids: id ? [id] : [] },
    { enabled: Boolean(id) },
  );
  return id ? data?.[0] : undefined;
}
