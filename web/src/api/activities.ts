// Timelines and notes.
import { call, newId } from "./client.ts";
import type { components } from "./schema.d.ts";

type Schemas = components["schemas"];
export type Activity = Schemas["Activity"];
export type Note = Schemas["Note"];
export type SubjectType = Schemas["SubjectType"];
export interface Subject {
  subjectType: SubjectType;
  subjectId: string;
}
export interface TimelinePage {
  activities: Activity[];
  nextPageToken: string;
  /** Of the first page: what stands above it. */
  pinnedNotes: Note[];
}

/** A page of a timeline, the newest first. `filter` is text of the filter language. */
export function readTimeline(
  subject: Subject,
  filter: string,
  pageToken: string,
  signal: AbortSignal,
): Promise<TimelinePage> {
  // The lines of a company's people stand among its own.
  const includePeople = subject.subjectType === "SUBJECT_TYPE_COMPANY";
  const query = { ...subject, filter, pageToken, pageSize: 30, includePeople };
  return call<TimelinePage>("GET", "/v1/activities", { query, signal });
}

/** `requestId` is the same for every try to send the same note. */
export function createNote(subject: Subject, body: string, requestId: string): Promise<Note> {
  return call<Note>("POST", "/v1/notes", { body: { note: { ...subject, body }, requestId } });
}

export function updateNote(note: Note, body: string): Promise<Note> {
  return change({ id: note.id, etag: note.etag, body }, "body");
}

/** Puts a note above the timeline of its record, or takes it away from there. */
export function pinNote({ id }: Note, pinned: boolean): Promise<Note> {
  return change({ id, pinned }, "pinned");
}

function change(note: Schemas["NoteInput"] & { id: string }, updateMask: string): Promise<Note> {
  return call<Note>("PATCH", `/v1/notes/${note.id}`, { body: { note, updateMask, requestId: newId() } });
}

export function deleteNote(note: Note): Promise<Note> {
  return call<Note>("DELETE", `/v1/notes/${note.id}`, { query: { requestId: newId() } });
}

/** Takes a note out of the bin. */
export function undeleteNote({ id }: Note): Promise<Note> {
  return call<Note>("POST", `/v1/notes/${id}:undelete`, { body: { requestId: newId() } });
}
