// react-admin's data provider over our REST API. Which records there are stands in resources.ts.
import type { DataProvider, GetListParams, GetListResult, Identifier, RaRecord } from "ra-core";
import { changes, type Row } from "./changes.ts";
import { call, newId } from "./client.ts";
import { ApiError } from "./errors.ts";
import { filterText, type ListFilter, quote, snake } from "./filters.ts";
import { type Resource, resourceOf } from "./resources.ts";
import { noteNext, tokenOf } from "./tokens.ts";

/** Requests for single records that run at a time where there is none for many. */
const AT_ONCE = 6;
/** What BatchGet takes at a time. */
const BATCH = 1000;

type Answer = Record<string, unknown> & {
  nextPageToken?: string;
  totalSize?: number;
  totalSizeCapped?: boolean;
};
interface Signal {
  signal?: AbortSignal | undefined;
}
/** `requestId` makes a write safe to repeat; `overwrite` saves whatever others saved meanwhile. */
export interface WriteMeta {
  requestId?: string;
  overwrite?: boolean;
  [option: string]: unknown;
}
/** Of a counted list: `meta.total`, capped or not. */
export interface ListMeta {
  total?: number;
  capped?: boolean;
}

function rows(resource: Resource, answer: Answer): Row[] {
  return (answer[resource.many] ?? []) as Row[];
}

async function list(resource: Resource, params: Partial<GetListParams> & Signal): Promise<GetListResult> {
  const filter = (params.filter ?? {}) as ListFilter;
  if (resource.whole) return whole(resource, params);
  if (filter.q && resource.search) return search(resource, filter.q, params);
  const { page = 1, perPage = 50 } = params.pagination ?? {};
  const order = params.sort?.field
    ? `${snake(params.sort.field)}${params.sort.order === "DESC" ? " desc" : ""}`
    : "";
  const same = {
    filter: filterText(filter),
    orderBy: order,
    pageSize: perPage,
    showDeleted: filter.showDeleted || undefined,
    onlyDeleted: filter.onlyDeleted || undefined,
  };
  const name = JSON.stringify([resource.path, same]);
  const pageToken = tokenOf(name, page);
  // Nothing on the page: react-admin then goes back to the first.
  if (pageToken === undefined) return { data: [], pageInfo: { hasPreviousPage: true, hasNextPage: false } };
  const query = { ...same, pageToken, count: (resource.counted && page === 1) || undefined };
  const answer = await call<Answer>("GET", resource.path, { query, signal: params.signal });
  noteNext(name, page, answer.nextPageToken ?? "");
  if (answer.totalSize !== undefined)
    totals.set(name, { total: answer.totalSize, capped: answer.totalSizeCapped ?? false });
  return {
    data: rows(resource, answer),
    pageInfo: { hasPreviousPage: page > 1, hasNextPage: Boolean(answer.nextPageToken) },
    meta: totals.get(name) ?? {},
  };
}

/** Counts of lists, made with their first page. */
const totals = new Map<string, ListMeta>();

async function whole(resource: Resource, params: Partial<GetListParams> & Signal): Promise<GetListResult> {
  const data = rows(resource, await call<Answer>("GET", resource.path, { signal: params.signal }));
  return { data, total: data.length };
}

async function search(
  resource: Resource,
  text: string,
  params: Partial<GetListParams> & Signal,
): Promise<GetListResult> {
  const query = { query: text, pageSize: Math.min(100, params.pagination?.perPage ?? 50) };
  const answer = await call<Answer>("GET", `${resource.path}:search`, { query, signal: params.signal });
  const found = (answer["results"] ?? []) as Record<string, Row>[];
  return { data: found.map((hit) => hit[resource.one] as Row), total: found.length };
}

async function one(resource: Resource, id: Identifier, { signal }: Signal): Promise<Row> {
  if (resource.listOnly) {
    const found = (await whole(resource, { signal })).data.find((row) => row.id === id);
    if (!found) throw new ApiError(404, { code: 5, message: "There is none." });
    return found as Row;
  }
  // A record in the bin is shown as such, so that it can be taken out again.
  const query = resource.batch ? { showDeleted: true } : {};
  return call<Row>("GET", `${resource.path}/${String(id)}`, { query, signal });
}

async function several(resource: Resource, ids: readonly Identifier[], { signal }: Signal): Promise<Row[]> {
  const names = [...new Set(ids.map(String))].filter(Boolean);
  if (resource.listOnly)
    return (await whole(resource, { signal })).data.filter((row) => names.includes(String(row.id))) as Row[];
  if (!resource.batch) {
    const found = await inTurn(names, (id) => one(resource, id, { signal }).catch(notFound));
    return found.filter((row) => row !== null);
  }
  const found: Row[] = [];
  for (let from = 0; from < names.length; from += BATCH) {
    const query = { ids: names.slice(from, from + BATCH) };
    found.push(...rows(resource, await call<Answer>("GET", `${resource.path}:batchGet`, { query, signal })));
  }
  return found;
}

function notFound(error: unknown): null {
  if (error instanceof ApiError && error.status === 404) return null;
  throw error;
}

/** Runs `work` for each, a few at a time; results in order. */
async function inTurn<T>(ids: readonly string[], work: (id: string) => Promise<T>): Promise<T[]> {
  const results = new Array<T>(ids.length);
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < ids.length; at = next++) results[at] = await work(ids[at] as string);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, worker));
  return results;
}

async function create(resource: Resource, data: Partial<Row>, meta: WriteMeta = {}): Promise<Row> {
  const options = Object.fromEntries(
    (resource.createOptions ?? []).filter((key) => key in meta).map((key) => [key, meta[key]]),
  );
  const body = { [resource.one]: data, ...options, requestId: meta.requestId ?? newId() };
  return call<Row>("POST", resource.path, { body });
}

/** Sends what changed, with the etag of what the person saw; ABORTED when another saved first. */
async function update(
  resource: Resource,
  id: string,
  after: Partial<Row>,
  before: Partial<Row>,
  meta: WriteMeta = {},
): Promise<Row> {
  const { mask, values } = changes(before, after);
  if (!mask.length) return { ...before, id } as Row;
  const etag = meta.overwrite ? {} : { etag: before["etag"] };
  const body = {
    [resource.one]: { id, ...etag, ...values },
    updateMask: mask.join(","),
    requestId: meta.requestId ?? newId(),
  };
  return call<Row>("PATCH", `${resource.path}/${id}`, { body });
}

async function remove(resource: Resource, id: string, etag?: unknown): Promise<Row> {
  const query = { requestId: newId(), etag: etag === undefined ? undefined : String(etag) };
  return call<Row>("DELETE", `${resource.path}/${id}`, { query });
}

/** The methods react-admin knows, and `undelete`, which takes a record out of the bin. */
export interface OurDataProvider extends DataProvider {
  undelete: (resource: string, params: { id: Identifier }) => Promise<{ data: RaRecord }>;
}

export const dataProvider = {
  supportAbortSignal: true,
  getList: (name, params) => list(resourceOf(name), params),
  getOne: async (name, params) => ({ data: await one(resourceOf(name), params.id, params) }),
  getMany: async (name, params) => ({ data: await several(resourceOf(name), params.ids, params) }),
  getManyReference: (name, params) => {
    const where = [`${snake(params.target)} = ${quote(params.id)}`, filterText(params.filter as ListFilter)];
    return list(resourceOf(name), { ...params, filter: { where: where.filter(Boolean).join(" AND ") } });
  },
  create: async (name, params) => ({
    data: await create(resourceOf(name), params.data as Partial<Row>, params.meta as WriteMeta),
  }),
  update: async (name, params) => {
    const { data, previousData, meta } = params;
    return {
      data: await update(
        resourceOf(name),
        String(params.id),
        data as Partial<Row>,
        (previousData ?? {}) as Partial<Row>,
        meta as WriteMeta,
      ),
    };
  },
  updateMany: async (name, params) => {
    const ids = params.ids.map(String);
    await inTurn(ids, (id) =>
      update(resourceOf(name), id, params.data as Partial<Row>, {}, { overwrite: true }),
    );
    return { data: ids };
  },
  delete: async (name, params) => ({
    data: await remove(resourceOf(name), String(params.id), params.previousData?.["etag"]),
  }),
  deleteMany: async (name, params) => {
    const ids = params.ids.map(String);
    await inTurn(ids, (id) => remove(resourceOf(name), id));
    return { data: ids };
  },
  undelete: async (name, params) => {
    const body = { requestId: newId() };
    return {
      data: await call<Row>("POST", `${resourceOf(name).path}/${String(params.id)}:undelete`, { body }),
    };
  },
} as OurDataProvider;
