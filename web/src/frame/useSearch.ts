// The palette's search: the latest query only, a moment after the last key.
import { FileText } from "lucide-react";
import { useEffect, useState } from "react";
import { resourceOfObject } from "../api/resources.ts";
import { type Found, searchEverything } from "../api/search.ts";
import { describeError } from "../i18n/errors.ts";
import { useText } from "../i18n/use.ts";
import { recordPath } from "../ui/paths.ts";
import type { Command } from "./commands.ts";
import { placeOf } from "./places.ts";

/** Milliseconds without a key. */
const PAUSE = 150;

export interface Group {
  name: string;
  commands: Command[];
}

interface Outcome {
  query: string;
  found: Found;
  failed: string;
}

const NOTHING: Found = { hits: [], missing: [] };

export function useSearch(query: string): {
  groups: Group[];
  missing: string[];
  searching: boolean;
  failed: string;
} {
  const t = useText();
  const wanted = query.trim();
  const [outcome, setOutcome] = useState<Outcome>({ query: "", found: NOTHING, failed: "" });
  useEffect(() => {
    if (!wanted) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      searchEverything(wanted, stop.signal)
        .then((found) => setOutcome({ query: wanted, found, failed: "" }))
        .catch((error: unknown) => {
          if (!stop.signal.aborted)
            setOutcome({ query: wanted, found: NOTHING, failed: describeError(error) });
        });
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [wanted]);
  if (!wanted) return { groups: [], missing: [], searching: false, failed: "" };
  const { found, failed } = outcome;
  return { groups: group(found, t), missing: found.missing, searching: outcome.query !== wanted, failed };
}

function group({ hits }: Found, t: ReturnType<typeof useText>): Group[] {
  const kinds = [...new Set(hits.map((hit) => hit.type))];
  return kinds.flatMap((kind) => {
    const resource = resourceOfObject(kind);
    if (!resource) return [];
    const icon = placeOf(`/${resource}`)?.icon ?? FileText;
    const commands = hits
      .filter((hit) => hit.type === kind)
      .map((hit): Command => ({
        id: hit.id,
        name: hit.title,
        about: hit.subtitle,
        icon,
        path: recordPath(resource, hit.id),
      }));
    return [{ name: t(`${resource}.title`), commands }];
  });
}
