"""The timeline of a company with those of its people among it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import grpc
import orjson
import pytest
from nats.aio.msg import Msg
from uuid_utils.compat import uuid7

from crm.activities.v1 import activity_service_pb2 as pb
from crm.events.v1.event_pb2 import Event
from crmkit.events import payload
from crmkit.testing import refusal
from services.activities.workers.hints import is_note, tell_of_lines, tell_of_notes
from tests.service.activities.conftest import OWNER, TEAM, Activities, event


def role_at(company_id: UUID) -> dict[str, Any]:
    return {"companies": [{"company_id": str(company_id), "role": "Buyer"}]}


async def company_with(activities: Activities, people: Sequence[UUID], **after: Any) -> UUID:
    """A company, created in minute 1, whose people were created in minutes 2, 3, …"""
    company_id = uuid7()
    events = [event("company.created", company_id, after={"name": "Harbour"})]
    for minute, contact_id in enumerate(people, 2):
        state = {"display_name": f"Person {minute}", **role_at(company_id), **after}
        events.append(event("contact.created", contact_id, minute, after=state))
    await activities.apply(events)
    return company_id


async def lines(activities: Activities, company_id: UUID, metadata: Any = None, **more: Any) -> list[pb.Activity]:
    page = await page_of(activities, company_id, metadata, **more)
    return list(page.activities)


async def page_of(
    activities: Activities, company_id: UUID, metadata: Any = None, **more: Any
) -> pb.ListActivitiesResponse:
    request = pb.ListActivitiesRequest(
        subject_type=pb.SUBJECT_TYPE_COMPANY, subject_id=str(company_id), **{"include_people": True, **more}
    )
    page: pb.ListActivitiesResponse = await activities.client.ListActivities(
        request, metadata=metadata or activities.as_()
    )
    return page


async def changed(activities: Activities, contact_id: UUID, minute: int, company_id: UUID, **more: Any) -> None:
    state = {"display_name": "Somebody", **role_at(company_id), **more}
    await activities.apply(
        [
            event(
                "contact.updated",
                contact_id,
                minute,
                before={**state, "job_title": "A"},
                after={**state, "job_title": "B"},
            )
        ]
    )


async def test_lines_of_people_stand_among_those_of_the_company_with_their_names(activities: Activities) -> None:
    person = uuid7()
    company_id = await company_with(activities, [person])
    await changed(activities, person, 9, company_id)
    found = await lines(activities, company_id)
    # The creation joined the company, too: of one event there is one line, the company's.
    assert [one.type for one in found] == ["contact.updated", "contact.linked", "company.created"]
    assert (found[0].subject_id, found[0].subject_type) == (str(person), pb.SUBJECT_TYPE_CONTACT)
    assert found[0].subject_name == "Somebody"
    assert (found[1].subject_id, found[1].subject_name) == (str(company_id), "")
    assert [one.type for one in await lines(activities, company_id, include_people=False)] == [
        "contact.linked",
        "company.created",
    ]


async def test_pages_follow_each_other_without_a_gap(activities: Activities) -> None:
    people = [uuid7() for _ in range(4)]
    company_id = await company_with(activities, people)
    for minute in range(10, 22):
        await changed(activities, people[minute % 4], minute, company_id)
    whole = [(one.id, one.subject_id) for one in await lines(activities, company_id, page_size=100)]
    assert len(whole) == 1 + 4 + 12
    paged, token = [], ""
    while True:
        page = await page_of(activities, company_id, page_size=3, page_token=token)
        paged += [(one.id, one.subject_id) for one in page.activities]
        token = page.next_page_token
        if not token:
            break
    assert paged == whole
    kinds = {one.type for one in await lines(activities, company_id, filter='type = "contact.updated"')}
    assert kinds == {"contact.updated"}


async def test_whoever_may_not_see_a_person_sees_nothing_of_them(activities: Activities) -> None:
    manager, stranger = uuid7(), uuid7()
    seen, hidden = uuid7(), uuid7()
    company_id = await company_with(activities, [seen])
    other_team = {"owner_id": str(stranger), "team_id": str(uuid7())}
    await activities.apply(
        [event("contact.created", hidden, 3, after={"display_name": "Secret", **role_at(company_id), **other_team})]
    )
    await changed(activities, seen, 10, company_id)
    await changed(activities, hidden, 11, company_id, display_name="Secret", **other_team)
    about = pb.Note(subject_type=pb.SUBJECT_TYPE_CONTACT, subject_id=str(hidden), body="Secret words")
    await activities.client.CreateNote(pb.CreateNoteRequest(note=about), metadata=activities.as_())
    everything = await page_of(activities, company_id)
    assert {str(seen), str(hidden)} < {one.subject_id for one in everything.activities}

    own = activities.as_("manager", user_id=manager, team_id=TEAM, team_ids=(TEAM,))
    found = await page_of(activities, company_id, own)
    assert {one.subject_id for one in found.activities} == {str(company_id), str(seen)}
    assert "Secret" not in str(found)
    assert str(hidden) not in str(found)
    # Nor by asking page after page, or for notes alone.
    assert "Secret" not in str(await page_of(activities, company_id, own, filter='type = "note"'))


async def test_a_person_who_comes_into_sight_or_out_of_it_is_shown_as_rights_are_now(activities: Activities) -> None:
    person, manager = uuid7(), uuid7()
    company_id = await company_with(activities, [person])
    await changed(activities, person, 9, company_id)
    own = activities.as_("manager", user_id=manager, team_id=TEAM, team_ids=(TEAM,))
    assert str(person) in {one.subject_id for one in await lines(activities, company_id, own)}
    moved = {"owner_id": str(uuid7()), "team_id": str(uuid7())}
    await changed(activities, person, 10, company_id, **moved)
    assert {one.subject_id for one in await lines(activities, company_id, own)} == {str(company_id)}


async def test_the_note_of_a_person_is_left_out_where_it_may_not_be_read(activities: Activities) -> None:
    person, manager = uuid7(), uuid7()
    company_id = await company_with(activities, [person])
    about = pb.Note(subject_type=pb.SUBJECT_TYPE_CONTACT, subject_id=str(person), body="For managers")
    await activities.client.CreateNote(pb.CreateNoteRequest(note=about), metadata=activities.as_())
    assert (await lines(activities, company_id))[0].note.body == "For managers"
    own = activities.as_("manager", user_id=manager, team_id=TEAM, team_ids=(TEAM,))
    assert "For managers" not in str(await page_of(activities, company_id, own))


async def test_who_left_or_was_erased_is_no_longer_among_them(activities: Activities) -> None:
    left, erased = uuid7(), uuid7()
    company_id = await company_with(activities, [left, erased])
    state = {"display_name": "Leaver"}
    await activities.apply(
        [event("contact.updated", left, 7, before={**state, **role_at(company_id)}, after={**state, "companies": []})]
    )
    gone = event("contact.erased", erased, 8)
    gone.ClearField("after")
    await activities.apply([gone])
    found = await lines(activities, company_id)
    assert {one.subject_id for one in found} == {str(company_id)}
    assert found[0].type == "contact.unlinked"


async def test_a_company_out_of_sight_stays_so_with_its_people(activities: Activities) -> None:
    person = uuid7()
    company_id = await company_with(activities, [person])
    stranger = activities.as_("representative", user_id=uuid7())
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await lines(activities, company_id, stranger)
    assert refusal(caught.value).reason == "SUBJECT_NOT_FOUND"


async def test_a_representative_sees_of_a_company_only_the_own_people(activities: Activities) -> None:
    representative, own_person, other_person = uuid7(), uuid7(), uuid7()
    mine = {"owner_id": str(representative)}
    company_id = uuid7()
    await activities.apply(
        [
            event("company.created", company_id, after=mine),
            event("contact.created", own_person, 2, after={"display_name": "Mine", **role_at(company_id), **mine}),
            event("contact.created", other_person, 3, after={"display_name": "Secret", **role_at(company_id)}),
        ]
    )
    await changed(activities, own_person, 10, company_id, **mine)
    await changed(activities, other_person, 11, company_id, display_name="Secret")
    metadata = activities.as_("representative", user_id=representative)
    page = await page_of(activities, company_id, metadata)
    assert {one.subject_id for one in page.activities} == {str(company_id), str(own_person)}
    assert "Secret" not in str(page) and str(other_person) not in str(page)


async def test_open_windows_are_told_of_a_person_and_the_company_once_there_is_something_to_read(
    activities: Activities,
) -> None:
    heard: asyncio.Queue[Msg] = asyncio.Queue()
    subscription = await activities.runtime.nats.subscribe("crm.activities.hint", cb=heard.put)
    await activities.runtime.nats.flush()
    person = uuid7()
    company_id = await company_with(activities, [person])
    state = {"display_name": "Somebody", **role_at(company_id)}
    await tell_of_lines(activities.runtime, [event("contact.updated", person, 2, before=state, after=state)])
    about = pb.Note(subject_type=pb.SUBJECT_TYPE_CONTACT, subject_id=str(person), body="A note")
    await activities.client.CreateNote(pb.CreateNoteRequest(note=about), metadata=activities.as_())
    note = Event(aggregate_type="note", after=orjson.dumps({"subject_id": str(person)}).decode())
    assert is_note(note)
    await tell_of_notes(activities.runtime, [note])
    for _ in range(2):
        found = payload.decode((await asyncio.wait_for(heard.get(), 10)).data)
        assert {(one.type, one.aggregate_id) for one in found} == {
            ("timeline.updated", str(person)),
            ("timeline.updated", str(company_id)),
        }
        # By these the edge knows who may hear of it.
        assert all(payload.after(one) == {"owner_id": str(OWNER), "team_id": str(TEAM)} for one in found)
    await subscription.unsubscribe()
