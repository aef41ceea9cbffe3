// What a notification says, and where it leads.
import { formatInt64 } from "../../format/numbers.ts";
import type { Translate } from "../../i18n/use.ts";
import { recordPath } from "../../ui/paths.ts";
import type { Notification } from "./data.ts";

/** Keeps a name of any direction apart from the sentence around it. */
export function isolate(name: string): string {
  return `\u2068${name}\u2069`;
}

export interface Words {
  sentence: string;
  /** A line of its own: of a note, or what an import did. */
  more: string;
  /** Address of what it is about. */
  path: string;
}

/** `actor` is the name of who did it; empty when the system did. */
export function words(
  t: Translate,
  { assignment, mention, import: done }: Notification,
  actor: string,
): Words {
  const who = actor ? isolate(actor) : t("notifications.someone");
  if (assignment) {
    const { count, subjectName, subjectType, subjectId } = assignment;
    const company = subjectType === "SUBJECT_TYPE_COMPANY";
    const resource = company ? "companies" : "contacts";
    const kind = company ? "company" : "contact";
    const values = { who, count, name: subjectName ? isolate(subjectName) : t(`notifications.one.${kind}`) };
    return {
      sentence: t(count > 1 ? `notifications.assigned.${resource}` : "notifications.assigned.one", values),
      more: "",
      path: count > 1 ? `/${resource}` : recordPath(resource, subjectId),
    };
  }
  if (mention) {
    const resource = mention.subjectType === "SUBJECT_TYPE_COMPANY" ? "companies" : "contacts";
    const name = mention.subjectName ? isolate(mention.subjectName) : t("notifications.hidden");
    return {
      sentence: t("notifications.mentioned", { who, name }),
      more: mention.excerpt,
      path: recordPath(resource, mention.subjectId),
    };
  }
  if (done) {
    const name = isolate(done.filename);
    return {
      sentence: t(done.succeeded ? "notifications.imported" : "notifications.importFailed", { name }),
      more: done.succeeded
        ? t("notifications.importCounts", {
            created: formatInt64(done.createdCount),
            updated: formatInt64(done.updatedCount),
            rejected: formatInt64(done.rejectedCount),
          })
        : done.error,
      path: recordPath("imports", done.importId),
    };
  }
  return { sentence: t("notifications.unknown"), more: "", path: "/notifications" };
}
