// Why a record was not imported, and what to do, in the person's language.
import type { Translate } from "../../i18n/use.ts";

/** A reason that a newer server has and we do not know shows as the server names it. */
export function reasonOf(t: Translate, reason: string): string {
  return t(`imports.reasons.${reason}`, { _: reason });
}

export function adviceOf(t: Translate, reason: string): string {
  return t(`imports.advice.${reason}`, { _: t("imports.advice.other") });
}
