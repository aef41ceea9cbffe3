"""What an administrator takes away is gone everywhere within a second: seen in another service's process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID

import pytest
from nats.js.errors import NoKeysError
from uuid_utils.compat import uuid7

from crm.identity.v1 import identity_service_pb2 as pb
from crmkit.access import AccessDirectory, Scope
from crmkit.access_mirror import BUCKET, mirror_access
from crmkit.errors import Unauthenticated
from crmkit.serve import connect_nats
from crmkit.tokens import VerifiedToken
from services.identity.domain.roles import ROLE_IDS
from services.identity.store import access_bucket
from tests.service.identity.conftest import Identity, Metadata, Person, eventually


@pytest.fixture
async def elsewhere(identity: Identity) -> AsyncIterator[AccessDirectory]:
    """The mirror of rights that a process of another service holds."""
    client = await connect_nats(identity.settings.nats_url.get_secret_value(), "elsewhere")
    directory, loaded = AccessDirectory(), asyncio.Event()
    task = asyncio.create_task(mirror_access(client, directory, loaded))
    await loaded.wait()
    yield directory
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await client.close()


def verified(identity: Identity, metadata: Metadata) -> VerifiedToken:
    return identity.runtime.verifier.verify(metadata[0][1].removeprefix("Bearer "))


def is_out(directory: AccessDirectory, token: VerifiedToken) -> bool:
    try:
        directory.check_session(token.principal, token.issued_ms)
    except Unauthenticated as error:
        return error.reason == "SESSION_ENDED"
    return False


async def within_a_second(holds: Callable[[], bool]) -> None:
    await eventually(holds, 1.0)


async def test_a_deactivated_user_is_out_and_a_reactivated_one_needs_a_new_token(
    identity: Identity, admin: Person, elsewhere: AccessDirectory
) -> None:
    person = await identity.person()
    old = verified(identity, person.as_)
    assert not is_out(elsewhere, old)
    await identity.directory.DeactivateUser(pb.DeactivateUserRequest(id=person.id), metadata=admin.as_)
    await within_a_second(lambda: is_out(elsewhere, old))
    await identity.directory.ReactivateUser(pb.ReactivateUserRequest(id=person.id), metadata=admin.as_)
    assert is_out(elsewhere, old)
    assert not is_out(elsewhere, verified(identity, await identity.metadata(person.email)))


async def test_a_token_minted_in_the_very_millisecond_of_an_ending_is_not_ended(
    identity: Identity, admin: Person, elsewhere: AccessDirectory
) -> None:
    person = await identity.person()
    future = int(time.time() * 1000) + 2000
    await identity.execute(
        "UPDATE user_account SET not_before_ms = :future WHERE id = :id", future=future, id=person.id
    )
    assert verified(identity, await identity.metadata(person.email)).issued_ms == future + 1


async def test_new_rights_of_a_role_are_in_force(identity: Identity, admin: Person, elsewhere: AccessDirectory) -> None:
    agent = verified(identity, (await identity.person("agent")).as_).principal
    assert elsewhere.scope(agent, "contact", "delete") is Scope.NONE
    role = await _role(identity, admin, "agent")
    rights = [*role.rights, pb.Right(object="contact", action="delete", scope=pb.SCOPE_OWN)]
    request = pb.UpdateRoleRequest(role=pb.Role(id="agent", rights=rights, etag=role.etag))
    request.update_mask.paths.append("rights")
    await identity.directory.UpdateRole(request, metadata=admin.as_)
    await within_a_second(lambda: elsewhere.scope(agent, "contact", "delete") is Scope.OWN)


async def test_new_roles_of_a_user_refuse_tokens_with_the_old_ones_but_keep_the_session(
    identity: Identity, admin: Person, elsewhere: AccessDirectory
) -> None:
    person = await identity.person("manager")
    session = await identity.sign_in(person.email)
    old = identity.runtime.verifier.verify(session.access_token)
    request = pb.UpdateUserRequest(user=pb.User(id=person.id, role_ids=["viewer"]))
    request.update_mask.paths.append("role_ids")
    await identity.directory.UpdateUser(request, metadata=admin.as_)
    await within_a_second(lambda: is_out(elsewhere, old))
    renewed = await identity.sessions.RefreshSession(pb.RefreshSessionRequest(refresh_token=session.refresh_token))
    token = identity.runtime.verifier.verify(renewed.access_token)
    assert token.principal.role_ids == {"viewer"}
    assert not is_out(elsewhere, token)


async def test_a_user_in_another_team_needs_a_new_token(
    identity: Identity, admin: Person, elsewhere: AccessDirectory
) -> None:
    here, there = await identity.team(), await identity.team()
    person = await identity.person("manager", here)
    old = verified(identity, person.as_)
    request = pb.UpdateUserRequest(user=pb.User(id=person.id, team_id=str(there)))
    request.update_mask.paths.append("team_id")
    await identity.directory.UpdateUser(request, metadata=admin.as_)
    await within_a_second(lambda: is_out(elsewhere, old))
    renewed = verified(identity, await identity.metadata(person.email))
    assert elsewhere.admit(renewed.principal, renewed.issued_ms).team_ids == (there,)


async def test_teams_are_made_moved_and_deleted_under_tokens_that_live_on(
    identity: Identity, admin: Person, elsewhere: AccessDirectory
) -> None:
    top, other, calls = await identity.team(), await identity.team(), identity.directory
    token = verified(identity, (await identity.person("manager", top)).as_)

    def reach() -> set[UUID]:
        return set(elsewhere.admit(token.principal, token.issued_ms).team_ids)

    made = await calls.CreateTeam(
        pb.CreateTeamRequest(team=pb.Team(name=uuid7().hex, parent_id=str(top))), metadata=admin.as_
    )
    await within_a_second(lambda: reach() == {top, UUID(made.id)})
    for parent, reached in ((other, {top}), (top, {top, UUID(made.id)})):
        request = pb.UpdateTeamRequest(team=pb.Team(id=made.id, parent_id=str(parent)))
        request.update_mask.paths.append("parent_id")
        await calls.UpdateTeam(request, metadata=admin.as_)
        await within_a_second(lambda reached=reached: reach() == reached)  # type: ignore[misc]
    await calls.DeleteTeam(pb.DeleteTeamRequest(id=made.id), metadata=admin.as_)
    await within_a_second(lambda: UUID(made.id) not in elsewhere.parents)
    assert reach() == {top}


async def test_the_worker_mends_what_a_dying_handler_or_an_absent_broker_left_undone(
    identity: Identity, admin: Person, elsewhere: AccessDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The direct write is kept from happening; the event alone has to do."""
    person = await identity.person()
    old = verified(identity, person.as_)
    with monkeypatch.context() as patch:
        patch.setattr("services.identity.api.user_changes.end_tokens_after_commit", lambda *_: None)
        await identity.directory.DeactivateUser(pb.DeactivateUserRequest(id=person.id), metadata=admin.as_)
    await within_a_second(lambda: is_out(elsewhere, old))


async def test_endings_older_than_any_token_are_swept_out(identity: Identity, elsewhere: AccessDirectory) -> None:
    person = await identity.person()
    token = verified(identity, person.as_)
    bucket = await access_bucket.open_bucket(identity.runtime.nats)
    await access_bucket.end_tokens(bucket, token.principal.user_id, token.issued_ms)
    await within_a_second(lambda: is_out(elsewhere, token))
    await access_bucket.forget_endings(bucket, token.issued_ms + 1)
    await within_a_second(lambda: token.principal.user_id not in elsewhere.not_before_ms)
    assert set(elsewhere.roles) >= {"administrator", "viewer"}
    await access_bucket.end_tokens(bucket, token.principal.user_id, token.issued_ms)
    await within_a_second(lambda: is_out(elsewhere, token))


async def test_the_worker_mends_the_tree(
    identity: Identity, admin: Person, elsewhere: AccessDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    top, gone = await identity.team(), await identity.team()
    with monkeypatch.context() as patch:
        patch.setattr("services.identity.api.team_changes.publish_team_after_commit", lambda *_: None)
        await identity.directory.DeleteTeam(pb.DeleteTeamRequest(id=str(gone)), metadata=admin.as_)
        below = await identity.directory.CreateTeam(
            pb.CreateTeamRequest(team=pb.Team(name=uuid7().hex, parent_id=str(top))), metadata=admin.as_
        )
    await within_a_second(lambda: gone not in elsewhere.parents and elsewhere.parents.get(UUID(below.id)) == top)


async def test_a_team_deleted_while_nobody_watched_is_forgotten(identity: Identity, admin: Person) -> None:
    """Also when its mark of deletion is gone."""
    team, stale = await identity.team(), uuid7()
    client = await connect_nats(identity.settings.nats_url.get_secret_value(), "late")
    directory, loaded = AccessDirectory(), asyncio.Event()
    directory.set_team(stale, team)
    task = asyncio.create_task(mirror_access(client, directory, loaded))
    await loaded.wait()
    assert directory.subtree(team) == (team,)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await client.close()


async def test_a_lost_bucket_is_filled_again_with_what_still_matters(own_identity: Identity) -> None:
    person, client = await own_identity.person(), own_identity.runtime.nats
    team = await own_identity.team()
    earlier = int((time.time() - 300) * 1000)
    change = "UPDATE user_account SET not_before_ms = :earlier WHERE id = :id"
    await own_identity.execute(change, earlier=earlier, id=UUID(person.id))
    await client.jetstream().delete_key_value(BUCKET)
    await client.publish("crm.identity.0.role.updated", b"")
    bucket = await access_bucket.open_bucket(client)
    async with asyncio.timeout(5):
        while f"user.{person.id}" not in await keys(bucket):  # noqa: ASYNC110 - the worker sets no event
            await asyncio.sleep(0.02)
    assert {f"team.{team}", *(f"role.{role_id}" for role_id in ROLE_IDS)} <= set(await keys(bucket))


async def keys(bucket: Any) -> list[str]:
    try:
        return list(await bucket.keys())
    except NoKeysError:
        return []


async def test_of_many_writers_of_a_role_the_last_state_wins(identity: Identity, admin: Person) -> None:
    bucket = await access_bucket.open_bucket(identity.runtime.nats)
    await bucket.put("role.marketer", b"{}")

    async def write() -> None:
        async with identity.runtime.writer.connect() as db:
            await access_bucket.put_role(bucket, db, "marketer")

    await asyncio.gather(*(write() for _ in range(8)))
    marketer = verified(identity, (await identity.person("marketer")).as_).principal
    await within_a_second(lambda: identity.runtime.access.scope(marketer, "contact", "read") is Scope.ALL)


async def _role(identity: Identity, admin: Person, role_id: str) -> Any:
    listed = await identity.directory.ListRoles(pb.ListRolesRequest(), metadata=admin.as_)
    return next(role for role in listed.roles if role.id == role_id)
