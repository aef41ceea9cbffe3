"""The RPCs of crm.activities.v1.ActivityService."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import true

from crm.activities.v1 import activity_service_pb2 as messages
from crmkit import etag
from crmkit.access_sql import visible
from crmkit.context import Call
from crmkit.masks import check_mask
from crmkit.paging import AnySelect, Page, Pager
from crmkit.records import NotDeleted
from crmkit.server import Servicer
from crmkit.service import Runtime
from crmkit.wire import parse_id
from services.activities.api import convert
from services.activities.api.events import note_event, notification_event
from services.activities.api.query import hidden_people, narrowed, people_of, readable_notes, timeline_page
from services.activities.domain.errors import NoteNotFound, SubjectInBin, SubjectNotFound
from services.activities.domain.note import MUTABLE, checked_body, mentioned
from services.activities.domain.notification import mentions
from services.activities.domain.timeline import COMPANY
from services.activities.store import notes, notifications, timeline
from services.activities.store.tables import note, subject


class ActivityServicer(Servicer):
    """Timelines and notes."""

    contract = messages.DESCRIPTOR.services_by_name["ActivityService"]

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.pager = Pager(runtime.seal_key)

    async def ListActivities(
        self, request: messages.ListActivitiesRequest, call: Call
    ) -> messages.ListActivitiesResponse:
        """SUBJECT_NOT_FOUND for a record that is unknown, hidden, or whose first event is still under way."""
        subject_id = parse_id(request.subject_id, "subject_id")
        subject_type = convert.parse_subject_type(request.subject_type, "subject_type")
        people = {}
        if request.include_people and subject_type == COMPANY:
            people = await people_of(call, subject_id)
        rows, token = await _lines(call, timeline_page(self.pager, request, subject_id), request, people)
        written = await notes.get_many(call.db, [row.id for row in rows if row.type == timeline.NOTE])
        hidden = await hidden_people(call, rows)
        pinned = () if request.page_token else await _pinned(call, subject_id, subject_type)
        return messages.ListActivitiesResponse(
            activities=[convert.activity_message(row, subject_type, written, hidden, people) for row in rows],
            next_page_token=token,
            pinned_notes=map(convert.note_message, pinned),
        )

    async def GetNote(self, request: messages.GetNoteRequest, call: Call) -> messages.Note:
        note_id = parse_id(request.id, "id")
        seen = readable_notes(call)
        row = await notes.get(call.db, note_id, true() if seen is None else seen)
        if row is None:
            raise NoteNotFound(note_id)
        return convert.note_message(row)

    async def CreateNote(self, request: messages.CreateNoteRequest, call: Call) -> messages.Note:
        """The writer owns the note and must see the record it is about."""
        caller = call.require()
        subject_id = parse_id(request.note.subject_id, "note.subject_id")
        subject_type = convert.parse_subject_type(request.note.subject_type, "note.subject_type")
        body = checked_body(request.note.body)
        await _require_open_subject(call, subject_id, subject_type)
        row = await notes.create(
            call.db, caller, call.now, (subject_type, subject_id), body=body, mentioned=mentioned(body)
        )
        await timeline.append_note(call.db, row)
        call.record(note_event("created", None, row))
        await _tell_mentioned(call, row, mentioned(body))
        return convert.note_message(row)

    async def UpdateNote(self, request: messages.UpdateNoteRequest, call: Call) -> messages.Note:
        mask = check_mask(request.update_mask, messages.Note.DESCRIPTOR, MUTABLE)
        body = checked_body(request.note.body) if "body" in mask else None
        old = await _locked_note(call, request.note.id, "note.id", request.note.etag)
        changes: dict[str, Any] = {}
        if body is not None and body != old.body:
            changes |= {"body": body, "mentioned": mentioned(body)}
        if "pinned" in mask and request.note.pinned != (old.pinned_at is not None):
            changes["pinned_at"] = call.now if request.note.pinned else None
        if not changes:
            return convert.note_message(old)
        row = await notes.change(call.db, old, call.now, call.require().user_id, **changes)
        call.record(note_event("updated", old, row))
        known = set(mentioned(old.body))
        await _tell_mentioned(call, row, [user_id for user_id in mentioned(row.body) if user_id not in known])
        return convert.note_message(row)

    async def DeleteNote(self, request: messages.DeleteNoteRequest, call: Call) -> messages.Note:
        old = await _locked_note(call, request.id, "id", request.etag)
        row = await notes.change(call.db, old, call.now, call.require().user_id, deleted_at=call.now)
        await timeline.remove_note(call.db, row)
        call.record(note_event("deleted", old, row))
        return convert.note_message(row)

    async def UndeleteNote(self, request: messages.UndeleteNoteRequest, call: Call) -> messages.Note:
        old = await _locked_note(call, request.id, "id", deleted=True)
        row = await notes.change(call.db, old, call.now, call.require().user_id, deleted_at=None)
        await timeline.append_note(call.db, row)
        call.record(note_event("undeleted", old, row))
        return convert.note_message(row)


async def _tell_mentioned(call: Call, row: notes.NoteRow, users: Sequence[UUID]) -> None:
    """Notifies the users of a note that mentions them."""
    told = mentions(row.id, (row.subject_type, row.subject_id), users, call.require().user_id, call.now)
    for made in await notifications.tell(call.db, told):
        call.record(notification_event("created", made))


async def _require_open_subject(call: Call, subject_id: UUID, subject_type: str) -> None:
    """Notes are written where the caller may read the timeline and the record is not in the bin."""
    seen = visible(call.scope_of("activity", "read"), call.require(), subject.c.owner_id, subject.c.team_id)
    found = await timeline.find_subject(call.db, subject_id, subject_type, seen)
    if found is None:
        raise SubjectNotFound(subject_id)
    if found.deleted:
        raise SubjectInBin(subject_id)


async def _lines(
    call: Call, page: Page, request: messages.ListActivitiesRequest, people: Collection[UUID]
) -> tuple[Sequence[timeline.Line], str]:
    """A page of the timeline of a record, with those of `people` among it, and the token of the next."""
    subject_id, subject_type = UUID(request.subject_id), convert.SUBJECT_TYPES[request.subject_type]
    seen, notes_seen = call.visible(subject), readable_notes(call)

    def paged(query: AnySelect) -> AnySelect:
        return page.apply(narrowed(query, request.filter))

    async def known() -> bool:
        return await timeline.find_subject(call.db, subject_id, subject_type, seen) is not None

    if people and await known():
        query = timeline.entries_of_many([subject_id, *people], notes_seen, paged, page.size + 1)
        return page.cut(await timeline.fetch(call.db, query))
    rows = await timeline.fetch(call.db, paged(timeline.entries(subject_id, subject_type, seen, notes_seen)))
    if not rows and not await known():
        raise SubjectNotFound(subject_id)
    return page.cut(rows)


async def _pinned(call: Call, subject_id: UUID, subject_type: str) -> Sequence[notes.NoteRow]:
    """The notes above the timeline of a record that the caller sees."""
    found = await notes.fetch(call.db, notes.pinned(subject_id, readable_notes(call)))
    return [row for row in found if row.subject_type == subject_type]


async def _locked_note(
    call: Call, id: str, field: str, given_etag: str = "", *, deleted: bool = False
) -> notes.NoteRow:
    """The note to change, locked; `deleted`: it is to come out of the bin. Raises NoteNotFound, for one in the bin too
    unless `deleted`, NotDeleted when it is not in it then, or Aborted when another saved first."""
    note_id = parse_id(id, field)
    row = await notes.lock(call.db, note_id, call.visible(note))
    if row is None or (row.deleted_at is not None and not deleted):
        raise NoteNotFound(note_id)
    if deleted and row.deleted_at is None:
        raise NotDeleted
    etag.check(given_etag, row.version)
    return row
