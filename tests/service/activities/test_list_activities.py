"""ListActivities, over events as contacts publishes them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from crm.activities.v1 import activity_service_pb2 as pb
from crmkit.testing import refusal
from tests.service.activities.conftest import OWNER, TEAM, Activities, event


def about(subject_id: UUID | str, **more: Any) -> pb.ListActivitiesRequest:
    values: dict[str, Any] = {"subject_type": pb.SUBJECT_TYPE_CONTACT, "subject_id": str(subject_id)}
    return pb.ListActivitiesRequest(**values | more)


async def types(activities: Activities, request: pb.ListActivitiesRequest, role: str = "administrator") -> list[str]:
    reply = await activities.client.ListActivities(request, metadata=activities.as_(role))
    return [entry.type for entry in reply.activities]


async def test_a_timeline_tells_what_happened_the_newest_first(activities: Activities) -> None:
    contact_id, operation_id = uuid7(), uuid7()
    await activities.apply(
        [
            event("contact.created", contact_id, operation_id=str(operation_id)),
            event("contact.updated", contact_id, 2, before={"job_title": "Buyer"}, after={"job_title": "Head"}),
            event("contact.deleted", contact_id, 3),
            event("contact.undeleted", contact_id, 4),
        ]
    )
    reply = await activities.client.ListActivities(about(contact_id), metadata=activities.as_())
    told = [entry.type for entry in reply.activities]
    assert told == ["contact.undeleted", "contact.deleted", "contact.updated", "contact.imported"]
    updated, imported = reply.activities[2], reply.activities[3]
    assert [(one.field, one.before.string_value, one.after.string_value) for one in updated.changes] == [
        ("job_title", "Buyer", "Head")
    ]
    assert (imported.operation_id, imported.actor_id) == (str(operation_id), str(OWNER))
    assert imported.subject_type == pb.SUBJECT_TYPE_CONTACT


async def test_an_event_applied_again_appears_once(activities: Activities) -> None:
    contact_id = uuid7()
    events = [event("contact.created", contact_id), event("contact.deleted", contact_id, 2)]
    await activities.apply(events)
    await activities.apply(events)
    await activities.apply(events[:1])
    assert await types(activities, about(contact_id)) == ["contact.deleted", "contact.created"]


async def test_an_older_event_that_comes_late_does_not_change_the_owner_back(activities: Activities) -> None:
    contact_id, successor = uuid7(), uuid7()
    created = event("contact.created", contact_id)
    await activities.apply([event("contact.updated", contact_id, 2, before={}, after={"owner_id": str(successor)})])
    await activities.apply([created])
    mine = activities.as_("representative", user_id=successor)
    reply = await activities.client.ListActivities(about(contact_id), metadata=mine)
    assert [entry.type for entry in reply.activities] == ["contact.updated", "contact.created"]


async def test_contacts_that_join_a_company_appear_on_its_timeline(activities: Activities) -> None:
    company_id = uuid7()
    await activities.apply([event("company.created", company_id)])
    link = {"company_id": str(company_id), "role": "buyer"}
    contact_id = uuid7()
    await activities.apply(
        [event("contact.created", contact_id, 2, after={"display_name": "Nigar Quliyeva", "companies": [link]})]
    )
    request = about(company_id, subject_type=pb.SUBJECT_TYPE_COMPANY)
    reply = await activities.client.ListActivities(request, metadata=activities.as_())
    assert [entry.type for entry in reply.activities] == ["contact.linked", "company.created"]
    told = reply.activities[0].changes[0].after.struct_value
    assert (told["id"], told["display_name"], told["role"]) == (str(contact_id), "Nigar Quliyeva", "buyer")


async def test_a_company_s_timeline_does_not_tell_who_the_caller_may_not_see(activities: Activities) -> None:
    company_id, contact_id, me = uuid7(), uuid7(), uuid7()
    link = {"company_id": str(company_id), "role": "buyer"}
    person = {"display_name": "Nigar Quliyeva", "companies": [link]}
    gone = {"display_name": "Nigar Quliyeva", "companies": []}
    await activities.apply(
        [
            event("company.created", company_id, after={"owner_id": str(me)}),
            event("contact.created", contact_id, 2, after=person),
            event("contact.updated", contact_id, 3, before=person, after=gone),
        ]
    )
    request = about(company_id, subject_type=pb.SUBJECT_TYPE_COMPANY)
    reply = await activities.client.ListActivities(request, metadata=activities.as_("representative", user_id=me))
    assert [entry.type for entry in reply.activities] == ["contact.unlinked", "contact.linked", "company.created"]
    assert "Nigar" not in str(reply) and str(contact_id) not in str(reply)
    assert reply.activities[1].changes[0].after.struct_value["role"] == "buyer"
    await activities.apply([event("contact.updated", contact_id, 4, before=gone, after={**gone, "owner_id": str(me)})])
    reply = await activities.client.ListActivities(request, metadata=activities.as_("representative", user_id=me))
    assert reply.activities[1].changes[0].after.struct_value["display_name"] == "Nigar Quliyeva"


async def test_a_company_s_timeline_does_not_tell_who_was_erased(activities: Activities) -> None:
    company_id, contact_id = uuid7(), uuid7()
    person = {"display_name": "Nigar Quliyeva", "companies": [{"company_id": str(company_id), "role": "buyer"}]}
    erased = event("contact.erased", contact_id, 3)
    erased.ClearField("after")
    await activities.apply(
        [event("company.created", company_id), event("contact.created", contact_id, 2, after=person)]
    )
    await activities.apply([erased])
    request = about(company_id, subject_type=pb.SUBJECT_TYPE_COMPANY)
    reply = await activities.client.ListActivities(request, metadata=activities.as_())
    assert [entry.type for entry in reply.activities] == ["contact.linked", "company.created"]
    assert "Nigar" not in str(reply)


async def test_an_erased_contact_is_not_found_and_its_notes_are_gone(activities: Activities) -> None:
    contact_id = await activities.contact()
    note = pb.Note(subject_type=pb.SUBJECT_TYPE_CONTACT, subject_id=str(contact_id), body="Private")
    written = await activities.client.CreateNote(pb.CreateNoteRequest(note=note), metadata=activities.as_())
    erased = event("contact.erased", contact_id, 2)
    erased.ClearField("after")
    await activities.apply([erased])
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await activities.client.ListActivities(about(contact_id), metadata=activities.as_())
    assert refusal(caught.value).reason == "SUBJECT_NOT_FOUND"
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await activities.client.GetNote(pb.GetNoteRequest(id=written.id), metadata=activities.as_())
    assert refusal(caught.value).reason == "NOTE_NOT_FOUND"


async def test_a_filter_narrows_by_type_actor_and_time(activities: Activities) -> None:
    contact_id, other = uuid7(), uuid7()
    await activities.apply(
        [
            event("contact.created", contact_id),
            event("contact.deleted", contact_id, 2, actor_id=str(other)),
            event("contact.undeleted", contact_id, 3),
        ]
    )
    assert await types(activities, about(contact_id, filter='type = "contact.deleted"')) == ["contact.deleted"]
    assert await types(activities, about(contact_id, filter=f'actor_id = "{other}"')) == ["contact.deleted"]
    late = about(contact_id, filter='occur_time >= "2026-03-01T08:33:00Z"')
    assert await types(activities, late) == ["contact.undeleted"]
    assert await types(activities, about(contact_id, filter='type = "note"')) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id": "7"}, "subject_id"),
        ({"subject_type": 0}, "subject_type"),
        ({"page_size": -1}, "page_size"),
        ({"page_size": 1001}, "page_size"),
        ({"page_token": "x"}, "page_token"),
        ({"filter": "mood = good"}, "filter"),
    ],
)
async def test_a_wrong_request_names_the_field(activities: Activities, wrong: dict[str, Any], field: str) -> None:
    request = about(wrong.pop("id", uuid7()), **wrong)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await activities.client.ListActivities(request, metadata=activities.as_())
    assert (caught.value.code(), refusal(caught.value).fields) == (grpc.StatusCode.INVALID_ARGUMENT, (field,))


async def test_a_token_of_another_timeline_is_refused(activities: Activities) -> None:
    first, second = await activities.contact(), await activities.contact()
    await activities.apply([event("contact.deleted", first, 2)])
    page = await activities.client.ListActivities(about(first, page_size=1), metadata=activities.as_())
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await activities.client.ListActivities(
            about(second, page_token=page.next_page_token), metadata=activities.as_()
        )
    assert refusal(caught.value).reason == "PAGE_TOKEN_INVALID"


async def test_a_stranger_may_not_call(activities: Activities) -> None:
    contact_id = await activities.contact()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await activities.client.ListActivities(about(contact_id))
    assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await activities.client.ListActivities(about(contact_id), metadata=activities.as_("nobody"))
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize(
    ("role", "who", "seen"),
    [
        ("viewer", {}, True),
        ("manager", {"team_id": TEAM}, True),
        ("manager", {"team_id": uuid7()}, False),
        ("representative", {"user_id": OWNER}, True),
        ("representative", {"team_id": TEAM}, False),
    ],
)
async def test_a_timeline_out_of_reach_is_not_found(
    activities: Activities, role: str, who: dict[str, UUID], seen: bool
) -> None:
    contact_id = await activities.contact()
    call = activities.client.ListActivities(about(contact_id), metadata=activities.as_(role, **who))
    if seen:
        assert len((await call).activities) == 1
        return
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    assert refusal(caught.value).reason == "SUBJECT_NOT_FOUND"


async def test_a_record_whose_events_have_not_arrived_is_not_found(activities: Activities) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await activities.client.ListActivities(about(uuid7()), metadata=activities.as_())
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


async def test_a_company_is_not_found_as_a_contact(activities: Activities) -> None:
    contact_id = await activities.contact()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await activities.client.ListActivities(
            about(contact_id, subject_type=pb.SUBJECT_TYPE_COMPANY), metadata=activities.as_()
        )
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(1, 12), page_size=st.integers(1, 5), same_time=st.booleans())
async def test_pages_hold_every_entry_once_in_order_whatever_their_size(
    activities: Activities, count: int, page_size: int, same_time: bool
) -> None:
    contact_id = uuid7()
    events = [event("contact.created", contact_id)]
    events += [event("contact.deleted", contact_id, version) for version in range(2, count + 1)]
    if same_time:
        for one in events:
            one.record_time.CopyFrom(events[0].record_time)
    await activities.apply(events)
    found, token = [], ""
    while True:
        request = about(contact_id, page_size=page_size, page_token=token)
        page = await activities.client.ListActivities(request, metadata=activities.as_())
        assert len(page.activities) <= page_size
        found += [entry.id for entry in page.activities]
        token = page.next_page_token
        if not token:
            break
    assert found == [one.id for one in reversed(events)]
