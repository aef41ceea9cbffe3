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
}

/** A page of a timeline, the newest first. `filter` is text of the filter language. */
export function readTimeline(
  subject: Subject,
  filter: string,
  pageToken: string,
  signal: AbortSignal,
): Promise<TimelinePage> {
  const query = { ...subject, filter, pageToken, pageSize: 30 };
  return call<TimelinePage>("GET", "/v1/activities", { query, signal });
}

/** `requestId` is the same for every try to send the same note. */
export function createNote(subject: Subject, body: string, requestId: string): Promise<Note> {
  return call<Note>("POST", "/v1/notes", { body: { note: { ...subject, body }, requestId } });
}

export function updateNote(note: Note, body: string): Promise<Note> {
  const change = { id: note.id, etag: note.etag, body };
  return call<Note>("PATCH", `/v1/notes/${note.id}`, {
    body: { note: change, updateMask: "body", requestId: newId() },
  });
}

export function deleteNote(note: Note): Promise<Note> {
  return call<Note>("DELETE", `/v1/notes/${note.id}`, { query: { requestId: newId() } });
}
