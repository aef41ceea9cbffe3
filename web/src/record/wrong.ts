// Refused fields of an answer, where their editors look for them.
import { ApiError } from "../api/errors.ts";
import { preferences } from "../preferences/store.ts";
import { has, text } from "../i18n/messages.ts";
import { camel } from "./types.ts";

/** "emails[0].address": what is wrong with it, in the person's language where we have the words. */
export type Wrongs = Readonly<Record<string, string>>;

export function wrongsOf(error: unknown, object: string): Wrongs {
  if (!(error instanceof ApiError)) return {};
  const { locale } = preferences();
  return Object.fromEntries(
    error.violations.map(({ field, reason, description }) => {
      const path = camel(field).replace(new RegExp(`^${object}\\.`), "");
      const key = `errors.${reason}`;
      return [path, has(locale, key) ? text(locale, key) : description];
    }),
  );
}

/** What an editor of the field asks: paths below it. */
export function within(wrongs: Wrongs, field: string): (path: string) => string | undefined {
  return (path) => wrongs[field + path];
}

export function concerns(wrongs: Wrongs, field: string): boolean {
  return Object.keys(wrongs).some(
    (path) => path === field || (/^[[.]/.test(path.slice(field.length)) && path.startsWith(field)),
  );
}
