/** The address of a record's page. */
export function recordPath(resource: string, id: string | number): string {
  return `/${resource}/${encodeURIComponent(String(id))}`;
}

export function createPath(resource: string): string {
  return `/${resource}/create`;
}
