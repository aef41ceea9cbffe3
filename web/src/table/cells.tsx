// What many columns show, as plain elements: a page of a table has hundreds of them.
import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import type { Records } from "../api/resources.ts";
import { formatExact, formatRelative } from "../format/dates.ts";
import { useText } from "../i18n/use.ts";
import { usePreferences } from "../preferences/store.ts";
import { ColleagueName, PersonName } from "../ui/ColleagueName.tsx";
import { PersonAvatar } from "../ui/PersonAvatar.tsx";
import { recordPath } from "../ui/paths.ts";

/** As people typed it. */
export function Text({ of }: { of: string | undefined }) {
  return of ? <bdi>{of}</bdi> : null;
}

/** A text by its key. */
export function Words({ of }: { of: string }) {
  return useText()(of);
}

interface NameProps {
  resource: string;
  id: string;
  name: string;
  /** Without the initials before the name. */
  plain?: boolean;
}

/** A record by its name. The table follows the link (`useFollow`), so that it need not know the address. */
export function Name({ resource, id, name, plain = false }: NameProps) {
  return (
    <a className="link record" href={recordPath(resource, id)}>
      {!plain && <PersonAvatar name={name} size={24} />}
      <bdi>{name}</bdi>
    </a>
  );
}

/** A colleague by name: out of memory where one is known, which takes no query of its own. */
export function Colleague({ id }: { id: string }) {
  const known = useQueryClient().getQueryState<Records["colleagues"]>([
    "colleagues",
    "getOne",
    { id, meta: undefined },
  ]);
  if (!known?.data || known.isInvalidated) return <ColleagueName id={id} avatar />;
  return <PersonName name={known.data.displayName} avatar />;
}

/** "3 hours ago"; its column has the exact time as its title (`exactly`). */
export function Times({ value }: { value: string | undefined }) {
  usePreferences();
  const now = useSyncExternalStore(follow, minute);
  if (!value) return null;
  return <time dateTime={value}>{formatRelative(value, Math.max(now, Date.parse(value)))}</time>;
}

export function exactly(value: string | undefined): string | undefined {
  return value && formatExact(value);
}

// One clock for all cells.
const listeners = new Set<() => void>();
let clock: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function minute(): number {
  return now;
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  if (!clock) now = Date.now();
  clock ??= setInterval(() => {
    now = Date.now();
    listeners.forEach((one) => one());
  }, 60_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size) return;
    clearInterval(clock);
    clock = undefined;
  };
}

/** Tags beside each other; what does not fit is cut off, and stands in the title. */
export function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <span className="tags">
      {tags.map((tag, at) => (
        <bdi key={at} className="tag">
          {tag}
        </bdi>
      ))}
    </span>
  );
}
