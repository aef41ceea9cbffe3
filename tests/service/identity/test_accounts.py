"""Where one is signed in, passwords to be changed, and what administrators see of accounts."""

from __future__ import annotations

from uuid import UUID

import grpc
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from crm.identity.v1 import account_service_pb2 as account
from crm.identity.v1 import identity_service_pb2 as pb
from crmkit.errors import Unauthenticated
from tests.service.identity.conftest import PASSWORD, Identity, Metadata, Person, bearer, eventually, refused

OTHER = "plum-orbit-kettle"


async def sessions(identity: Identity, metadata: Metadata) -> list[account.ActiveSession]:
    return list((await identity.account.ListSessions(account.ListSessionsRequest(), metadata=metadata)).sessions)


async def user(identity: Identity, reader: Person, id_: str) -> pb.User:
    found: pb.User = await identity.directory.GetUser(pb.GetUserRequest(id=id_), metadata=reader.as_)
    return found


async def test_my_sessions_say_what_and_where_they_are_the_last_used_first(identity: Identity) -> None:
    person, stranger = await identity.person(), await identity.person()
    await identity.sign_in(stranger.email)
    credentials = pb.SignInRequest(email=person.email, password=PASSWORD)
    said = (("x-crm-user-agent", "Firefox/140 " + "x" * 400), ("x-envoy-external-address", "203.0.113.7"))
    first = await identity.sessions.SignIn(credentials, metadata=said)
    second = await identity.sign_in(person.email)
    newest, oldest = await sessions(identity, bearer(second.access_token))
    assert (newest.current, oldest.current) == (True, False)
    assert (oldest.source_address, len(oldest.user_agent)) == ("203.0.113.7", 300)
    assert oldest.user_agent.startswith("Firefox/140")
    refreshed = await identity.sessions.RefreshSession(pb.RefreshSessionRequest(refresh_token=first.refresh_token))
    again = await sessions(identity, bearer(refreshed.access_token))
    assert [session.id for session in again] == [oldest.id, newest.id]
    assert again[0].last_use_time.ToDatetime() > oldest.last_use_time.ToDatetime()
    assert again[0].create_time == oldest.create_time


async def test_a_session_i_end_is_over_at_once_and_only_that_one(identity: Identity) -> None:
    person = await identity.person()
    lost, kept = await identity.sign_in(person.email), await identity.sign_in(person.email)
    as_kept = bearer(kept.access_token)
    (lost_id,) = [session.id for session in await sessions(identity, as_kept) if not session.current]
    await identity.account.EndSession(account.EndSessionRequest(id=lost_id), metadata=as_kept)
    token = pb.RefreshSessionRequest(refresh_token=lost.refresh_token)
    assert (await refused(identity.sessions.RefreshSession(token))).reason == "REFRESH_TOKEN_INVALID"
    assert [session.current for session in await sessions(identity, as_kept)] == [True]
    await identity.sessions.RefreshSession(pb.RefreshSessionRequest(refresh_token=kept.refresh_token))
    assert [event.type for event in await identity.events(lost_id)] == ["session.signed_in", "session.signed_out"]
    answer = await refused(identity.account.EndSession(account.EndSessionRequest(id=lost_id), metadata=as_kept))
    assert (answer.code, answer.reason) == (grpc.StatusCode.NOT_FOUND, "SESSION_NOT_FOUND")


async def test_nobody_ends_a_session_of_somebody_else(identity: Identity, admin: Person) -> None:
    person = await identity.person()
    session = await identity.sign_in(person.email)
    (theirs,) = await sessions(identity, bearer(session.access_token))
    ending = account.EndSessionRequest(id=theirs.id)
    assert (await refused(identity.account.EndSession(ending, metadata=admin.as_))).reason == "SESSION_NOT_FOUND"
    await identity.sessions.RefreshSession(pb.RefreshSessionRequest(refresh_token=session.refresh_token))


@pytest.mark.parametrize("how", ["created", "reset"])
async def test_a_temporary_password_gives_no_rights_until_it_is_changed(
    identity: Identity, admin: Person, how: str
) -> None:
    if how == "created":
        new = pb.User(email=f"{uuid7().hex}@example.com", display_name="New", role_ids=["administrator"])
        creation = pb.CreateUserRequest(user=new, password=OTHER, password_temporary=True)
        made = await identity.directory.CreateUser(creation, metadata=admin.as_)
    else:
        person = await identity.person("administrator")
        reset = pb.ResetPasswordRequest(id=person.id, new_password=OTHER, password_temporary=True)
        made = await identity.directory.ResetPassword(reset, metadata=admin.as_)
    assert made.password_temporary
    session = await identity.sign_in(made.email, OTHER)
    assert (session.me.password_change_required, list(session.me.rights)) == (True, [])
    mine = bearer(session.access_token)
    me = await identity.sessions.GetMe(pb.GetMeRequest(), metadata=mine)
    assert (me.password_change_required, list(me.rights)) == (True, [])
    answer = await refused(identity.directory.ListUsers(pb.ListUsersRequest(), metadata=mine))
    assert answer.code == grpc.StatusCode.PERMISSION_DENIED
    same = pb.ChangePasswordRequest(current_password=OTHER, new_password=OTHER)
    assert (await refused(identity.sessions.ChangePassword(same, metadata=mine))).reason == "PASSWORD_WEAK"
    change = pb.ChangePasswordRequest(current_password=OTHER, new_password=PASSWORD)
    await identity.sessions.ChangePassword(change, metadata=mine)
    token = pb.RefreshSessionRequest(refresh_token=session.refresh_token)
    refreshed = await identity.sessions.RefreshSession(token)
    assert not refreshed.me.password_change_required
    listed = await identity.directory.ListUsers(pb.ListUsersRequest(), metadata=bearer(refreshed.access_token))
    assert listed.users
    assert not (await user(identity, admin, made.id)).password_temporary


async def test_the_last_sign_in_is_for_administrators_to_see(identity: Identity, admin: Person) -> None:
    person, colleague = await identity.person(), await identity.person("manager")
    before = await user(identity, admin, person.id)
    assert not before.HasField("last_sign_in_time")
    await identity.sign_in(person.email)
    seen = await user(identity, admin, person.id)
    assert seen.HasField("last_sign_in_time")
    assert seen.etag == before.etag  # signing in is no change that could stand in an editor's way
    assert not (await user(identity, colleague, person.id)).HasField("last_sign_in_time")
    request = pb.ListUsersRequest(filter=f'email = "{person.email}"')
    (listed,) = (await identity.directory.ListUsers(request, metadata=admin.as_)).users
    assert listed == seen


async def lock_out(identity: Identity, person: Person) -> None:
    for _ in range(10):
        assert (await refused(identity.sign_in(person.email, "wrong"))).reason == "SIGN_IN_FAILED"
    assert (await refused(identity.sign_in(person.email))).reason == "LOCKED_OUT"


async def test_a_lock_is_seen_by_administrators_and_ended_by_a_reset(identity: Identity, admin: Person) -> None:
    person = await identity.person()
    await lock_out(identity, person)
    assert (await user(identity, admin, person.id)).HasField("lock_expire_time")
    assert not (await user(identity, person, person.id)).HasField("lock_expire_time")
    reset = pb.ResetPasswordRequest(id=person.id, new_password=OTHER)
    unlocked = await identity.directory.ResetPassword(reset, metadata=admin.as_)
    assert not unlocked.HasField("lock_expire_time")
    await identity.sign_in(person.email, OTHER)


async def test_no_more_than_a_hundred_sessions_are_listed(own_identity: Identity) -> None:
    person = await own_identity.person()
    fill = (
        "INSERT INTO user_session (id, user_id, created_at, expires_at) SELECT gen_random_uuid(), :user, now(),"
        " now() + interval '1 day' FROM generate_series(1, 150)"
    )
    await own_identity.execute(fill, user=UUID(person.id))
    assert len(await sessions(own_identity, person.as_)) == 100


async def user_events(identity: Identity, id_: str) -> list[tuple[str, str]]:
    """Type and actor of what the log tells of a user and of their sessions' ends."""
    query = text(
        "SELECT type, actor_id, after ->> 'cause' AS cause FROM event WHERE aggregate_id = :id"
        " OR type = 'session.signed_out' AND after ->> 'user_id' = :text ORDER BY position"
    )
    async with identity.runtime.reader.connect() as db:
        rows = (await db.execute(query, {"id": UUID(id_), "text": id_})).all()
    return [(f"{row.type} {row.cause or ''}".strip(), str(row.actor_id or "")) for row in rows]


async def ended(identity: Identity, metadata: Metadata) -> None:
    """Waits until the mirror of this process has heard that the token is refused."""
    directory, token = identity.runtime.access, metadata[0][1].removeprefix("Bearer ")
    verified = identity.runtime.verifier.verify(token)

    def refused_now() -> bool:
        try:
            directory.check_session(verified.principal, verified.issued_ms)
        except Unauthenticated as error:
            return error.reason == "SESSION_ENDED"
        return False

    await eventually(refused_now)
    assert (await refused(sessions(identity, metadata))).reason == "SESSION_ENDED"


async def test_a_locked_user_is_unlocked_with_the_password_as_it_was(identity: Identity, admin: Person) -> None:
    person = await identity.person()
    session = await identity.sign_in(person.email)
    await lock_out(identity, person)
    unlocked = await identity.directory.UnlockUser(pb.UnlockUserRequest(id=person.id), metadata=admin.as_)
    assert not unlocked.HasField("lock_expire_time")
    await identity.sign_in(person.email)
    await sessions(identity, bearer(session.access_token))  # nobody was signed out
    assert ("user.unlocked", admin.id) in await user_events(identity, person.id)
    # The count begins anew, too: nine further tries do not lock.
    for _ in range(9):
        assert (await refused(identity.sign_in(person.email, "wrong"))).reason == "SIGN_IN_FAILED"
    await identity.sign_in(person.email)


async def test_unlocking_who_is_not_locked_changes_nothing(identity: Identity, admin: Person) -> None:
    person = await identity.person()
    before = await user(identity, admin, person.id)
    same = await identity.directory.UnlockUser(pb.UnlockUserRequest(id=person.id), metadata=admin.as_)
    assert same.etag == before.etag
    assert not [event for event, _ in await user_events(identity, person.id) if event == "user.unlocked"]


async def test_all_sessions_of_a_user_end_at_once_and_signing_in_works(identity: Identity, admin: Person) -> None:
    person, stranger = await identity.person(), await identity.person()
    first, second = await identity.sign_in(person.email), await identity.sign_in(person.email)
    other = await identity.sign_in(stranger.email)
    request = pb.EndUserSessionsRequest(id=person.id)
    reply = await identity.directory.EndUserSessions(request, metadata=admin.as_)
    assert reply.ended_count == 2
    for session in (first, second):
        token = pb.RefreshSessionRequest(refresh_token=session.refresh_token)
        assert (await refused(identity.sessions.RefreshSession(token))).reason == "REFRESH_TOKEN_INVALID"
    await ended(identity, bearer(first.access_token))
    await sessions(identity, bearer(other.access_token))
    assert await sessions(identity, bearer((await identity.sign_in(person.email)).access_token))
    told = await user_events(identity, person.id)
    assert ("user.signed_out", admin.id) in told
    assert told.count(("session.signed_out ended_for_user", admin.id)) == 2


async def test_a_token_without_a_session_ends_with_the_sessions(identity: Identity, admin: Person) -> None:
    person = await identity.person()
    await sessions(identity, person.as_)  # issued by the command line, as `crm token` does
    await identity.directory.EndUserSessions(pb.EndUserSessionsRequest(id=person.id), metadata=admin.as_)
    await ended(identity, person.as_)


async def test_who_may_not_administer_somebody_neither_unlocks_nor_signs_them_out(
    identity: Identity, admin: Person
) -> None:
    person, viewer = await identity.person(), await identity.person("viewer")
    calls = identity.directory
    for call in (
        calls.UnlockUser(pb.UnlockUserRequest(id=person.id), metadata=viewer.as_),
        calls.EndUserSessions(pb.EndUserSessionsRequest(id=person.id), metadata=viewer.as_),
    ):
        assert (await refused(call)).code == grpc.StatusCode.PERMISSION_DENIED
    own = calls.UnlockUser(pb.UnlockUserRequest(id=admin.id), metadata=admin.as_)
    assert (await refused(own)).reason == "OWN_LOCK"
    gone = pb.EndUserSessionsRequest(id=str(uuid7()))
    assert (await refused(calls.EndUserSessions(gone, metadata=admin.as_))).code == grpc.StatusCode.NOT_FOUND
