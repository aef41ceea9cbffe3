// What roles, objects and actions are called. A further service brings objects we have no word for: they show as named.
import type { Translate } from "../../i18n/use.ts";

export function roleName(t: Translate, id: string): string {
  return t(`admin.roles.${id}`, { _: id });
}

export function roleNames(t: Translate, ids: readonly string[]): string {
  return ids.map((id) => roleName(t, id)).join(t("common.listSeparator"));
}

export function objectName(t: Translate, object: string): string {
  return t(`admin.objects.${object}`, { _: object });
}

export function actionName(t: Translate, action: string): string {
  return t(`admin.actions.${action}`, { _: action });
}
