// What a kind of record says of itself, so that its page, forms, conflicts and timeline come from one description.
import type { ComponentType } from "react";
import type { Row } from "../api/changes.ts";
import type { SubjectType } from "../api/activities.ts";
import type { ResourceName } from "../api/resources.ts";

export interface ShowProps<T = unknown> {
  value: T;
}

export interface EditorProps<T = unknown> {
  value: T;
  onChange: (value: T) => void;
  /** Takes the value as it is now, or the one given, and closes the editor. Undefined inside of forms. */
  onDone?: ((value?: T) => void) | undefined;
  /** What the server refused, by the path below the field: "" for the field itself, "[0].address". */
  wrong: (path: string) => string | undefined;
  label: string;
  /** Focus comes here when the editor opens. */
  focused?: boolean;
  record: Row;
}

// Values of a field are of its own type; a list of fields holds many of them.
/* eslint-disable @typescript-eslint/no-explicit-any */
export interface Field {
  /** By its name in the contract, as JSON has it: "jobTitle". */
  name: string;
  /** Key of its name. */
  label: string;
  Show: ComponentType<ShowProps<any>>;
  Edit: ComponentType<EditorProps<any>>;
  /** The editor has several inputs, and buttons to save and cancel; else Enter and leaving it save. */
  large?: boolean;
}
/* eslint-enable @typescript-eslint/no-explicit-any */

export interface FieldGroup {
  /** Key of its title. */
  title: string;
  fields: readonly Field[];
  /** Folded in forms until it is opened. */
  folded?: boolean;
}

export interface RecordKind {
  resource: ResourceName;
  /** As access policies and live updates name it, and the path of refusals begins. */
  object: string;
  subjectType: SubjectType;
  groups: readonly FieldGroup[];
  nameOf: (record: Row) => string;
  /** What its people are, whose lines stand on its timeline. */
  people?: RecordKind;
}

export function fieldsOf(kind: RecordKind): readonly Field[] {
  return kind.groups.flatMap((group) => group.fields);
}

/** The field of a name in any spelling: "job_title", "jobTitle", "custom.size". */
export function fieldNamed(kind: RecordKind, name: string): Field | undefined {
  const wanted = camel(name).split(".")[0];
  return fieldsOf(kind).find((field) => field.name === wanted);
}

export function camel(path: string): string {
  return path.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
