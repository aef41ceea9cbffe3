// What a table is told of the records it shows. An area gives a `TableConfig` to `<RecordTable>`, and nothing else.
import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import type { ResourceName } from "../api/resources.ts";

export interface TableRecord {
  id: string;
  tags?: readonly string[];
  audit?: { deleteTime?: string } | undefined;
}

export interface Column<R> {
  /** Stable: saved views name it. */
  id: string;
  /** Key of its name. */
  label: string;
  /** Pixels, unless the person chose others. */
  width: number;
  /** One line; what does not fit ends in an ellipsis. */
  render: (record: R) => ReactNode;
  /** The whole text, shown on hover. */
  title?: (record: R) => string | undefined;
  /** The field of the list's `order_by`. */
  orderBy?: string;
  /** Not shown until it is chosen. */
  extra?: boolean;
}

export type FieldKind =
  | "text"
  /** E-mail addresses, telephone numbers: no order. */
  | "address"
  /** Compared exactly. */
  | "code"
  | "enum"
  | "tag"
  | "number"
  | "date"
  | "person"
  | "team"
  | "company"
  | "custom";

export interface Field {
  /** As the filter language calls it: "lifecycle_stage". For kind custom without its name: "custom". */
  name: string;
  /** Key of its name. */
  label: string;
  kind: FieldKind;
  /** Of an enum: values as the filter has them, with the keys of their names. */
  values?: readonly { value: string; label: string }[];
}

/** What can be done with many at once, by the API's own paths. */
export interface BulkConfig {
  update: string;
  remove: string;
  restore: string;
  /** Choices of "Set stage": enum values of the API with the keys of their names. */
  stages?: readonly { value: string; label: string }[];
}

export interface TableConfig<R extends TableRecord> {
  resource: ResourceName;
  /** As rights and saved views call it: "contact". */
  object: string;
  /** Key of the page's title. */
  title: string;
  /** Key of "{count, plural, …{shown} contacts}". */
  count: string;
  /** Keys of what to say when there is none at all. */
  empty: { icon: LucideIcon; title: string; body: string };
  nameOf: (record: R) => string;
  /** The first stays in sight and cannot be hidden. */
  columns: readonly Column<R>[];
  fields: readonly Field[];
  /** "create_time desc" */
  defaultOrder: string;
  /** The text field a typed name is looked for in when the list is filtered, too. */
  nameField: string;
  /** The three facts of a card at telephone width. */
  card: (record: R) => { about: ReactNode; facts: readonly ReactNode[] };
  /** The record at the table's side. */
  panel: (record: R) => ReactNode;
  bulk: BulkConfig;
  /** Where what is filtered can be downloaded. */
  exportPath?: string;
  /** The page's main action: "New contact". */
  action?: ReactNode;
}
