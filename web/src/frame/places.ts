// Where the navigation leads. A new area adds its line.
import { type LucideIcon, Users } from "lucide-react";
import { useMay } from "../session/rights.ts";

export interface Place {
  /** Key of its name: "frame.places.contacts". */
  name: string;
  path: string;
  icon: LucideIcon;
  /** The right without which it is not shown: object and action. */
  needs?: readonly [string, string];
  /** After g, this letter leads there. */
  letter: string;
  /** At the end of the navigation, apart from where one works. */
  last?: boolean;
}

export const places: readonly Place[] = [
  { name: "contacts", path: "/contacts", icon: Users, needs: ["contact", "read"], letter: "c" },
];

/** The places the person may go to. */
export function usePlaces(): readonly Place[] {
  const may = useMay();
  return places.filter(({ needs }) => !needs || may(...needs));
}
