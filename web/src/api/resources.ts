// What the data provider knows of each kind of record. A further service adds its entries here, and nothing else.
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];

export interface Resource {
  /** "/v1/contacts" */
  path: string;
  /** The field of a list's answer, and of a create or update body: "contacts", "contact". */
  many: string;
  one: string;
  /** As access policies, live updates and search name it. */
  object: string;
  /** The list comes whole, without pages. */
  whole?: boolean;
  /** No request for one record alone: it is taken from the list. */
  listOnly?: boolean;
  /** Lists can be counted, up to the server's cap. */
  counted?: boolean;
  /** There is `…:batchGet`. */
  batch?: boolean;
  /** There is `…:search`. */
  search?: boolean;
  /** Further fields of a create, taken from `meta`: "allowDuplicate". */
  createOptions?: readonly string[];
}

export const resources = {
  contacts: {
    path: "/v1/contacts",
    many: "contacts",
    one: "contact",
    object: "contact",
    counted: true,
    batch: true,
    search: true,
    createOptions: ["allowDuplicate"],
  },
  companies: {
    path: "/v1/companies",
    many: "companies",
    one: "company",
    object: "company",
    counted: true,
    batch: true,
    search: true,
  },
  colleagues: {
    path: "/v1/colleagues",
    many: "colleagues",
    one: "colleague",
    object: "colleague",
    batch: true,
  },
  users: { path: "/v1/users", many: "users", one: "user", object: "user", createOptions: ["password"] },
  roles: { path: "/v1/roles", many: "roles", one: "role", object: "role", whole: true, listOnly: true },
  teams: { path: "/v1/teams", many: "teams", one: "team", object: "team", whole: true, listOnly: true },
  imports: { path: "/v1/contactImports", many: "imports", one: "import", object: "import" },
} as const satisfies Record<string, Resource>;

export type ResourceName = keyof typeof resources;

/** The record of each resource, as the contracts have it. */
export interface Records {
  contacts: Schemas["Contact"];
  companies: Schemas["Company"];
  colleagues: Schemas["Colleague"];
  users: Schemas["User"];
  roles: Schemas["Role"];
  teams: Schemas["Team"];
  imports: Schemas["Import"];
}

export function resourceOf(name: string): Resource {
  const found: Resource | undefined = (resources as Record<string, Resource>)[name];
  if (!found) throw new Error(`There is no resource ${name}: see api/resources.ts.`);
  return found;
}

/** The resource whose records access policies and live updates call `object`. */
export function resourceOfObject(object: string): ResourceName | undefined {
  return (Object.keys(resources) as ResourceName[]).find((name) => resources[name].object === object);
}
