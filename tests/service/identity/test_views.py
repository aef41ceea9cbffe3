"""Saved views, method by method: anonymous, forbidden, missing, valid, conflict."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from crm.identity.v1 import identity_service_pb2 as pb
from crm.identity.v1 import view_service_pb2 as views
from tests.service.identity.conftest import Identity, Person, refused

NOBODY = str(uuid7())
COLUMNS = [views.ViewColumn(id="display_name", width=240), views.ViewColumn(id="custom.tier")]


def creation(name: str = "", request_id: str = "", **fields: Any) -> views.CreateViewRequest:
    view = views.View(**{"name": name or uuid7().hex, "object": "contact"} | fields)
    return views.CreateViewRequest(view=view, request_id=request_id)


def update(id_: str, etag: str = "", **fields: Any) -> views.UpdateViewRequest:
    return views.UpdateViewRequest(view=views.View(id=id_, etag=etag, **fields), update_mask=FieldMask(paths=[*fields]))


CALLS = {
    "GetView": views.GetViewRequest(id=NOBODY),
    "ListViews": views.ListViewsRequest(),
    "CreateView": creation(),
    "UpdateView": update(NOBODY, pinned=True),
    "DeleteView": views.DeleteViewRequest(id=NOBODY),
}


async def create(identity: Identity, person: Person, name: str = "", **fields: Any) -> Any:
    return await identity.views.CreateView(creation(name, **fields), metadata=person.as_)


async def seen(identity: Identity, person: Person, **request: Any) -> list[str]:
    asked = views.ListViewsRequest(**{"page_size": 1000} | request)
    return [view.id for view in (await identity.views.ListViews(asked, metadata=person.as_)).views]


async def read(identity: Identity, person: Person, view: Any) -> Any:
    return await identity.views.GetView(views.GetViewRequest(id=view.id), metadata=person.as_)


@pytest.mark.parametrize("method", CALLS)
async def test_without_a_token_nothing_happens(identity: Identity, method: str) -> None:
    answer = await refused(getattr(identity.views, method)(CALLS[method]))
    assert (answer.code, answer.reason) == (grpc.StatusCode.UNAUTHENTICATED, "SIGN_IN_REQUIRED")


@pytest.mark.parametrize("method", ["GetView", "UpdateView", "DeleteView"])
async def test_an_unknown_view_is_not_found(identity: Identity, admin: Person, method: str) -> None:
    answer = await refused(getattr(identity.views, method)(CALLS[method], metadata=admin.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.NOT_FOUND, "VIEW_NOT_FOUND")


async def test_a_view_comes_back_as_it_was_saved_and_is_told_of(identity: Identity) -> None:
    person = await identity.person("viewer")
    fields = {
        "filter": 'tags:"مشتری"  AND lifecycle_stage = customer',
        "order_by": "update_time desc",
        "columns": COLUMNS,
        "density": "compact",
        "pinned": True,
        "position": 3,
    }
    made = await create(identity, person, "  Mine  only ", **fields)
    assert (made.name, made.owner_id, made.sharing) == ("Mine only", person.id, views.SHARING_PRIVATE)
    assert {name: getattr(made, name) for name in fields} == fields
    assert await read(identity, person, made) == made
    (event,) = await identity.events(made.id)
    assert (event.type, str(event.actor_id), event.after["filter"]) == ("view.created", person.id, fields["filter"])


async def test_a_private_view_is_nobody_elses_not_even_an_administrators(identity: Identity, admin: Person) -> None:
    team = await identity.team()
    owner, mate = await identity.person("agent", team), await identity.person("manager", team)
    view = await create(identity, owner)
    for other in (mate, admin):
        for call in (
            read(identity, other, view),
            identity.views.UpdateView(update(view.id, pinned=True), metadata=other.as_),
            identity.views.DeleteView(views.DeleteViewRequest(id=view.id), metadata=other.as_),
        ):
            assert (await refused(call)).reason == "VIEW_NOT_FOUND"
        assert view.id not in await seen(identity, other, show_all=True)


async def test_a_view_shared_with_a_team_is_for_it_and_the_teams_below(identity: Identity, admin: Person) -> None:
    top = await identity.team()
    below, beside = await identity.team(parent_id=top), await identity.team()
    owner = await identity.person("agent", top)
    mate, lower = await identity.person("viewer", top), await identity.person("viewer", below)
    stranger, nobody = await identity.person("viewer", beside), await identity.person("viewer")
    view = await create(identity, owner, sharing=views.SHARING_TEAM, team_id=str(top))
    for reader in (owner, mate, lower):
        assert view.id in await seen(identity, reader)
        assert await read(identity, reader, view) == view
    for other in (stranger, nobody):
        assert view.id not in await seen(identity, other, show_all=True)
        assert (await refused(read(identity, other, view))).reason == "VIEW_NOT_FOUND"
    assert view.id not in await seen(identity, admin)
    assert view.id in await seen(identity, admin, show_all=True)


async def test_who_only_reads_a_view_cannot_change_it(identity: Identity, admin: Person) -> None:
    owner, reader = await identity.person("manager"), await identity.person("agent")
    view = await create(identity, owner, sharing=views.SHARING_ALL)
    for call in (
        identity.views.UpdateView(update(view.id, name="Mine"), metadata=reader.as_),
        identity.views.DeleteView(views.DeleteViewRequest(id=view.id), metadata=reader.as_),
    ):
        answer = await refused(call)
        assert (answer.code, answer.reason) == (grpc.StatusCode.PERMISSION_DENIED, "VIEW_OF_ANOTHER")
    changed = await identity.views.UpdateView(update(view.id, pinned=True), metadata=admin.as_)
    assert (changed.pinned, changed.owner_id, changed.audit.updated_by) == (True, owner.id, admin.id)
    await identity.views.DeleteView(views.DeleteViewRequest(id=view.id), metadata=admin.as_)
    assert (await refused(read(identity, owner, view))).reason == "VIEW_NOT_FOUND"
    types = [event.type for event in await identity.events(view.id)]
    assert types == ["view.created", "view.updated", "view.deleted"]


async def test_sharing_needs_the_right_to_also_afterwards(identity: Identity) -> None:
    team, elsewhere = await identity.team(), await identity.team()
    viewer, agent = await identity.person("viewer", team), await identity.person("agent", team)
    with_team: dict[str, Any] = {"sharing": views.SHARING_TEAM, "team_id": str(team)}
    with_all: dict[str, Any] = {"sharing": views.SHARING_ALL}
    with_others = with_team | {"team_id": str(elsewhere)}
    for person, fields in ((viewer, with_team), (viewer, with_all), (agent, with_all), (agent, with_others)):
        answer = await refused(create(identity, person, **fields))
        assert (answer.code, answer.reason) == (grpc.StatusCode.PERMISSION_DENIED, "SHARING_FORBIDDEN")
        mine = await create(identity, person)
        answer = await refused(identity.views.UpdateView(update(mine.id, **fields), metadata=person.as_))
        assert answer.reason == "SHARING_FORBIDDEN"
    shared = await create(identity, agent, **with_team)
    private = update(shared.id, sharing=views.SHARING_PRIVATE)
    taken_back = await identity.views.UpdateView(private, metadata=agent.as_)
    assert (taken_back.sharing, taken_back.team_id) == (views.SHARING_PRIVATE, "")


async def test_a_view_of_a_deleted_team_is_private_again(identity: Identity, admin: Person) -> None:
    team = await identity.team()
    view = await create(identity, admin, sharing=views.SHARING_TEAM, team_id=str(team))
    await identity.directory.DeleteTeam(pb.DeleteTeamRequest(id=str(team)), metadata=admin.as_)
    found = await read(identity, admin, view)
    assert (found.sharing, found.team_id) == (views.SHARING_PRIVATE, "")


async def test_a_name_is_taken_once_an_owner_and_object_also_at_once(identity: Identity) -> None:
    person, other = await identity.person(), await identity.person()
    first = await create(identity, person, "Əla müştərilər")
    answer = await refused(create(identity, person, "ela  MÜŞTERİLER"))
    assert (answer.code, answer.reason) == (grpc.StatusCode.ALREADY_EXISTS, "VIEW_NAME_TAKEN")
    await create(identity, person, "Əla müştərilər", object="company")
    await create(identity, other, "Əla müştərilər")
    second = await create(identity, person, "Second")
    taken = await refused(identity.views.UpdateView(update(second.id, name=first.name), metadata=person.as_))
    assert taken.reason == "VIEW_NAME_TAKEN"
    answers = await asyncio.gather(*(create(identity, person, "Race") for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(answer, views.View) for answer in answers) == 1


async def test_two_hundred_views_are_enough_for_anyone(identity: Identity) -> None:
    person = await identity.person()
    fill = (
        "INSERT INTO saved_view (id, owner_id, name, name_key, object, filter, order_by, columns, density,"
        " shared_with_all, pinned, position) SELECT gen_random_uuid(), :owner, n::text, n::text, 'contact', '', '',"
        " '[]', 'compact', false, false, 0 FROM generate_series(1, 198) n"
    )
    await identity.execute(fill, owner=UUID(person.id))
    answers = await asyncio.gather(*(create(identity, person) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(answer, views.View) for answer in answers) == 2
    answer = await refused(create(identity, person))
    assert (answer.code, answer.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "VIEWS_TOO_MANY")


async def test_a_list_is_by_object_position_and_name_a_page_at_a_time(identity: Identity) -> None:
    person = await identity.person()
    for name, position, object_ in (("c", 0, "contact"), ("b", 5, "contact"), ("a", 5, "contact"), ("d", 9, "company")):
        await create(identity, person, name, position=position, object=object_)
    request = views.ListViewsRequest(page_size=2)
    mine: list[str] = []
    while True:
        page = await identity.views.ListViews(request, metadata=person.as_)
        assert len(page.views) <= 2
        mine += [view.name for view in page.views if view.owner_id == person.id]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    assert mine == ["d", "c", "a", "b"]
    only = views.ListViewsRequest(object="company", page_size=1000)
    companies = (await identity.views.ListViews(only, metadata=person.as_)).views
    assert {view.object for view in companies} == {"company"}


async def test_of_two_changes_of_one_version_the_second_is_told(identity: Identity) -> None:
    person = await identity.person()
    view = await create(identity, person)
    changed = await identity.views.UpdateView(update(view.id, view.etag, columns=COLUMNS), metadata=person.as_)
    assert (list(changed.columns), changed.filter) == (COLUMNS, "")
    late = await refused(identity.views.UpdateView(update(view.id, view.etag, filter="x"), metadata=person.as_))
    assert (late.code, late.reason) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")
    outdated = views.DeleteViewRequest(id=view.id, etag=view.etag)
    assert (await refused(identity.views.DeleteView(outdated, metadata=person.as_))).reason == "ETAG_MISMATCH"
    again = await identity.views.UpdateView(update(view.id, columns=COLUMNS), metadata=person.as_)
    assert again == changed
    assert len(await identity.events(view.id)) == 2


async def test_a_creation_repeated_by_request_id_creates_once(identity: Identity) -> None:
    person = await identity.person()
    request = creation(request_id=str(uuid7()))
    first = await identity.views.CreateView(request, metadata=person.as_)
    assert await identity.views.CreateView(request, metadata=person.as_) == first


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"name": " "}, "VIEW_INVALID", "view.name"),
        ({"object": "password"}, "VIEW_INVALID", "view.object"),
        ({"filter": "x" * 8193}, "VIEW_INVALID", "view.filter"),
        ({"sharing": 9}, "VIEW_INVALID", "view.sharing"),
        ({"sharing": views.SHARING_TEAM}, "VIEW_INVALID", "view.team_id"),
        ({"sharing": views.SHARING_TEAM, "team_id": NOBODY}, "VIEW_INVALID", "view.team_id"),
        ({"team_id": "7"}, "ID_INVALID", "view.team_id"),
    ],
)
async def test_wrong_fields_are_refused(
    identity: Identity, admin: Person, fields: dict[str, Any], reason: str, field: str
) -> None:
    answer = await refused(create(identity, admin, **{"name": "x"} | fields))
    assert (answer.code, answer.reason, answer.fields) == (grpc.StatusCode.INVALID_ARGUMENT, reason, (field,))


async def test_the_object_and_the_owner_of_a_view_stay(identity: Identity, admin: Person) -> None:
    view = await create(identity, admin)
    for fields in ({"object": "company"}, {"owner_id": NOBODY}):
        answer = await refused(identity.views.UpdateView(update(view.id, **fields), metadata=admin.as_))
        assert answer.reason == "UPDATE_MASK_INVALID"
