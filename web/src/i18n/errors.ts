// What a refusal is called in the person's language: by its reason, else by its kind.
import { ApiError } from "../api/errors.ts";
import { preferences } from "../preferences/store.ts";
import { has, text } from "./messages.ts";

/** A sentence for people. The server's own words (English) only where we have none of that reason. */
export function describeError(error: unknown): string {
  const { locale } = preferences();
  if (!(error instanceof ApiError)) return text(locale, "errors.UNKNOWN");
  const byReason = `errors.${error.reason}`;
  const values = { ...error.metadata, seconds: Math.ceil(error.retryAfter ?? 60) };
  if (has(locale, byReason)) return text(locale, byReason, values);
  const byCode = `errors.code${error.code}`;
  return has(locale, byCode) ? text(locale, byCode, values) : text(locale, "errors.UNKNOWN");
}
