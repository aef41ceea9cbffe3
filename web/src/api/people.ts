// Finding colleagues, and contacts that one may have already.
import { call } from "./client.ts";
import { ApiError } from "./errors.ts";
import type { Records } from "./resources.ts";

export type Colleague = Records["colleagues"];

/** Colleagues by part of a name or address; empty: the first of everybody. */
export async function findColleagues(query: string, signal?: AbortSignal): Promise<Colleague[]> {
  const answer = await call<{ colleagues: Colleague[] }>("GET", "/v1/colleagues", {
    query: { query, pageSize: 20 },
    signal,
  });
  return answer.colleagues;
}

export interface Candidate {
  contact: Records["contacts"];
  /** Another's address or number is the same; otherwise only the name is like it. */
  certain: boolean;
}

/** Contacts with one of these addresses or numbers, then those with a name like it. At most ten. */
export async function findDuplicates(
  { emails, phones, name }: { emails: string[]; phones: string[]; name: string },
  signal?: AbortSignal,
): Promise<Candidate[]> {
  const same = emails.length + phones.length > 0 ? exact(emails, phones, signal) : Promise.resolve([]);
  const alike = name.length > 3 ? search(name, signal) : Promise.resolve([]);
  const [certain, likely] = await Promise.all([same, alike]);
  const known = new Set(certain.map((one) => one.id));
  return [
    ...certain.map((contact) => ({ contact, certain: true })),
    ...likely.filter((one) => !known.has(one.id)).map((contact) => ({ contact, certain: false })),
  ].slice(0, 10);
}

async function exact(
  emails: string[],
  phones: string[],
  signal?: AbortSignal,
): Promise<Records["contacts"][]> {
  const query = { emails, phones };
  try {
    const answer = await call<{ contacts: Records["contacts"][] }>("GET", "/v1/contacts:findDuplicates", {
      query,
      signal,
    });
    return answer.contacts;
  } catch (error) {
    // An address or number that is not written to its end yet.
    if (error instanceof ApiError && error.code === 3) return [];
    throw error;
  }
}

async function search(name: string, signal?: AbortSignal): Promise<Records["contacts"][]> {
  const query = { query: name, pageSize: 5 };
  const answer = await call<{ results: { contact: Records["contacts"] }[] }>("GET", "/v1/contacts:search", {
    query,
    signal,
  });
  return answer.results.map((hit) => hit.contact);
}

/** Companies whose name is like this one's. */
export async function findCompanies(query: string, signal?: AbortSignal): Promise<Records["companies"][]> {
  if (!query.trim()) {
    const page = await call<{ companies: Records["companies"][] }>("GET", "/v1/companies", {
      query: { pageSize: 8 },
      signal,
    });
    return page.companies;
  }
  const answer = await call<{ results: { company: Records["companies"] }[] }>("GET", "/v1/companies:search", {
    query: { query, pageSize: 8 },
    signal,
  });
  return answer.results.map((hit) => hit.company);
}
