// What several pages of administration read.
import { useQuery } from "@tanstack/react-query";
import { call } from "../../api/client.ts";
import type { Records } from "../../api/resources.ts";
import type { components } from "../../api/schema.d.ts";

export type User = Records["users"];
export type Role = Records["roles"];
export type Team = Records["teams"];
export type Colleague = Records["colleagues"];
export type RightObject = components["schemas"]["RightObject"];
export type EffectiveRight = components["schemas"]["EffectiveRight"];

/** As the contracts name them, in the order in which they are shown. */
export const ROLE_IDS = [
  "administrator",
  "manager",
  "representative",
  "marketer",
  "agent",
  "viewer",
] as const;

export function useTeams(enabled = true) {
  return useQuery({
    queryKey: ["teams", "all"],
    enabled,
    queryFn: async ({ signal }) => (await call<{ teams: Team[] }>("GET", "/v1/teams", { signal })).teams,
  });
}

export function useRoles() {
  return useQuery({
    queryKey: ["roles", "all"],
    queryFn: async ({ signal }) => (await call<{ roles: Role[] }>("GET", "/v1/roles", { signal })).roles,
  });
}

export function useRightObjects() {
  return useQuery({
    queryKey: ["rights"],
    staleTime: Infinity,
    queryFn: async ({ signal }) =>
      (await call<{ objects: RightObject[] }>("GET", "/v1/rights", { signal })).objects,
  });
}

interface Colleagues {
  colleagues: Colleague[];
  nextPageToken: string;
}

/** Everybody, whichever team they are in. */
export function useEverybody() {
  return useQuery({
    queryKey: ["colleagues", "everybody"],
    queryFn: async ({ signal }) => {
      const found: Colleague[] = [];
      let pageToken = "";
      do {
        const query = { pageSize: 1000, showInactive: true, pageToken };
        const page = await call<Colleagues>("GET", "/v1/colleagues", { query, signal });
        found.push(...page.colleagues);
        pageToken = page.nextPageToken;
      } while (pageToken);
      return found;
    },
  });
}
