"""Roles and teams, method by method: anonymous, forbidden, missing, valid, conflict."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from crm.identity.v1 import identity_service_pb2 as pb
from crmkit.access import Scope
from services.identity.bootstrap import ensure_roles
from services.identity.domain.roles import ROLE_IDS
from tests.service.identity.conftest import ADMIN, Identity, Person, defaults, eventually, refused
from tests.service.identity.test_users import give

NOBODY = str(uuid7())
EVERYTHING = [pb.Right(object="contact", action="read", scope=pb.SCOPE_ALL)]


def role_update(id_: str, rights: list[pb.Right], etag: str = "") -> pb.UpdateRoleRequest:
    role = pb.Role(id=id_, rights=rights, etag=etag)
    return pb.UpdateRoleRequest(role=role, update_mask=FieldMask(paths=["rights"]))


def team_update(id_: str, etag: str = "", **fields: Any) -> pb.UpdateTeamRequest:
    return pb.UpdateTeamRequest(team=pb.Team(id=id_, etag=etag, **fields), update_mask=FieldMask(paths=list(fields)))


def creation(name: str | None = None, parent_id: object = "") -> pb.CreateTeamRequest:
    return pb.CreateTeamRequest(team=pb.Team(name=uuid7().hex if name is None else name, parent_id=str(parent_id)))


CALLS = {
    "ListRoles": pb.ListRolesRequest(),
    "UpdateRole": role_update("viewer", EVERYTHING),
    "ListTeams": pb.ListTeamsRequest(),
    "CreateTeam": creation("X"),
    "UpdateTeam": team_update(NOBODY, name="X"),
    "DeleteTeam": pb.DeleteTeamRequest(id=NOBODY),
}


@pytest.mark.parametrize("method", CALLS)
async def test_without_a_token_nothing_happens(identity: Identity, method: str) -> None:
    answer = await refused(getattr(identity.directory, method)(CALLS[method]))
    assert (answer.code, answer.reason) == (grpc.StatusCode.UNAUTHENTICATED, "SIGN_IN_REQUIRED")


@pytest.mark.parametrize("method", [name for name in CALLS if name != "ListTeams"])
async def test_a_viewer_sees_teams_and_no_more(identity: Identity, method: str) -> None:
    person = await identity.person("viewer")
    answer = await refused(getattr(identity.directory, method)(CALLS[method], metadata=person.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.PERMISSION_DENIED, "PERMISSION_DENIED")


async def test_an_unknown_role_or_team_is_not_found(identity: Identity, admin: Person) -> None:
    for call, reason in (
        (identity.directory.UpdateRole(role_update("king", EVERYTHING), metadata=admin.as_), "ROLE_NOT_FOUND"),
        (identity.directory.UpdateTeam(CALLS["UpdateTeam"], metadata=admin.as_), "TEAM_NOT_FOUND"),
        (identity.directory.DeleteTeam(CALLS["DeleteTeam"], metadata=admin.as_), "TEAM_NOT_FOUND"),
    ):
        answer = await refused(call)
        assert (answer.code, answer.reason) == (grpc.StatusCode.NOT_FOUND, reason)


async def test_the_roles_are_listed_with_the_rights_they_ship_with(own_identity: Identity) -> None:
    metadata = await own_identity.metadata(ADMIN)
    listed = (await own_identity.directory.ListRoles(pb.ListRolesRequest(), metadata=metadata)).roles
    assert [role.id for role in listed] == list(ROLE_IDS)
    for role in listed:
        cells = {(right.object, right.action): pb.Scope.Name(right.scope) for right in role.rights}
        shipped = defaults(role.id)
        given = {(name, action): scope for name, actions in shipped.items() for action, scope in actions.items()}
        assert cells == {cell: f"SCOPE_{scope.upper()}" for cell, scope in given.items() if scope != "none"}


async def test_replaced_rights_are_stored_told_and_returned(own_identity: Identity) -> None:
    identity, metadata = own_identity, await own_identity.metadata(ADMIN)
    role = await identity.directory.UpdateRole(role_update("viewer", EVERYTHING), metadata=metadata)
    assert list(role.rights) == EVERYTHING
    late = role_update("viewer", [], etag="v1")
    assert (await refused(identity.directory.UpdateRole(late, metadata=metadata))).reason == "ETAG_MISMATCH"
    async with identity.runtime.writer.begin() as db:
        await ensure_roles(db)  # a restart brings no default back
    (again,) = [
        found
        for found in (await identity.directory.ListRoles(pb.ListRolesRequest(), metadata=metadata)).roles
        if found.id == "viewer"
    ]
    assert again == role


async def test_the_administrators_rights_are_fixed(identity: Identity, admin: Person) -> None:
    answer = await refused(identity.directory.UpdateRole(role_update("administrator", []), metadata=admin.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "ROLE_FIXED")


@pytest.mark.parametrize(
    "right",
    [
        pb.Right(object="contact", action="fly", scope=pb.SCOPE_ALL),
        pb.Right(object="spaceship", action="read", scope=pb.SCOPE_ALL),
        pb.Right(object="contact", action="read"),
        pb.Right(object="contact", action="read", scope=99),  # type: ignore[arg-type]
    ],
)
async def test_unknown_rights_are_refused(identity: Identity, admin: Person, right: pb.Right) -> None:
    answer = await refused(identity.directory.UpdateRole(role_update("agent", [right]), metadata=admin.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "RIGHT_INVALID")
    assert answer.fields == ("role.rights[0]",)


async def test_nobody_widens_a_role_beyond_the_own_rights(own_identity: Identity) -> None:
    identity = own_identity
    await give(identity, Person("", ADMIN, await identity.metadata(ADMIN)), "manager", ("role", "administer"))
    manager = await identity.person("manager")
    for role_id in ("viewer", "manager"):
        wider = role_update(role_id, [pb.Right(object="user", action="administer", scope=pb.SCOPE_ALL)])
        answer = await refused(identity.directory.UpdateRole(wider, metadata=manager.as_))
        assert (answer.code, answer.reason) == (grpc.StatusCode.PERMISSION_DENIED, "RIGHTS_TOO_WIDE")
    await identity.directory.UpdateRole(role_update("viewer", EVERYTHING), metadata=manager.as_)


async def test_a_team_is_created_listed_renamed_and_deleted(identity: Identity, admin: Person) -> None:
    top = await identity.directory.CreateTeam(creation("  Satış   şöbəsi "), metadata=admin.as_)
    assert (top.name, top.parent_id, top.audit.created_by) == ("Satış şöbəsi", "", admin.id)
    below = await identity.directory.CreateTeam(creation("Bakı", top.id), metadata=admin.as_)
    listed = (await identity.directory.ListTeams(pb.ListTeamsRequest(), metadata=admin.as_)).teams
    assert below in listed
    renamed = await identity.directory.UpdateTeam(team_update(below.id, below.etag, name="Gəncə"), metadata=admin.as_)
    assert (renamed.name, renamed.parent_id) == ("Gəncə", top.id)
    deleted = await identity.directory.DeleteTeam(pb.DeleteTeamRequest(id=below.id), metadata=admin.as_)
    assert deleted == renamed
    events = [(event.type, event.aggregate_version) for event in await identity.events(below.id)]
    assert events == [("team.created", 1), ("team.updated", 2), ("team.deleted", 3)]


async def test_siblings_have_different_names(identity: Identity, admin: Person) -> None:
    calls, name = identity.directory, uuid7().hex
    top = await calls.CreateTeam(creation(name), metadata=admin.as_)
    answer = await refused(calls.CreateTeam(creation(name.upper()), metadata=admin.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.ALREADY_EXISTS, "TEAM_NAME_TAKEN")
    await calls.CreateTeam(creation(name, top.id), metadata=admin.as_)


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (creation(""), "TEAM_NAME_INVALID"),
        (creation("x" * 201), "TEAM_NAME_INVALID"),
        (creation(parent_id=NOBODY), "PARENT_UNKNOWN"),
        (creation(parent_id="7"), "ID_INVALID"),
    ],
)
async def test_wrong_teams_are_refused(
    identity: Identity, admin: Person, request_: pb.CreateTeamRequest, reason: str
) -> None:
    answer = await refused(identity.directory.CreateTeam(request_, metadata=admin.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)


async def test_teams_form_a_tree_also_when_two_move_below_each_other_at_once(identity: Identity, admin: Person) -> None:
    calls, first = identity.directory, await identity.team()
    second, below = await identity.team(), await identity.team(parent_id=first)
    for parent in (first, below):
        answer = await refused(calls.UpdateTeam(team_update(str(first), parent_id=str(parent)), metadata=admin.as_))
        assert (answer.code, answer.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "TEAM_CYCLE")
    answers = await asyncio.gather(
        calls.UpdateTeam(team_update(str(first), parent_id=str(second)), metadata=admin.as_),
        calls.UpdateTeam(team_update(str(second), parent_id=str(below)), metadata=admin.as_),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, pb.Team) for answer in answers) == 1


async def test_a_team_with_members_or_children_is_not_deleted(identity: Identity, admin: Person) -> None:
    top = await identity.team()
    below = await identity.team(parent_id=top)
    await identity.person("agent", below)
    for team in (top, below):
        request = pb.DeleteTeamRequest(id=str(team))
        answer = await refused(identity.directory.DeleteTeam(request, metadata=admin.as_))
        assert (answer.code, answer.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "TEAM_IN_USE")


async def test_a_right_over_teams_reaches_down_from_the_own_team_only(own_identity: Identity) -> None:
    identity = own_identity
    admin = Person("", ADMIN, await identity.metadata(ADMIN))
    top, elsewhere = await identity.team(), await identity.team()
    below = await identity.team(parent_id=top)
    await _give_teams(identity, admin)
    manager, calls = await identity.person("manager", top), identity.directory
    made = await calls.CreateTeam(creation(parent_id=below), metadata=manager.as_)
    await eventually(lambda: UUID(made.id) in identity.runtime.access.parents)
    await calls.UpdateTeam(team_update(made.id, name="Renamed"), metadata=manager.as_)
    for forbidden, reason in (
        (calls.CreateTeam(creation(), metadata=manager.as_), "TEAM_OUT_OF_REACH"),
        (calls.CreateTeam(creation(parent_id=elsewhere), metadata=manager.as_), "TEAM_OUT_OF_REACH"),
        (calls.UpdateTeam(team_update(made.id, parent_id=str(elsewhere)), metadata=manager.as_), "TEAM_OUT_OF_REACH"),
        (calls.UpdateTeam(team_update(made.id, parent_id=""), metadata=manager.as_), "TEAM_OUT_OF_REACH"),
        (calls.UpdateTeam(team_update(str(elsewhere), name="Mine"), metadata=manager.as_), "TEAM_NOT_FOUND"),
        (calls.DeleteTeam(pb.DeleteTeamRequest(id=str(elsewhere)), metadata=manager.as_), "TEAM_NOT_FOUND"),
    ):
        assert (await refused(forbidden)).reason == reason


async def _give_teams(identity: Identity, admin: Person) -> None:
    """Managers of this test administer their own teams."""
    rights = defaults("manager")
    rights["team"] |= {"create": "team", "update": "team", "delete": "team"}
    wanted = [
        pb.Right(object=name, action=action, scope=pb.Scope.Value(f"SCOPE_{scope.upper()}"))
        for name, actions in rights.items()
        for action, scope in actions.items()
    ]
    await identity.directory.UpdateRole(role_update("manager", wanted), metadata=admin.as_)
    held = identity.runtime.access.roles
    await eventually(lambda: held["manager"]["team"]["create"] is Scope.TEAM)
