// The places the person may go to.
import { type Place, places } from "../pages/index.ts";
import { useMay } from "../session/rights.ts";

export function usePlaces(...parts: Place["where"][]): readonly Place[] {
  const may = useMay();
  return places.filter(
    ({ needs, where }) => (!needs || may(...needs)) && (!parts.length || parts.includes(where)),
  );
}

/** The place that an address lies in. */
export function placeOf(pathname: string): Place | undefined {
  return places.find(({ path }) => pathname === path || pathname.startsWith(`${path}/`));
}
