"""Every RPC × role × ownership: what the contracts' access policies and the shipped roles say, asked of the running
services. An RPC without a case fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import grpc
import pytest
import pytest_asyncio
import requests
from google.protobuf.descriptor import MethodDescriptor

from crm.activities.v1 import activity_service_pb2 as activity
from crm.activities.v1 import notification_service_pb2 as notifications
from crm.common.v1 import access_pb2
from crm.contacts.v1 import bulk_service_pb2, company_service_pb2, contact_service_pb2, import_service_pb2
from crm.identity.v1 import account_service_pb2, colleague_service_pb2, rights_service_pb2, view_service_pb2
from crm.identity.v1 import identity_service_pb2 as identity
from crm.identity.v1.account_service_pb2_grpc import AccountServiceStub
from crm.identity.v1.colleague_service_pb2_grpc import ColleagueServiceStub
from crm.identity.v1.identity_service_pb2_grpc import SessionServiceStub
from crm.identity.v1.preferences_pb2 import Preferences
from crm.identity.v1.view_service_pb2_grpc import ViewServiceStub
from crm.system.v1 import system_service_pb2
from crmkit.access import Scope
from crmkit.testing import refusal
from services.identity.domain.roles import ROLE_IDS, default_rights
from tests.system.authorization_cases import CASES, Case
from tests.system.authorization_world import NEEDED, OWNERSHIPS, PASSWORD, Ownership, World, mask
from tests.system.conftest import Stack

CONTRACTS = (
    activity,
    notifications,
    bulk_service_pb2,
    company_service_pb2,
    contact_service_pb2,
    import_service_pb2,
    identity,
    account_service_pb2,
    colleague_service_pb2,
    rights_service_pb2,
    view_service_pb2,
    system_service_pb2,
)
METHODS: dict[str, MethodDescriptor] = {
    f"{service.name}/{method.name}": method
    for contract in CONTRACTS
    for service in contract.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
# Not decided by roles: tried below, one by one.
PUBLIC = {"SessionService/SignIn", "SessionService/RefreshSession", "SessionService/SignOut", "SessionService/GetJwks"}
SIGNED_IN = {
    "SessionService/GetMe",
    "SessionService/ChangePassword",
    "AccountService/UpdatePreferences",
    "AccountService/ListSessions",
    "AccountService/EndSession",
    "ColleagueService/ListColleagues",
    "ColleagueService/BatchGetColleagues",
    "NotificationService/ListNotifications",
    "NotificationService/MarkNotificationsRead",
    "ViewService/GetView",
    "ViewService/ListViews",
}


def policy(name: str) -> Any:
    return METHODS[name].GetOptions().Extensions[access_pb2.access]


@pytest_asyncio.fixture(scope="module")
async def world(stack: Stack) -> AsyncIterator[World]:
    made = World(stack.http_port, stack.token())
    await made.people()
    yield made
    await made.close()


def test_every_rpc_has_a_case_and_a_policy() -> None:
    assert set(METHODS) == set(CASES) | PUBLIC | SIGNED_IN
    levels = access_pb2.AccessPolicy.Level
    assert {name for name in METHODS if policy(name).level == levels.LEVEL_PUBLIC} == PUBLIC
    assert {name for name in METHODS if policy(name).level == levels.LEVEL_SIGNED_IN} == SIGNED_IN


def expected(name: str, case: Case, role: str, ownership: Ownership) -> str:
    """ "OK", "HIDDEN" (a reply without the record), a code, or the reason of a rule."""
    rights = default_rights(role)
    given = policy(name)
    scope = rights[given.object][given.action]
    if scope is Scope.NONE:
        return "PERMISSION_DENIED"
    if case.also is not None:
        scope = rights[case.also[0]][case.also[1]]
    if scope < NEEDED[ownership]:
        return "HIDDEN" if case.found else case.beyond
    return (case.rule or {}).get(ownership, "OK")


async def outcome(case: Case, name: str, record: Any, metadata: tuple[tuple[str, str], ...], world: World) -> str:
    """What the service answered, in the words of `expected`."""
    call = getattr(world.stub(case.stub), name.split("/")[1])
    try:
        replied = call(case.request(record), metadata=metadata)
        reply = [message async for message in replied] if METHODS[name].server_streaming else await replied
    except grpc.aio.AioRpcError as error:
        reason = refusal(error).reason
        return reason if reason in (case.rule or {}).values() else error.code().name
    return "OK" if case.found is None or case.found(reply, record) else "HIDDEN"


@pytest.mark.parametrize("name", CASES)
async def test_each_role_reaches_what_its_scope_says_and_nothing_else(world: World, name: str) -> None:
    case, wrong = CASES[name], []
    for role in ROLE_IDS:
        for ownership in case.ownerships:
            wanted = expected(name, case, role, ownership)
            record = await case.make(world, world.callers[role], ownership)
            caller = world.callers[role]
            if record is None and wanted != "PERMISSION_DENIED":
                continue
            got = await outcome(case, name, record if record is not None else _none(), caller.metadata, world)
            if got != wanted:
                wrong.append(f"{role} on {ownership}: expected {wanted}, got {got}")
    assert not wrong


@pytest.mark.parametrize("name", sorted(set(METHODS) - PUBLIC))
async def test_without_a_token_no_service_answers_whatever_headers_claim(world: World, name: str) -> None:
    claims = (
        ("x-user-id", world.callers["administrator"].id),
        ("x-forwarded-user", world.callers["administrator"].email),
        ("x-crm-roles", "administrator"),
        ("x-jwt-payload", "eyJzdWIiOiJhZG1pbiIsInJvbGVzIjpbImFkbWluaXN0cmF0b3IiXX0"),
        ("cookie", f"crm_access={world.callers['administrator'].token}"),
    )
    method = METHODS[name]
    path = f"/{method.containing_service.full_name}/{method.name}"
    domain = path.split(".")[1]
    channel: Any = world.channel("activities" if domain == "system" else domain)
    if method.client_streaming:
        call = channel.stream_unary(path)(iter([b""]), metadata=claims)
    elif method.server_streaming:
        call = channel.unary_stream(path)(b"", metadata=claims).read()
    else:
        call = channel.unary_unary(path)(b"", metadata=claims)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    assert (caught.value.code(), refusal(caught.value).reason) == (
        grpc.StatusCode.UNAUTHENTICATED,
        "SIGN_IN_REQUIRED",
    )


@pytest.mark.parametrize("role", ROLE_IDS)
async def test_every_role_knows_who_it_is_and_what_it_may(world: World, role: str) -> None:
    caller = world.callers[role]
    me = await world.stub(SessionServiceStub).GetMe(identity.GetMeRequest(), metadata=caller.metadata)
    shipped = default_rights(role)
    assert {(right.object, right.action): right.scope for right in me.rights} == {
        (name, action): int(scope)
        for name, actions in shipped.items()
        for action, scope in actions.items()
        if scope > Scope.NONE
    }
    weak = identity.ChangePasswordRequest(current_password=PASSWORD, new_password="short")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await world.stub(SessionServiceStub).ChangePassword(weak, metadata=caller.metadata)
    assert refusal(caught.value).reason == "PASSWORD_WEAK"


@pytest.mark.parametrize("role", ROLE_IDS)
async def test_every_role_keeps_preferences_and_knows_its_colleagues(world: World, role: str) -> None:
    caller, stranger = world.callers[role], world.others["other"]
    change = account_service_pb2.UpdatePreferencesRequest(
        preferences=Preferences(theme="dark"), update_mask=mask("theme")
    )
    changed = await world.stub(AccountServiceStub).UpdatePreferences(change, metadata=caller.metadata)
    assert changed.theme == "dark"
    account = world.stub(AccountServiceStub)
    mine = await account.ListSessions(account_service_pb2.ListSessionsRequest(), metadata=caller.metadata)
    assert [session.current for session in mine.sessions].count(True) == 1
    theirs = await account.ListSessions(account_service_pb2.ListSessionsRequest(), metadata=stranger.metadata)
    ending = account_service_pb2.EndSessionRequest(id=theirs.sessions[0].id)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await account.EndSession(ending, metadata=caller.metadata)
    assert refusal(caught.value).reason == "SESSION_NOT_FOUND"
    colleagues = world.stub(ColleagueServiceStub)
    search = colleague_service_pb2.ListColleaguesRequest(query=stranger.email)
    listed = await colleagues.ListColleagues(search, metadata=caller.metadata)
    assert [colleague.id for colleague in listed.colleagues] == [stranger.id]
    batch = colleague_service_pb2.BatchGetColleaguesRequest(ids=[stranger.id])
    assert (await colleagues.BatchGetColleagues(batch, metadata=caller.metadata)).colleagues == listed.colleagues


@pytest.mark.parametrize("role", ROLE_IDS)
async def test_views_are_read_by_those_they_are_shared_with(world: World, role: str) -> None:
    """And, where they are shared at all, by who may change them."""
    caller, stub = world.callers[role], world.stub(ViewServiceStub)
    team_of: dict[Ownership, str] = {"own": caller.team_id, "team": world.teams["team"], "other": world.teams["other"]}
    for ownership in OWNERSHIPS:
        owner = world.others["team"] if ownership == "own" else world.owner(caller, ownership)
        private = await world.view(owner, "own")
        view = view_service_pb2.View(
            name=private.name + "!", object="contact", sharing=view_service_pb2.SHARING_TEAM, team_id=team_of[ownership]
        )
        made = view_service_pb2.CreateViewRequest(view=view)
        shared = await stub.CreateView(made, metadata=world.admin)
        reaches = ownership == "own" or default_rights(role)["view"]["update"] >= NEEDED[ownership]
        for record, wanted in ((private, False), (shared, reaches)):
            listing = view_service_pb2.ListViewsRequest(show_all=True, page_size=1000)
            listed = await stub.ListViews(listing, metadata=caller.metadata)
            assert (record.id in [view.id for view in listed.views]) == wanted, ownership
            get = stub.GetView(view_service_pb2.GetViewRequest(id=record.id), metadata=caller.metadata)
            if wanted:
                assert (await get).id == record.id
            else:
                with pytest.raises(grpc.aio.AioRpcError) as caught:
                    await get
                assert refusal(caught.value).reason == "VIEW_NOT_FOUND"


async def test_what_is_public_asks_for_no_token(world: World) -> None:
    stub = world.stub(SessionServiceStub)
    assert (await stub.GetJwks(identity.GetJwksRequest())).jwks_json
    await stub.SignOut(identity.SignOutRequest(refresh_token="unknown"))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stub.RefreshSession(identity.RefreshSessionRequest(refresh_token="unknown"))
    assert refusal(caught.value).reason == "REFRESH_TOKEN_INVALID"


@pytest.mark.parametrize("role", ROLE_IDS)
async def test_the_gateway_gives_the_same_answers(world: World, stack: Stack, role: str) -> None:
    caller, statuses = world.callers[role], {"OK": 200, "NOT_FOUND": 404, "PERMISSION_DENIED": 403}
    for ownership in OWNERSHIPS:
        contact = await world.contact(world.owner(caller, ownership))
        address = f"{stack.address}/v1/contacts/{contact.id}"
        for verb, name in (("GET", "GetContact"), ("PATCH", "UpdateContact"), ("DELETE", "DeleteContact")):
            body = {"contact": {"jobTitle": "Buyer"}, "updateMask": "jobTitle"} if verb == "PATCH" else None
            headers = {"authorization": f"Bearer {caller.token}"}
            ask = partial(requests.request, verb, address, json=body, headers=headers, timeout=10)
            answer = await asyncio.to_thread(ask)
            wanted = expected(f"ContactService/{name}", CASES[f"ContactService/{name}"], role, ownership)
            assert answer.status_code == statuses[wanted], (ownership, verb, answer.text)


def _none() -> Any:
    """Stands for a record that this caller can have none of: the refusal must not depend on it."""
    return "00000000-0000-7000-8000-000000000000"
