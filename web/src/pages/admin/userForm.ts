// Checking a user's form, and putting a refusal where it belongs.
import { ApiError } from "../../api/errors.ts";
import { describeError } from "../../i18n/errors.ts";
import type { Translate } from "../../i18n/use.ts";
import type { UserDraft, Wrong } from "./UserFields.tsx";

export function check(t: Translate, draft: UserDraft): Wrong {
  return {
    ...(!draft.displayName.trim() && { displayName: t("errors.FIELD_REQUIRED") }),
    ...(!/^\S+@\S+\.\S+$/.test(draft.email.trim()) && { email: t("errors.EMAIL_INVALID") }),
    ...(!draft.roleIds.length && { roleIds: t("admin.users.roleNeeded") }),
  };
}

const FIELDS: Record<string, keyof UserDraft> = {
  display_name: "displayName",
  displayName: "displayName",
  email: "email",
  role_ids: "roleIds",
  roleIds: "roleIds",
  team_id: "teamId",
  teamId: "teamId",
};

/** What the server refused, by field; undefined when it is about none of them. */
export function refused(t: Translate, error: unknown): Wrong | undefined {
  if (!(error instanceof ApiError)) return undefined;
  if (error.reason === "EMAIL_TAKEN") return { email: describeError(error) };
  const wrong: Wrong = {};
  for (const { field, reason } of error.violations) {
    const name = FIELDS[field.split(".").at(-1) ?? ""];
    if (name) wrong[name] = t(`errors.${reason}`, { _: describeError(error) });
  }
  return Object.keys(wrong).length ? wrong : undefined;
}
