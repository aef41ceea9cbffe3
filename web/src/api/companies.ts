// Companies that one may have already.
import { call } from "./client.ts";
import { findCompanies } from "./people.ts";
import type { Records } from "./resources.ts";

type Company = Records["companies"];

export interface CompanyCandidate {
  company: Company;
  /** Its domain is the same; otherwise only the name is like it. */
  certain: boolean;
}

/** Companies with one of these domains, then those with a name like it. At most eight. `domains` are host names. */
export async function findDuplicateCompanies(
  { name, domains }: { name: string; domains: string[] },
  signal?: AbortSignal,
): Promise<CompanyCandidate[]> {
  const same = domains.length ? withDomain(domains, signal) : Promise.resolve([]);
  const alike = name ? findCompanies(name, signal) : Promise.resolve([]);
  const [certain, likely] = await Promise.all([same, alike]);
  const known = new Set(certain.map((one) => one.id));
  return [
    ...certain.map((company) => ({ company, certain: true })),
    ...likely.filter((one) => !known.has(one.id)).map((company) => ({ company, certain: false })),
  ].slice(0, 8);
}

async function withDomain(domains: string[], signal?: AbortSignal): Promise<Company[]> {
  const filter = domains.map((domain) => `domain:"${domain}"`).join(" OR ");
  const query = { filter, pageSize: 8 };
  return (await call<{ companies: Company[] }>("GET", "/v1/companies", { query, signal })).companies;
}
