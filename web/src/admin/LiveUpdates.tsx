// Keeps what is on the screen in step with what others do.
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { onBack } from "../api/connection.ts";
import { type Change, follow, onChange, onMissed } from "../api/live.ts";
import { resourceOfObject, resources } from "../api/resources.ts";

/** Lists are read again at most this often, milliseconds, however many changes come. */
const LIST_PAUSE = 3000;

export function LiveUpdates() {
  const client = useQueryClient();
  useEffect(() => {
    const lists = new Map<string, ReturnType<typeof setTimeout>>();
    const hear = (change: Change) => {
      const name = resourceOfObject(change.aggregateType);
      if (!name) return;
      invalidateRecord(client, name, change.aggregateId);
      if (lists.has(name) || !isListed(client, name, change.aggregateId)) return;
      lists.set(
        name,
        setTimeout(() => {
          lists.delete(name);
          void client.invalidateQueries({ queryKey: [name, "getList"] });
        }, LIST_PAUSE),
      );
    };
    const stops = [
      follow(),
      onMissed(() => void client.invalidateQueries()),
      onBack(() => void client.invalidateQueries()),
      ...Object.values(resources).map((resource) => onChange(resource.object, undefined, hear)),
    ];
    return () => {
      stops.forEach((stop) => stop());
      lists.forEach((timer) => clearTimeout(timer));
    };
  }, [client]);
  return null;
}

function invalidateRecord(client: QueryClient, name: string, id: string): void {
  void client.invalidateQueries({
    predicate: ({ queryKey: [resource, method, params] }) =>
      resource === name &&
      ((method === "getOne" && String((params as { id?: unknown }).id) === id) ||
        (method === "getMany" && ((params as { ids?: unknown[] }).ids ?? []).map(String).includes(id))),
  });
}

/** Whether a list in memory shows the record. New ones are not pushed into a table that one reads. */
function isListed(client: QueryClient, name: string, id: string): boolean {
  return client
    .getQueriesData<{ data?: { id: unknown }[] }>({ queryKey: [name, "getList"] })
    .some(([, answer]) => answer?.data?.some((row) => row.id === id));
}
