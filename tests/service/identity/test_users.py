"""Users, method by method: anonymous, forbidden, missing, valid, conflict."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any
from uuid import UUID

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from sqlalchemy import text
from uuid_utils.compat import uuid7

from crm.identity.v1 import identity_service_pb2 as pb
from crmkit.access import Scope
from services.identity.api import hashing
from tests.service.identity.conftest import ADMIN, PASSWORD, Identity, Person, defaults, eventually, refused

NOBODY = str(uuid7())


def new_user(**fields: Any) -> pb.User:
    return pb.User(**{"email": f"{uuid7().hex}@example.com", "display_name": "New", "role_ids": ["viewer"]} | fields)


def creation(password: str = PASSWORD, request_id: str = "", **fields: Any) -> pb.CreateUserRequest:
    return pb.CreateUserRequest(user=new_user(**fields), password=password, request_id=request_id)


def update(id_: str, etag: str = "", **fields: Any) -> pb.UpdateUserRequest:
    return pb.UpdateUserRequest(user=pb.User(id=id_, etag=etag, **fields), update_mask=FieldMask(paths=list(fields)))


CALLS = {
    "GetUser": pb.GetUserRequest(id=NOBODY),
    "ListUsers": pb.ListUsersRequest(),
    "CreateUser": creation(),
    "UpdateUser": update(NOBODY, display_name="X"),
    "DeactivateUser": pb.DeactivateUserRequest(id=NOBODY),
    "ReactivateUser": pb.ReactivateUserRequest(id=NOBODY),
    "ResetPassword": pb.ResetPasswordRequest(id=NOBODY, new_password=PASSWORD),
}
OF_ONE = [name for name in CALLS if name not in ("ListUsers", "CreateUser")]


@pytest.mark.parametrize("method", CALLS)
async def test_without_a_token_nothing_happens(identity: Identity, method: str) -> None:
    answer = await refused(getattr(identity.directory, method)(CALLS[method]))
    assert (answer.code, answer.reason) == (grpc.StatusCode.UNAUTHENTICATED, "SIGN_IN_REQUIRED")


@pytest.mark.parametrize("method", ["CreateUser", "DeactivateUser", "ReactivateUser", "ResetPassword"])
@pytest.mark.parametrize("role", ["manager", "representative", "marketer", "agent", "viewer"])
async def test_only_administrators_administer(identity: Identity, method: str, role: str) -> None:
    person = await identity.person(role)
    answer = await refused(getattr(identity.directory, method)(CALLS[method], metadata=person.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.PERMISSION_DENIED, "PERMISSION_DENIED")


@pytest.mark.parametrize("method", OF_ONE)
async def test_an_unknown_user_is_not_found(identity: Identity, admin: Person, method: str) -> None:
    answer = await refused(getattr(identity.directory, method)(CALLS[method], metadata=admin.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.NOT_FOUND, "USER_NOT_FOUND")


@pytest.mark.parametrize("method", [name for name in OF_ONE if name != "UpdateUser"])
async def test_an_id_that_is_none_is_named(identity: Identity, admin: Person, method: str) -> None:
    request = type(CALLS[method]).FromString(b"\x0a\x017")  # id = "7" in each of them
    answer = await refused(getattr(identity.directory, method)(request, metadata=admin.as_))
    assert (answer.reason, answer.fields) == ("ID_INVALID", ("id",))


async def test_a_created_user_can_sign_in_and_is_told_of(identity: Identity, admin: Person) -> None:
    team = await identity.team()
    request = creation(role_ids=["agent", "viewer"], team_id=str(team), language="fa", time_zone="Asia/Tehran")
    user = await identity.directory.CreateUser(request, metadata=admin.as_)
    assert (user.active, user.calendar, list(user.role_ids)) == (True, "jalali", ["agent", "viewer"])
    assert (user.audit.created_by, user.team_id) == (admin.id, str(team))
    assert (await identity.sign_in(user.email)).me.user.id == user.id
    (event,) = await identity.events(user.id)
    assert (event.type, str(event.actor_id), event.before) == ("user.created", admin.id, None)
    assert not {key for key in event.after if "password" in key or "hash" in key}


async def test_the_same_creation_twice_by_request_id_creates_once(identity: Identity, admin: Person) -> None:
    request = creation(request_id=str(uuid7()))
    first = await identity.directory.CreateUser(request, metadata=admin.as_)
    assert await identity.directory.CreateUser(request, metadata=admin.as_) == first


async def test_a_stored_fingerprint_of_a_request_gives_no_way_to_guess_its_password(
    identity: Identity, admin: Person
) -> None:
    """Else a copy of the table would stand in for the slow hash with a fast one."""
    request = creation(request_id=str(uuid7()))
    await identity.directory.CreateUser(request, metadata=admin.as_)
    async with identity.runtime.reader.connect() as db:
        prints = (await db.execute(text("SELECT fingerprint FROM idempotency"))).scalars().all()
    assert prints
    assert hashlib.sha256(request.SerializeToString(deterministic=True)).digest() not in map(bytes, prints)


async def test_an_address_belongs_to_one_user_whatever_its_case(identity: Identity, admin: Person) -> None:
    person = await identity.person()
    taken = await refused(identity.directory.CreateUser(creation(email=person.email.upper()), metadata=admin.as_))
    assert (taken.code, taken.reason) == (grpc.StatusCode.ALREADY_EXISTS, "EMAIL_TAKEN")
    other = await identity.person()
    taken = await refused(identity.directory.UpdateUser(update(other.id, email=person.email), metadata=admin.as_))
    assert taken.reason == "EMAIL_TAKEN"


async def test_two_creations_of_one_address_at_once_make_one_user(identity: Identity, admin: Person) -> None:
    request = creation()
    answers = await asyncio.gather(
        *(identity.directory.CreateUser(request, metadata=admin.as_) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(answer, pb.User) for answer in answers) == 1


@pytest.mark.parametrize(
    ("fields", "password", "reason"),
    [
        ({"email": "nobody"}, PASSWORD, "USER_INVALID"),
        ({"role_ids": []}, PASSWORD, "USER_INVALID"),
        ({"role_ids": ["king"]}, PASSWORD, "USER_INVALID"),
        ({"team_id": NOBODY}, PASSWORD, "USER_INVALID"),
        ({"team_id": "7"}, PASSWORD, "ID_INVALID"),
        ({}, "password1234", "PASSWORD_WEAK"),
        ({}, "", "PASSWORD_WEAK"),
    ],
)
async def test_wrong_fields_are_refused(
    identity: Identity, admin: Person, fields: dict[str, Any], password: str, reason: str
) -> None:
    answer = await refused(identity.directory.CreateUser(creation(password, **fields), metadata=admin.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)
    assert answer.fields


async def test_a_user_is_read_by_everyone(identity: Identity) -> None:
    person, reader = await identity.person(), await identity.person()
    user = await identity.directory.GetUser(pb.GetUserRequest(id=person.id), metadata=reader.as_)
    assert (user.id, user.email, user.active) == (person.id, person.email, True)


async def test_a_list_is_filtered_ordered_and_paged(identity: Identity) -> None:
    team = await identity.team()
    people = [await identity.person("agent", team) for _ in range(5)]
    request = pb.ListUsersRequest(page_size=2, filter=f'team_id = "{team}" AND role_ids:agent', order_by="email desc")
    found: list[str] = []
    for _ in range(3):
        page = await identity.directory.ListUsers(request, metadata=people[0].as_)
        found += [user.email for user in page.users]
        request.page_token = page.next_page_token
    assert found == sorted((person.email for person in people), reverse=True)
    assert not request.page_token


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (pb.ListUsersRequest(filter='password_hash = "x"'), "FILTER_INVALID"),
        (pb.ListUsersRequest(order_by="password_hash"), "ORDER_BY_INVALID"),
        (pb.ListUsersRequest(page_size=1001), "PAGE_SIZE_INVALID"),
        (pb.ListUsersRequest(page_token="forged"), "PAGE_TOKEN_INVALID"),
    ],
)
async def test_a_list_takes_no_unknown_fields(
    identity: Identity, admin: Person, request_: pb.ListUsersRequest, reason: str
) -> None:
    assert (await refused(identity.directory.ListUsers(request_, metadata=admin.as_))).reason == reason


async def test_everyone_keeps_the_own_profile(identity: Identity) -> None:
    person = await identity.person("viewer")
    request = update(person.id, display_name="Ülviyyə", language="az", time_zone="Asia/Baku", calendar="gregorian")
    user = await identity.directory.UpdateUser(request, metadata=person.as_)
    assert (user.display_name, user.language, user.time_zone) == ("Ülviyyə", "az", "Asia/Baku")
    event = (await identity.events(person.id))[-1]
    assert (event.type, event.before["language"], event.after["language"]) == ("user.updated", "", "az")
    await identity.sessions.GetMe(pb.GetMeRequest(), metadata=person.as_)


async def test_somebody_elses_profile_is_not_found_for_writing(identity: Identity) -> None:
    person, other = await identity.person("agent"), await identity.person("agent")
    answer = await refused(identity.directory.UpdateUser(update(other.id, display_name="X"), metadata=person.as_))
    assert answer.reason == "USER_NOT_FOUND"


@pytest.mark.parametrize("fields", [{"email": "x@example.com"}, {"role_ids": ["administrator"]}, {"team_id": NOBODY}])
@pytest.mark.parametrize("role", ["representative", "marketer", "agent", "viewer"])
async def test_nobody_promotes_themselves(identity: Identity, role: str, fields: dict[str, Any]) -> None:
    person = await identity.person(role)
    answer = await refused(identity.directory.UpdateUser(update(person.id, **fields), metadata=person.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.PERMISSION_DENIED, "FIELDS_FORBIDDEN")


async def test_a_manager_edits_the_own_team_but_neither_roles_nor_other_teams(identity: Identity) -> None:
    top = await identity.team()
    below, elsewhere = await identity.team(parent_id=top), await identity.team()
    manager, member = await identity.person("manager", top), await identity.person("agent", below)
    stranger = await identity.person("agent", elsewhere)

    async def change(id_: str, **fields: Any) -> Any:
        return await identity.directory.UpdateUser(update(id_, **fields), metadata=manager.as_)

    assert (await change(member.id, display_name="Renamed")).display_name == "Renamed"
    assert (await change(member.id, team_id=str(top))).team_id == str(top)
    assert (await refused(change(member.id, role_ids=["manager"]))).reason == "FIELDS_FORBIDDEN"
    assert (await refused(change(member.id, email="x@example.com"))).reason == "FIELDS_FORBIDDEN"
    assert (await refused(change(manager.id, role_ids=["administrator"]))).reason == "FIELDS_FORBIDDEN"
    assert (await refused(change(member.id, team_id=str(elsewhere)))).reason == "TEAM_OUT_OF_REACH"
    assert (await refused(change(stranger.id, display_name="X"))).reason == "USER_NOT_FOUND"


async def test_who_administers_users_with_fewer_rights_cannot_reach_for_more(own_identity: Identity) -> None:
    """A helpdesk role may reset passwords, but an administrator's would lend it everything."""
    identity = own_identity
    admin = Person("", ADMIN, await identity.metadata(ADMIN))
    await give(identity, admin, "agent", ("user", "administer"), ("user", "create"), ("user", "update"))
    helpdesk, viewer = await identity.person("agent"), await identity.person("viewer")
    boss = await identity.person("administrator")
    calls = identity.directory
    reset: dict[str, Any] = {"new_password": "plum-orbit-kettle"}
    await calls.ResetPassword(pb.ResetPasswordRequest(id=viewer.id, **reset), metadata=helpdesk.as_)
    await calls.UpdateUser(update(viewer.id, role_ids=["agent"]), metadata=helpdesk.as_)
    for forbidden in (
        calls.ResetPassword(pb.ResetPasswordRequest(id=boss.id, **reset), metadata=helpdesk.as_),
        calls.DeactivateUser(pb.DeactivateUserRequest(id=boss.id), metadata=helpdesk.as_),
        calls.UnlockUser(pb.UnlockUserRequest(id=boss.id), metadata=helpdesk.as_),
        calls.EndUserSessions(pb.EndUserSessionsRequest(id=boss.id), metadata=helpdesk.as_),
        calls.UpdateUser(update(boss.id, email="mine@example.com"), metadata=helpdesk.as_),
        calls.UpdateUser(update(boss.id, role_ids=["viewer"]), metadata=helpdesk.as_),
        calls.UpdateUser(update(helpdesk.id, role_ids=["administrator"]), metadata=helpdesk.as_),
        calls.CreateUser(creation(role_ids=["administrator"]), metadata=helpdesk.as_),
        calls.CreateUser(creation(role_ids=["marketer"]), metadata=helpdesk.as_),
    ):
        answer = await refused(forbidden)
        assert (answer.code, answer.reason) == (grpc.StatusCode.PERMISSION_DENIED, "RIGHTS_TOO_WIDE")


async def test_an_update_needs_a_mask_of_fields_one_may_write(identity: Identity, admin: Person) -> None:
    person = await identity.person()
    for fields, reason in (((), "UPDATE_MASK_REQUIRED"), (("active",), "UPDATE_MASK_INVALID")):
        request = pb.UpdateUserRequest(user=pb.User(id=person.id), update_mask=FieldMask(paths=fields))
        assert (await refused(identity.directory.UpdateUser(request, metadata=admin.as_))).reason == reason


async def test_an_update_on_an_older_version_is_aborted(identity: Identity, admin: Person) -> None:
    person = await identity.person()
    first = await identity.directory.GetUser(pb.GetUserRequest(id=person.id), metadata=admin.as_)
    await identity.directory.UpdateUser(update(person.id, first.etag, display_name="One"), metadata=admin.as_)
    late = update(person.id, first.etag, display_name="Two")
    answer = await refused(identity.directory.UpdateUser(late, metadata=admin.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.ABORTED, "ETAG_MISMATCH")


async def test_an_update_that_changes_nothing_leaves_no_event(identity: Identity, admin: Person) -> None:
    user = await identity.directory.CreateUser(creation(display_name="Same"), metadata=admin.as_)
    again = await identity.directory.UpdateUser(update(user.id, display_name="Same"), metadata=admin.as_)
    assert again == user
    assert len(await identity.events(user.id)) == 1


async def test_a_deactivated_user_cannot_refresh_or_sign_in_until_reactivated(
    identity: Identity, admin: Person
) -> None:
    person = await identity.person()
    session = await identity.sign_in(person.email)
    calls = identity.directory
    user = await calls.DeactivateUser(pb.DeactivateUserRequest(id=person.id), metadata=admin.as_)
    assert not user.active
    token = pb.RefreshSessionRequest(refresh_token=session.refresh_token)
    assert (await refused(identity.sessions.RefreshSession(token))).reason == "REFRESH_TOKEN_INVALID"
    assert (await refused(identity.sign_in(person.email))).reason == "SIGN_IN_FAILED"
    assert await calls.DeactivateUser(pb.DeactivateUserRequest(id=person.id), metadata=admin.as_) == user
    assert (await calls.ReactivateUser(pb.ReactivateUserRequest(id=person.id), metadata=admin.as_)).active
    assert (await refused(identity.sessions.RefreshSession(token))).reason == "REFRESH_TOKEN_INVALID"
    await identity.sign_in(person.email)
    assert [event.type for event in await identity.events(person.id)] == ["user.deactivated", "user.reactivated"]


async def test_a_sign_in_racing_a_deactivation_leaves_no_living_session(identity: Identity, admin: Person) -> None:
    for _ in range(5):
        person = await identity.person()
        request = pb.DeactivateUserRequest(id=person.id)
        deactivation = identity.directory.DeactivateUser(request, metadata=admin.as_)
        *sessions, _ = await asyncio.gather(
            *(identity.sign_in(person.email) for _ in range(4)), deactivation, return_exceptions=True
        )
        for session in sessions:
            if isinstance(session, pb.Session):
                token = pb.RefreshSessionRequest(refresh_token=session.refresh_token)
                assert (await refused(identity.sessions.RefreshSession(token))).reason == "REFRESH_TOKEN_INVALID"


async def test_a_reset_password_ends_every_session(identity: Identity, admin: Person) -> None:
    person = await identity.person()
    session = await identity.sign_in(person.email)
    request = pb.ResetPasswordRequest(id=person.id, new_password="plum-orbit-kettle")
    await identity.directory.ResetPassword(request, metadata=admin.as_)
    token = pb.RefreshSessionRequest(refresh_token=session.refresh_token)
    assert (await refused(identity.sessions.RefreshSession(token))).reason == "REFRESH_TOKEN_INVALID"
    assert (await refused(identity.sign_in(person.email))).reason == "SIGN_IN_FAILED"
    await identity.sign_in(person.email, "plum-orbit-kettle")


async def test_a_reset_password_must_be_strong_and_somebody_elses(identity: Identity, admin: Person) -> None:
    person = await identity.person()
    weak = pb.ResetPasswordRequest(id=person.id, new_password=person.email)
    assert (await refused(identity.directory.ResetPassword(weak, metadata=admin.as_))).reason == "PASSWORD_WEAK"
    own = pb.ResetPasswordRequest(id=admin.id, new_password="plum-orbit-kettle")
    assert (await refused(identity.directory.ResetPassword(own, metadata=admin.as_))).reason == "OWN_PASSWORD"


async def test_a_password_being_hashed_holds_up_no_other_change(
    identity: Identity, admin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, hashing_now, go_on = await identity.person(), asyncio.Event(), asyncio.Event()
    hash_password = hashing.hash_password

    async def slow(password: str) -> str:
        hashing_now.set()
        await go_on.wait()
        return await hash_password(password)

    monkeypatch.setattr(hashing, "hash_password", slow)
    reset = pb.ResetPasswordRequest(id=person.id, new_password="plum-orbit-kettle")
    resetting = identity.directory.ResetPassword(reset, metadata=admin.as_)
    await hashing_now.wait()
    team = pb.CreateTeamRequest(team=pb.Team(name=uuid7().hex))
    try:
        await identity.directory.CreateTeam(team, metadata=admin.as_, timeout=2)
    finally:
        go_on.set()
        await resetting
    await identity.sign_in(person.email, "plum-orbit-kettle")


async def test_the_last_administrator_stays(own_identity: Identity) -> None:
    identity = own_identity
    metadata = await identity.metadata(ADMIN)
    me = (await identity.sessions.GetMe(pb.GetMeRequest(), metadata=metadata)).user
    for forbidden in (
        identity.directory.DeactivateUser(pb.DeactivateUserRequest(id=me.id), metadata=metadata),
        identity.directory.UpdateUser(update(me.id, role_ids=["viewer"]), metadata=metadata),
    ):
        answer = await refused(forbidden)
        assert (answer.code, answer.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "LAST_ADMINISTRATOR")


async def test_of_administrators_that_remove_each_other_at_once_one_stays(own_identity: Identity) -> None:
    identity = own_identity
    first = (await identity.sessions.GetMe(pb.GetMeRequest(), metadata=await identity.metadata(ADMIN))).user
    for round_ in range(3):
        others = [await identity.person("administrator") for _ in range(3)]
        everyone = [Person(first.id, ADMIN, await identity.metadata(ADMIN)), *others]
        removals = [
            identity.directory.DeactivateUser(pb.DeactivateUserRequest(id=person.id), metadata=person.as_)
            if number % 2
            else identity.directory.UpdateUser(update(person.id, role_ids=["viewer"]), metadata=person.as_)
            for number, person in enumerate(everyone, round_)
        ]
        answers = await asyncio.gather(*removals, return_exceptions=True)
        assert sum(isinstance(answer, pb.User) for answer in answers) == len(everyone) - 1
        restore = "UPDATE user_account SET active = true, role_ids = '{administrator}' WHERE id = :id"
        await identity.execute(restore, id=UUID(first.id))
        for person in others:
            await identity.execute("UPDATE user_account SET active = false WHERE id = :id", id=UUID(person.id))


async def give(identity: Identity, admin: Person, role_id: str, *cells: tuple[str, str]) -> None:
    """Adds rights over all to a role."""
    rights = defaults(role_id)
    for object_name, action in cells:
        rights[object_name][action] = "all"
    wanted = [
        pb.Right(object=name, action=action, scope=pb.Scope.Value(f"SCOPE_{scope.upper()}"))
        for name, actions in rights.items()
        for action, scope in actions.items()
    ]
    request = pb.UpdateRoleRequest(role=pb.Role(id=role_id, rights=wanted), update_mask=FieldMask(paths=["rights"]))
    await identity.directory.UpdateRole(request, metadata=admin.as_)
    held = identity.runtime.access.roles
    await eventually(lambda: all(held[role_id][name][action] is Scope.ALL for name, action in cells))
