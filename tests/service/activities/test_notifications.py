"""Notifications: made once, of one person alone, read, kept 90 days."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text
from uuid_utils.compat import uuid7

from crm.activities.v1 import activity_service_pb2 as notes
from crm.activities.v1 import notification_service_pb2 as pb
from crm.activities.v1.notification_service_pb2_grpc import NotificationServiceStub
from crm.events.v1.event_pb2 import Event
from crmkit.testing import refusal
from services.activities.store import notifications
from services.activities.workers.notifications import tell_people
from tests.service.activities.conftest import OWNER, Activities, event
from tests.service.activities.test_timeline_plans import nodes


def recent(kind: str, subject_id: UUID, **more: Any) -> Event:
    made = event(kind, subject_id, **more)
    made.record_time.FromDatetime(datetime.now(UTC))
    return made


def handed(to: UUID, subject_id: UUID | None = None, **more: Any) -> Event:
    """A contact becomes somebody's."""
    return recent("contact.updated", subject_id or uuid7(), version=2, after={"owner_id": str(to)}, before={}, **more)


async def tell(activities: Activities, events: Sequence[Event]) -> None:
    async with activities.runtime.writer.begin() as db:
        await tell_people(db, events)


async def listed(activities: Activities, user_id: UUID, role: str = "representative", **request: Any) -> Any:
    stub = activities.stub(NotificationServiceStub)
    return await stub.ListNotifications(
        pb.ListNotificationsRequest(**request), metadata=activities.as_(role, user_id=user_id)
    )


async def mark(activities: Activities, user_id: UUID, **request: Any) -> Any:
    stub = activities.stub(NotificationServiceStub)
    return await stub.MarkNotificationsRead(
        pb.MarkNotificationsReadRequest(**request), metadata=activities.as_("representative", user_id=user_id)
    )


async def test_an_assigned_record_is_told_with_its_name_to_nobody_but_its_new_owner(activities: Activities) -> None:
    sara, contact_id = uuid7(), uuid7()
    known = recent("contact.created", contact_id, after={"owner_id": str(sara), "display_name": "Həsən Əliyev"})
    await activities.apply([known])
    await tell(activities, [handed(sara, contact_id)])
    reply = await listed(activities, sara)
    (told,) = reply.notifications
    assert (told.actor_id, told.assignment.count, told.assignment.subject_id) == (str(OWNER), 1, str(contact_id))
    assert (told.assignment.subject_type, told.assignment.subject_name) == (notes.SUBJECT_TYPE_CONTACT, "Həsən Əliyev")
    assert (reply.unread_count, reply.unread_count_capped, told.HasField("read_time")) == (1, False, False)
    for somebody in (OWNER, uuid7()):
        assert not (await listed(activities, somebody, "administrator")).notifications


async def test_a_name_that_is_out_of_sight_is_not_told(activities: Activities) -> None:
    sara = uuid7()
    contact_id = await activities.contact(display_name="Secret")
    await tell(activities, [handed(sara, contact_id)])
    assert (await listed(activities, sara)).notifications[0].assignment.subject_name == ""
    assert (await listed(activities, sara, "viewer")).notifications[0].assignment.subject_name == "Secret"


async def test_a_bulk_change_is_one_notification_however_it_arrives(activities: Activities) -> None:
    sara, operation = uuid7(), str(uuid7())
    events = [handed(sara, operation_id=operation) for _ in range(250)]
    await asyncio.gather(*(tell(activities, events[start : start + 50]) for start in range(0, 250, 50)))
    (told,) = (await listed(activities, sara)).notifications
    assert (told.assignment.count, told.operation_id) == (250, operation)


async def test_the_same_event_told_again_makes_no_second_notification(activities: Activities) -> None:
    sara = uuid7()
    news = [handed(sara)]
    await tell(activities, news)
    await mark(activities, sara, ids=[(await listed(activities, sara)).notifications[0].id])
    await tell(activities, news)
    assert [told.HasField("read_time") for told in (await listed(activities, sara)).notifications] == [True]


async def test_the_end_of_an_import_is_told_with_its_numbers(activities: Activities) -> None:
    sara, import_id = uuid7(), uuid7()
    state = {"owner_id": str(sara), "filename": "people.csv", "created_count": 7, "rejected_count": 2}
    await tell(activities, [recent("import.succeeded", import_id, after=state, actor_id=str(sara))])
    (told,) = (await listed(activities, sara)).notifications
    result = getattr(told, "import")
    assert (result.import_id, result.filename, result.succeeded) == (str(import_id), "people.csv", True)
    assert (result.created_count, result.updated_count, result.rejected_count) == (7, 0, 2)


def mentioning(*users: UUID) -> str:
    return "Ask " + " and ".join(f"@[Colleague](user:{user_id})" for user_id in users)


async def note(activities: Activities, contact_id: UUID, body: str, **who: Any) -> Any:
    new = notes.Note(subject_type=notes.SUBJECT_TYPE_CONTACT, subject_id=str(contact_id), body=body)
    return await activities.client.CreateNote(notes.CreateNoteRequest(note=new), metadata=activities.as_(**who))


async def test_who_is_mentioned_in_a_note_is_told_once(activities: Activities) -> None:
    sara, ali, writer = uuid7(), uuid7(), uuid7()
    contact_id = await activities.contact(display_name="Aynur")
    written = await note(activities, contact_id, mentioning(sara, writer), user_id=writer)
    assert list(written.mentioned_user_ids) == [str(sara), str(writer)]
    for body in (mentioning(ali, sara), mentioning(ali), mentioning(sara, ali) + "!"):
        change = notes.UpdateNoteRequest(
            note=notes.Note(id=written.id, body=body), update_mask=FieldMask(paths=["body"])
        )
        await activities.client.UpdateNote(change, metadata=activities.as_(user_id=writer))
    for user_id in (sara, ali):
        (told,) = (await listed(activities, user_id, "viewer")).notifications
        assert (told.actor_id, told.mention.note_id) == (str(writer), written.id)
        assert (told.mention.subject_name, told.mention.excerpt) == ("Aynur", "Ask @Colleague and @Colleague!")
    assert not (await listed(activities, writer)).notifications


async def test_a_mention_tells_nothing_of_what_its_person_may_not_see(activities: Activities) -> None:
    sara, contact_id = uuid7(), await activities.contact(display_name="Aynur")
    written = await note(activities, contact_id, mentioning(sara))
    (hidden,) = (await listed(activities, sara)).notifications
    assert (hidden.mention.subject_name, hidden.mention.excerpt, hidden.mention.note_id) == ("", "", written.id)
    await activities.client.DeleteNote(notes.DeleteNoteRequest(id=written.id), metadata=activities.as_())
    assert (await listed(activities, sara, "viewer")).notifications[0].mention.excerpt == ""


async def test_a_mention_that_cannot_be_read_is_refused(activities: Activities) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await note(activities, await activities.contact(), "@[Sara](user:someone)")
    assert (refusal(caught.value).reason, refusal(caught.value).fields) == ("NOTE_MENTION_INVALID", ("note.body",))


async def test_pages_are_newest_first_and_may_leave_out_what_is_read(activities: Activities) -> None:
    sara = uuid7()
    for _ in range(5):
        await tell(activities, [handed(sara)])
    everything = list((await listed(activities, sara)).notifications)
    times = [told.create_time.ToNanoseconds() for told in everything]
    assert times == sorted(times, reverse=True)
    found, token = [], ""
    while True:
        page = await listed(activities, sara, page_size=2, page_token=token)
        found += [told.id for told in page.notifications]
        if not (token := page.next_page_token):
            break
    assert found == [told.id for told in everything]
    await mark(activities, sara, ids=found[:2])
    assert [told.id for told in (await listed(activities, sara, unread_only=True)).notifications] == found[2:]
    first = await listed(activities, sara, page_size=2)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await listed(activities, sara, page_size=2, page_token=first.next_page_token, unread_only=True)
    assert refusal(caught.value).reason == "PAGE_TOKEN_INVALID"


async def test_one_marks_only_ones_own_and_may_do_so_again(activities: Activities) -> None:
    sara, ali = uuid7(), uuid7()
    await tell(activities, [handed(sara), handed(sara), handed(ali)])
    theirs = [told.id for user in (sara, ali) for told in (await listed(activities, user)).notifications]
    assert (await mark(activities, sara, ids=[*theirs[1:], str(uuid7())])).unread_count == 1
    assert (await mark(activities, sara, ids=theirs)).unread_count == 0
    first = await listed(activities, sara)
    assert (await mark(activities, sara, ids=theirs)).unread_count == 0
    assert await listed(activities, sara) == first
    assert (await listed(activities, ali)).unread_count == 1


async def test_everything_up_to_a_time_is_marked(activities: Activities) -> None:
    sara = uuid7()
    await tell(activities, [handed(sara)])
    seen = (await listed(activities, sara)).notifications[0].create_time
    await tell(activities, [handed(sara)])
    assert (await mark(activities, sara, until_time=seen)).unread_count == 1
    states = [told.HasField("read_time") for told in (await listed(activities, sara)).notifications]
    assert states == [False, True]


async def test_more_than_99_unread_are_counted_as_that(activities: Activities) -> None:
    sara = uuid7()
    await tell(activities, [handed(sara) for _ in range(100)])
    reply = await listed(activities, sara, page_size=1)
    assert (reply.unread_count, reply.unread_count_capped) == (99, True)
    reply = await mark(activities, sara, ids=[reply.notifications[0].id])
    assert (reply.unread_count, reply.unread_count_capped) == (99, False)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        ({}, "NOTIFICATIONS_NOT_NAMED"),
        ({"ids": [str(OWNER)], "until_time": Timestamp(seconds=1)}, "NOTIFICATIONS_NOT_NAMED"),
        ({"ids": ["x"]}, "ID_INVALID"),
        ({"ids": [str(OWNER)] * 1001}, "BATCH_SIZE_INVALID"),
        ({"until_time": Timestamp(seconds=10**15)}, "DATE_INVALID"),
    ],
)
async def test_what_to_mark_is_named_in_one_way(activities: Activities, request_: Any, reason: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await mark(activities, uuid7(), **request_)
    assert (caught.value.code(), refusal(caught.value).reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)


async def test_news_and_reading_are_events_of_their_person(activities: Activities) -> None:
    sara = uuid7()
    await tell(activities, [handed(sara), handed(sara)])
    found = (await listed(activities, sara)).notifications
    await mark(activities, sara, ids=[told.id for told in found])
    query = text("SELECT type, aggregate_version FROM event WHERE after ->> 'user_id' = :user ORDER BY position")
    async with activities.runtime.reader.connect() as db:
        rows = [(row.type, row.aggregate_version) for row in await db.execute(query, {"user": str(sara)})]
    assert rows == [("notification.created", 1), ("notification.created", 1), ("notification.read", 2)]


async def test_strangers_have_none_and_a_role_without_rights_has_its_own(activities: Activities) -> None:
    stub = activities.stub(NotificationServiceStub)
    for call in (
        stub.ListNotifications(pb.ListNotificationsRequest()),
        stub.MarkNotificationsRead(pb.MarkNotificationsReadRequest(ids=[str(OWNER)])),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
        assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED
    assert (await listed(activities, uuid7(), "nobody")).unread_count == 0


async def test_notifications_are_removed_when_their_time_is_over(activities: Activities) -> None:
    sara = uuid7()
    await tell(activities, [handed(sara), handed(sara)])
    oldest = (await listed(activities, sara)).notifications[-1]
    async with activities.runtime.writer.begin() as db:
        aged = text("UPDATE notification SET created_at = created_at - interval '91 days' WHERE id = :id")
        await db.execute(aged, {"id": UUID(oldest.id)})
        assert await notifications.expire(db, datetime.now(UTC) - timedelta(days=90)) == 1
    assert oldest.id not in {told.id for told in (await listed(activities, sara)).notifications}


async def test_a_page_and_the_count_read_indexes_only_by_person(activities: Activities) -> None:
    fill = """
        INSERT INTO notification (id, user_id, kind, created_at, read_at, subject_type, subject_id)
        SELECT uuidv7(), lpad(to_hex(n % 20), 32, '0')::uuid, 'assigned', now() - make_interval(secs => n),
               CASE WHEN n % 7 = 0 THEN NULL ELSE now() END, 'contact', uuidv7() FROM generate_series(1, 40000) n"""
    async with activities.runtime.writer.begin() as db:
        await db.execute(text(fill))
        await db.execute(text("ANALYZE notification"))
    seen: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if "notification" in statement:
            seen.append((statement, parameters))

    engine = activities.runtime.reader.sync_engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", keep)
    await listed(activities, UUID(int=7), "viewer")
    await listed(activities, UUID(int=7), unread_only=True)
    sqlalchemy_event.remove(engine, "before_cursor_execute", keep)
    assert len(seen) == 4
    async with activities.runtime.reader.connect() as db:
        raw = (await db.get_raw_connection()).driver_connection
        assert raw is not None
        for statement, parameters in seen:
            (found,) = await raw.fetchrow(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *parameters)
            tree = found[0]["Plan"]
            scans = {node["Node Type"] for node in nodes(tree) if node.get("Relation Name") == "notification"}
            assert "Seq Scan" not in scans, statement
            assert "Sort" not in {node["Node Type"] for node in nodes(tree)}, statement


async def test_who_is_mentioned_may_read_the_note_about_a_record_in_sight_and_only_read_it(
    activities: Activities,
) -> None:
    sara, mate = uuid7(), uuid7()
    contact_id = uuid7()
    await activities.apply([recent("contact.created", contact_id, after={"owner_id": str(sara), "team_id": ""})])
    written = await note(activities, contact_id, mentioning(sara, mate))
    other = await note(activities, contact_id, "Not for her.")
    (told,) = (await listed(activities, sara)).notifications
    assert told.mention.excerpt == "Ask @Colleague and @Colleague"
    as_sara, as_mate = (activities.as_("representative", user_id=user_id) for user_id in (sara, mate))
    assert (await activities.client.GetNote(notes.GetNoteRequest(id=written.id), metadata=as_sara)) == written
    timeline = notes.ListActivitiesRequest(subject_type=notes.SUBJECT_TYPE_CONTACT, subject_id=str(contact_id))
    lines = (await activities.client.ListActivities(timeline, metadata=as_sara)).activities
    assert [line.note.id for line in lines if line.type == "note"] == [written.id]
    change = notes.UpdateNoteRequest(note=notes.Note(id=written.id, body="x"), update_mask=FieldMask(paths=["body"]))
    for refused in (
        activities.client.UpdateNote(change, metadata=as_sara),
        activities.client.GetNote(notes.GetNoteRequest(id=other.id), metadata=as_sara),
        activities.client.GetNote(notes.GetNoteRequest(id=written.id), metadata=as_mate),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await refused
        assert refusal(caught.value).reason == "NOTE_NOT_FOUND"
