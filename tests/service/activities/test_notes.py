"""Notes: anonymous, forbidden, missing, valid, conflict; and their place in the timeline."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import grpc
import orjson
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from sqlalchemy import text
from uuid_utils.compat import uuid7

from crm.activities.v1 import activity_service_pb2 as pb
from crmkit.testing import refusal
from tests.service.activities.conftest import OWNER, TEAM, Activities, event

BODY = FieldMask(paths=["body"])


def note(subject_id: UUID, body: str = "تماس گرفتم؛ پیش‌فاکتور می‌خواهد.") -> pb.CreateNoteRequest:
    return pb.CreateNoteRequest(
        note=pb.Note(subject_type=pb.SUBJECT_TYPE_CONTACT, subject_id=str(subject_id), body=body)
    )


async def timeline(activities: Activities, contact_id: UUID, metadata: Any = None) -> list[pb.Activity]:
    request = pb.ListActivitiesRequest(subject_type=pb.SUBJECT_TYPE_CONTACT, subject_id=str(contact_id))
    reply = await activities.client.ListActivities(request, metadata=metadata or activities.as_())
    return list(reply.activities)


async def refused(call: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code(), refusal(caught.value).reason


async def test_a_note_belongs_to_its_writer_and_stands_in_the_timeline(activities: Activities) -> None:
    contact_id, writer = await activities.contact(), uuid7()
    metadata = activities.as_(user_id=writer, team_id=TEAM)
    written = await activities.client.CreateNote(note(contact_id), metadata=metadata)
    assert (written.owner_id, written.team_id, written.audit.created_by) == (str(writer), str(TEAM), str(writer))
    assert await activities.client.GetNote(pb.GetNoteRequest(id=written.id), metadata=metadata) == written
    newest = (await timeline(activities, contact_id))[0]
    assert (newest.type, newest.id, newest.actor_id, newest.note) == ("note", written.id, str(writer), written)


async def test_a_changed_note_reads_changed_wherever_it_is_shown(activities: Activities) -> None:
    contact_id, metadata = await activities.contact(), activities.as_()
    written = await activities.client.CreateNote(note(contact_id), metadata=metadata)
    change = pb.Note(id=written.id, body="Wants two.", etag=written.etag)
    changed = await activities.client.UpdateNote(pb.UpdateNoteRequest(note=change, update_mask=BODY), metadata=metadata)
    assert changed.body == "Wants two."
    assert changed.etag != written.etag
    assert changed.audit.create_time == written.audit.create_time
    assert (await timeline(activities, contact_id))[0].note == changed


async def test_a_deleted_note_is_gone_from_the_timeline(activities: Activities) -> None:
    contact_id, metadata = await activities.contact(), activities.as_()
    written = await activities.client.CreateNote(note(contact_id), metadata=metadata)
    deleted = await activities.client.DeleteNote(pb.DeleteNoteRequest(id=written.id), metadata=metadata)
    assert deleted.audit.HasField("delete_time")
    assert [entry.type for entry in await timeline(activities, contact_id)] == ["contact.created"]
    again = activities.client.DeleteNote(pb.DeleteNoteRequest(id=written.id), metadata=metadata)
    assert await refused(again) == (grpc.StatusCode.NOT_FOUND, "NOTE_NOT_FOUND")


async def test_every_change_of_a_note_is_in_the_event_log(activities: Activities) -> None:
    contact_id, metadata = await activities.contact(), activities.as_()
    written = await activities.client.CreateNote(note(contact_id, "One"), metadata=metadata)
    change = pb.UpdateNoteRequest(note=pb.Note(id=written.id, body="Two"), update_mask=BODY)
    await activities.client.UpdateNote(change, metadata=metadata)
    await activities.client.UpdateNote(change, metadata=metadata)  # changes nothing
    await activities.client.DeleteNote(pb.DeleteNoteRequest(id=written.id), metadata=metadata)
    query = text("SELECT type, aggregate_version, before, after FROM event WHERE aggregate_id = :id ORDER BY position")
    async with activities.runtime.reader.connect() as db:
        rows = (await db.execute(query, {"id": UUID(written.id)})).all()
    told = [(row.type, row.aggregate_version, _body(row.before), _body(row.after)) for row in rows]
    assert told == [
        ("note.created", 1, None, "One"),
        ("note.updated", 2, "One", "Two"),
        ("note.deleted", 3, "Two", "Two"),
    ]


def _body(state: Any) -> str | None:
    if state is None:
        return None
    return str((orjson.loads(state) if isinstance(state, str) else state)["body"])


async def test_who_saves_second_is_told(activities: Activities) -> None:
    contact_id, metadata = await activities.contact(), activities.as_()
    written = await activities.client.CreateNote(note(contact_id), metadata=metadata)

    async def save(body: str) -> str:
        change = pb.Note(id=written.id, body=body, etag=written.etag)
        try:
            await activities.client.UpdateNote(pb.UpdateNoteRequest(note=change, update_mask=BODY), metadata=metadata)
        except grpc.aio.AioRpcError as error:
            return refusal(error).reason
        return "saved"

    outcomes = await asyncio.gather(*(save(f"version {number}") for number in range(8)))
    assert sorted(outcomes) == ["ETAG_MISMATCH"] * 7 + ["saved"]
    stale = activities.client.DeleteNote(pb.DeleteNoteRequest(id=written.id, etag=written.etag), metadata=metadata)
    assert await refused(stale) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")


async def test_a_repeated_request_writes_one_note(activities: Activities) -> None:
    contact_id, metadata = await activities.contact(), activities.as_()
    request = note(contact_id)
    request.request_id = str(uuid7())
    first = await activities.client.CreateNote(request, metadata=metadata)
    assert await activities.client.CreateNote(request, metadata=metadata) == first
    assert len(await timeline(activities, contact_id)) == 2


@pytest.mark.parametrize(
    ("body", "reason"), [("", "NOTE_BODY_INVALID"), (" \n", "NOTE_BODY_INVALID"), ("x" * 20_001, "NOTE_BODY_INVALID")]
)
async def test_a_note_needs_a_text_of_bounded_length(activities: Activities, body: str, reason: str) -> None:
    contact_id = await activities.contact()
    call = activities.client.CreateNote(note(contact_id, body), metadata=activities.as_())
    assert await refused(call) == (grpc.StatusCode.INVALID_ARGUMENT, reason)


@pytest.mark.parametrize("paths", [[], ["*"], ["subject_id"], ["body", "owner_id"]])
async def test_only_the_text_of_a_note_can_change(activities: Activities, paths: list[str]) -> None:
    contact_id, metadata = await activities.contact(), activities.as_()
    written = await activities.client.CreateNote(note(contact_id), metadata=metadata)
    change = pb.UpdateNoteRequest(note=pb.Note(id=written.id, body="x"), update_mask=FieldMask(paths=paths))
    code, reason = await refused(activities.client.UpdateNote(change, metadata=metadata))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert reason.startswith("UPDATE_MASK_")


async def test_no_note_about_an_unknown_hidden_or_binned_record(activities: Activities) -> None:
    unknown = activities.client.CreateNote(note(uuid7()), metadata=activities.as_())
    assert await refused(unknown) == (grpc.StatusCode.NOT_FOUND, "SUBJECT_NOT_FOUND")
    contact_id = await activities.contact()
    hidden = activities.client.CreateNote(note(contact_id), metadata=activities.as_("representative"))
    assert await refused(hidden) == (grpc.StatusCode.NOT_FOUND, "SUBJECT_NOT_FOUND")
    await activities.apply([event("contact.deleted", contact_id, 2)])
    binned = activities.client.CreateNote(note(contact_id), metadata=activities.as_())
    assert await refused(binned) == (grpc.StatusCode.FAILED_PRECONDITION, "SUBJECT_DELETED")


async def test_notes_of_others_are_not_found_by_who_may_see_only_their_own(activities: Activities) -> None:
    contact_id = await activities.contact()
    written = await activities.client.CreateNote(note(contact_id), metadata=activities.as_())
    owner = activities.as_("representative", user_id=OWNER)
    missing = (grpc.StatusCode.NOT_FOUND, "NOTE_NOT_FOUND")
    assert await refused(activities.client.GetNote(pb.GetNoteRequest(id=written.id), metadata=owner)) == missing
    change = pb.UpdateNoteRequest(note=pb.Note(id=written.id, body="x"), update_mask=BODY)
    assert await refused(activities.client.UpdateNote(change, metadata=owner)) == missing
    assert await refused(activities.client.DeleteNote(pb.DeleteNoteRequest(id=written.id), metadata=owner)) == missing
    assert [entry.type for entry in await timeline(activities, contact_id, owner)] == ["contact.created"]


async def test_strangers_may_not_call(activities: Activities) -> None:
    contact_id = await activities.contact()
    client = activities.client
    calls = [
        (client.GetNote, pb.GetNoteRequest(id=str(uuid7()))),
        (client.CreateNote, note(contact_id)),
        (client.UpdateNote, pb.UpdateNoteRequest(note=pb.Note(id=str(uuid7()), body="x"), update_mask=BODY)),
        (client.DeleteNote, pb.DeleteNoteRequest(id=str(uuid7()))),
    ]
    for method, request in calls:
        assert (await refused(method(request)))[0] == grpc.StatusCode.UNAUTHENTICATED
        nobody = method(request, metadata=activities.as_("nobody"))
        assert await refused(nobody) == (grpc.StatusCode.PERMISSION_DENIED, "PERMISSION_DENIED")
    viewer = client.CreateNote(note(contact_id), metadata=activities.as_("viewer"))
    assert (await refused(viewer))[0] == grpc.StatusCode.PERMISSION_DENIED


async def test_a_note_out_of_the_bin_stands_where_it_stood(activities: Activities) -> None:
    contact_id, metadata = await activities.contact(), activities.as_()
    written = await activities.client.CreateNote(note(contact_id), metadata=metadata)
    later = await activities.client.CreateNote(note(contact_id, "Later."), metadata=metadata)
    await activities.client.DeleteNote(pb.DeleteNoteRequest(id=written.id), metadata=metadata)
    back = await activities.client.UndeleteNote(pb.UndeleteNoteRequest(id=written.id), metadata=metadata)
    assert not back.audit.HasField("delete_time")
    assert (back.body, back.audit.create_time) == (written.body, written.audit.create_time)
    assert [entry.id for entry in await timeline(activities, contact_id)][:2] == [later.id, written.id]
    again = activities.client.UndeleteNote(pb.UndeleteNoteRequest(id=written.id), metadata=metadata)
    assert await refused(again) == (grpc.StatusCode.FAILED_PRECONDITION, "NOT_DELETED")
    query = text("SELECT type FROM event WHERE aggregate_id = :id ORDER BY position DESC LIMIT 1")
    async with activities.runtime.reader.connect() as db:
        assert (await db.execute(query, {"id": UUID(written.id)})).scalar_one() == "note.undeleted"


async def test_the_note_of_another_is_not_taken_out_of_the_bin(activities: Activities) -> None:
    contact_id = await activities.contact()
    written = await activities.client.CreateNote(note(contact_id), metadata=activities.as_())
    await activities.client.DeleteNote(pb.DeleteNoteRequest(id=written.id), metadata=activities.as_())
    stranger = activities.as_("representative", user_id=uuid7())
    call = activities.client.UndeleteNote(pb.UndeleteNoteRequest(id=written.id), metadata=stranger)
    assert await refused(call) == (grpc.StatusCode.NOT_FOUND, "NOTE_NOT_FOUND")


PINNED = FieldMask(paths=["pinned"])


async def pin(activities: Activities, note_id: str, *, pinned: bool = True) -> pb.Note:
    request = pb.UpdateNoteRequest(note=pb.Note(id=note_id, pinned=pinned), update_mask=PINNED)
    changed: pb.Note = await activities.client.UpdateNote(request, metadata=activities.as_())
    return changed


async def pinned_notes(
    activities: Activities, contact_id: UUID, metadata: Any = None, **more: Any
) -> pb.ListActivitiesResponse:
    request = pb.ListActivitiesRequest(subject_type=pb.SUBJECT_TYPE_CONTACT, subject_id=str(contact_id), **more)
    page: pb.ListActivitiesResponse = await activities.client.ListActivities(
        request, metadata=metadata or activities.as_()
    )
    return page


async def test_pinned_notes_stand_above_the_timeline_the_one_pinned_last_first(activities: Activities) -> None:
    contact_id = await activities.contact()
    written = [
        await activities.client.CreateNote(note(contact_id, f"Note {number}"), metadata=activities.as_())
        for number in range(12)
    ]
    assert not written[0].pinned
    changed = [await pin(activities, one.id) for one in written]
    assert all(one.pinned and one.body == before.body for one, before in zip(changed, written, strict=True))
    page = await pinned_notes(activities, contact_id, page_size=3, filter='type != "note"')
    assert [one.body for one in page.pinned_notes] == [f"Note {number}" for number in range(11, 1, -1)]
    first = await pinned_notes(activities, contact_id, page_size=3)
    assert [entry.note.body for entry in first.activities] == ["Note 11", "Note 10", "Note 9"]
    second = await pinned_notes(activities, contact_id, page_size=3, page_token=first.next_page_token)
    assert not second.pinned_notes
    await pin(activities, written[11].id, pinned=False)
    await activities.client.DeleteNote(pb.DeleteNoteRequest(id=written[10].id), metadata=activities.as_())
    page = await pinned_notes(activities, contact_id)
    assert [one.body for one in page.pinned_notes][:2] == ["Note 9", "Note 8"]


async def test_a_pinned_note_is_shown_to_nobody_who_may_not_read_it(activities: Activities) -> None:
    representative = uuid7()
    contact_id = await activities.contact(owner_id=str(representative))
    written = await activities.client.CreateNote(note(contact_id, "For managers"), metadata=activities.as_())
    await pin(activities, written.id)
    own = activities.as_("representative", user_id=representative)
    assert not (await pinned_notes(activities, contact_id, own)).pinned_notes
    assert len((await pinned_notes(activities, contact_id)).pinned_notes) == 1


async def test_pinning_what_is_pinned_changes_nothing(activities: Activities) -> None:
    contact_id = await activities.contact()
    written = await activities.client.CreateNote(note(contact_id), metadata=activities.as_())
    once = await pin(activities, written.id)
    assert once.etag != written.etag
    assert await pin(activities, written.id) == once
