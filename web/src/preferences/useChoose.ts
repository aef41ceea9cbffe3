import { useNotify } from "ra-core";
import { useCallback } from "react";
import { chooseLocale } from "../i18n/choose.ts";
import { describeError } from "../i18n/errors.ts";
import { choose } from "./choose.ts";
import type { Choices } from "./store.ts";

/** `choose({ theme: "dark" })` for who is signed in; a toast says when it could not be saved. */
export function useChoose(): (changed: Partial<Choices>) => void {
  const notify = useNotify();
  return useCallback(
    ({ locale, ...others }) => {
      const saved = [
        ...(locale ? [chooseLocale(locale)] : []),
        ...(Object.keys(others).length ? [choose(others)] : []),
      ];
      Promise.all(saved).catch((error: unknown) => notify(describeError(error), { type: "error" }));
    },
    [notify],
  );
}
