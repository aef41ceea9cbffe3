// How the file is to be read, as the person has corrected it so far. It lies in the browser's history: a reload and
// the back button lose nothing.
import { useState } from "react";
import { useLocation, useNavigate } from "react-router";
import type { Import, ImportOptions, Mode, Quoting } from "../../api/imports.ts";
import type { Choices } from "./mapping.ts";

/** What is empty is found out. */
export interface Draft {
  encoding: string;
  delimiter: string;
  region: string;
  locale: string;
  quoting: Quoting;
  hasHeader?: boolean | undefined;
  mode: Mode;
  choices: Choices;
}

export const UNTOUCHED: Draft = {
  encoding: "",
  delimiter: "",
  region: "",
  locale: "",
  quoting: "QUOTING_UNSPECIFIED",
  mode: "MODE_BOTH",
  choices: {},
};

/** As an earlier import read the file. */
export function draftOf({ options }: Import): Draft {
  const { encoding = "", delimiter = "", region = "", locale = "", mode, mapping = [] } = options ?? {};
  const { quoting = "QUOTING_UNSPECIFIED", hasHeader } = options ?? {};
  return {
    encoding,
    delimiter,
    region,
    locale,
    quoting,
    hasHeader,
    mode: mode && mode !== "MODE_UNSPECIFIED" ? mode : "MODE_BOTH",
    choices: Object.fromEntries(mapping.map(({ column, field }) => [column, field])),
  };
}

/** What of a draft says how the file is read, to be asked for. */
export function readingOf({ encoding, delimiter, region, locale, quoting, hasHeader }: Draft): ImportOptions {
  const header = hasHeader === undefined ? {} : { hasHeader };
  return { encoding, delimiter, region, locale, quoting, ...header };
}

function isDraft(state: unknown): state is Draft {
  return typeof state === "object" && state !== null && "choices" in state;
}

/** The draft, `start` until it is changed, and how to change it. */
export function useDraft(start: Draft): [Draft, (changed: Partial<Draft>) => void] {
  const location = useLocation();
  const navigate = useNavigate();
  // The router is slower than fingers: what is shown is kept here, the history only remembers it.
  const [draft, setDraft] = useState(isDraft(location.state) ? location.state : start);
  const change = (changed: Partial<Draft>) => {
    const state = { ...draft, ...changed };
    setDraft(state);
    void navigate(location, { replace: true, state });
  };
  return [draft, change];
}
