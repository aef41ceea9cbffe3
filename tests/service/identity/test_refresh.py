"""Keeping and ending sessions."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import grpc
import jwt
import pytest
from sqlalchemy import text

from crm.identity.v1 import identity_service_pb2 as pb
from tests.service.identity.conftest import PASSWORD, Identity, Person, bearer, refused

NEW = "plum-orbit-kettle"


def session_id(session: Any) -> str:
    return str(jwt.decode(session.access_token, options={"verify_signature": False})["sid"])


async def refresh(identity: Identity, token: str) -> Any:
    return await identity.sessions.RefreshSession(pb.RefreshSessionRequest(refresh_token=token))


async def me(identity: Identity, access_token: str) -> Any:
    return await identity.sessions.GetMe(pb.GetMeRequest(), metadata=bearer(access_token))


async def some_seconds_pass(identity: Identity, session: Any, seconds: int) -> None:
    """Makes every use of the session's tokens that much older."""
    older = "UPDATE refresh_token SET used_at = used_at - make_interval(secs => :seconds) WHERE session_id = :id"
    await identity.execute(older, seconds=float(seconds), id=UUID(session_id(session)))


async def test_a_refresh_gives_a_new_pair_for_the_same_session(identity: Identity) -> None:
    first = await identity.sign_in((await identity.person()).email)
    second = await refresh(identity, first.refresh_token)
    assert session_id(second) == session_id(first)
    assert second.refresh_token != first.refresh_token
    assert (await me(identity, second.access_token)).user.id == first.me.user.id


async def test_a_chain_of_refreshes_holds(identity: Identity) -> None:
    session = await identity.sign_in((await identity.person()).email)
    for _ in range(5):
        session = await refresh(identity, session.refresh_token)
    await me(identity, session.access_token)


async def test_a_session_however_long_keeps_no_used_token_beyond_thirty_days(identity: Identity) -> None:
    session = await identity.sign_in((await identity.person()).email)
    session = await refresh(identity, session.refresh_token)
    await some_seconds_pass(identity, session, 31 * 86_400)
    session = await refresh(identity, session.refresh_token)
    counted = text("SELECT count(*) FROM refresh_token WHERE session_id = :id")
    async with identity.runtime.reader.connect() as db:
        # The one that has just been used, and its successor.
        assert (await db.execute(counted, {"id": UUID(session_id(session))})).scalar_one() == 2


async def test_two_tabs_that_refresh_at_once_get_the_same_next_token(identity: Identity) -> None:
    first = await identity.sign_in((await identity.person()).email)
    tabs = await asyncio.gather(*(refresh(identity, first.refresh_token) for _ in range(8)))
    assert len({tab.refresh_token for tab in tabs}) == 1
    await refresh(identity, tabs[0].refresh_token)


async def test_a_token_used_again_later_ends_the_whole_session_at_once(identity: Identity) -> None:
    first = await identity.sign_in((await identity.person()).email)
    second = await refresh(identity, first.refresh_token)
    await some_seconds_pass(identity, first, 11)
    answer = await refused(refresh(identity, first.refresh_token))
    assert (answer.code, answer.reason) == (grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_REUSED")
    assert (await refused(refresh(identity, second.refresh_token))).reason == "REFRESH_TOKEN_INVALID"
    async with asyncio.timeout(1):
        assert await ends(identity, second.access_token) == "SESSION_ENDED"
    ended = (await identity.events(session_id(first)))[-1]
    assert (ended.type, ended.after["cause"]) == ("session.signed_out", "token_reused")


async def test_a_token_whose_successor_was_used_is_reused_however_soon(identity: Identity) -> None:
    first = await identity.sign_in((await identity.person()).email)
    second = await refresh(identity, first.refresh_token)
    await refresh(identity, second.refresh_token)
    assert (await refused(refresh(identity, first.refresh_token))).reason == "REFRESH_TOKEN_REUSED"


async def test_a_thief_within_the_grace_is_found_out_at_the_next_rotation(identity: Identity) -> None:
    stolen = await identity.sign_in((await identity.person()).email)
    victim = await refresh(identity, stolen.refresh_token)
    thief = await refresh(identity, stolen.refresh_token)
    await refresh(identity, thief.refresh_token)
    await some_seconds_pass(identity, stolen, 11)
    assert (await refused(refresh(identity, victim.refresh_token))).reason == "REFRESH_TOKEN_REUSED"


@pytest.mark.parametrize("token", ["", "nonsense", "A" * 43, "A" * 5000])
async def test_an_unknown_token_is_invalid(identity: Identity, token: str) -> None:
    answer = await refused(refresh(identity, token))
    assert (answer.code, answer.reason) == (grpc.StatusCode.UNAUTHENTICATED, "REFRESH_TOKEN_INVALID")


async def test_a_session_unused_for_thirty_days_is_over(identity: Identity) -> None:
    session = await identity.sign_in((await identity.person()).email)
    id_ = UUID(session_id(session))
    await identity.execute("UPDATE user_session SET expires_at = now() WHERE id = :id", id=id_)
    assert (await refused(refresh(identity, session.refresh_token))).reason == "REFRESH_TOKEN_INVALID"


async def test_signing_out_ends_refresh_and_access_token_at_once(identity: Identity) -> None:
    person = await identity.person()
    session, other = await identity.sign_in(person.email), await identity.sign_in(person.email)
    await identity.sessions.SignOut(pb.SignOutRequest(refresh_token=session.refresh_token))
    assert await ends(identity, session.access_token) == "SESSION_ENDED"
    assert (await refused(refresh(identity, session.refresh_token))).reason == "REFRESH_TOKEN_INVALID"
    await me(identity, other.access_token)
    events = await identity.events(session_id(session))
    assert [(event.type, event.aggregate_version) for event in events] == [
        ("session.signed_in", 1),
        ("session.signed_out", 2),
    ]


@pytest.mark.parametrize("token", ["", "nonsense", "B" * 43])
async def test_signing_out_with_an_unknown_token_is_no_error(identity: Identity, token: str) -> None:
    await identity.sessions.SignOut(pb.SignOutRequest(refresh_token=token))


async def test_signing_out_twice_is_no_error(identity: Identity) -> None:
    session = await identity.sign_in((await identity.person()).email)
    for _ in range(2):
        await identity.sessions.SignOut(pb.SignOutRequest(refresh_token=session.refresh_token))


async def test_a_new_password_ends_my_other_sessions_and_keeps_this_one(identity: Identity) -> None:
    person = await identity.person()
    mine, other = await identity.sign_in(person.email), await identity.sign_in(person.email)
    await change(identity, bearer(mine.access_token), PASSWORD, NEW)
    assert await ends(identity, other.access_token) == "SESSION_ENDED"
    assert (await refused(refresh(identity, other.refresh_token))).reason == "REFRESH_TOKEN_INVALID"
    await me(identity, mine.access_token)
    await refresh(identity, mine.refresh_token)
    assert (await refused(identity.sign_in(person.email, PASSWORD))).reason == "SIGN_IN_FAILED"
    await identity.sign_in(person.email, NEW)
    event = (await identity.events(person.id))[-1]
    assert event.type == "user.password_changed"
    assert "password" not in str(event.after)


async def test_changing_the_password_needs_the_current_one_and_counts_wrong_ones(identity: Identity) -> None:
    person = await identity.person()
    for _ in range(10):
        wrong = await refused(change(identity, person.as_, "not-the-password", NEW))
        assert (wrong.code, wrong.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "PASSWORD_WRONG")
        assert wrong.fields == ("current_password",)
    assert (await refused(change(identity, person.as_, PASSWORD, NEW))).reason == "LOCKED_OUT"


async def test_a_weak_new_password_is_refused_before_the_current_one_is_looked_at(
    identity: Identity, admin: Person
) -> None:
    weak = await refused(change(identity, admin.as_, "whatever", "password1234"))
    assert (weak.reason, weak.fields) == ("PASSWORD_WEAK", ("new_password",))


async def test_changing_the_password_needs_a_token(identity: Identity) -> None:
    assert (await refused(change(identity, (), PASSWORD, NEW))).reason == "SIGN_IN_REQUIRED"


async def change(identity: Identity, metadata: Any, current: str, new: str) -> None:
    source = (("x-envoy-external-address", str(id(metadata))),)
    request = pb.ChangePasswordRequest(current_password=current, new_password=new)
    await identity.sessions.ChangePassword(request, metadata=(*metadata, *source))


async def ends(identity: Identity, access_token: str) -> str:
    """Why the token is refused, within a second."""
    async with asyncio.timeout(1):
        while True:
            try:
                await me(identity, access_token)
            except grpc.aio.AioRpcError as error:
                return (await refused(_raise(error))).reason


async def _raise(error: grpc.aio.AioRpcError) -> None:
    raise error


async def test_a_session_ends_ninety_days_after_the_sign_in_however_often_it_is_refreshed(identity: Identity) -> None:
    session = await identity.sign_in((await identity.person()).email)
    begun = "UPDATE user_session SET created_at = now() - make_interval(days => :days) WHERE id = :id"
    await identity.execute(begun, days=80, id=UUID(session_id(session)))
    session = await refresh(identity, session.refresh_token)
    left = session.refresh_expire_time.ToDatetime(UTC) - datetime.now(UTC)
    assert timedelta(days=9, hours=23) < left < timedelta(days=10, minutes=1)
    # One that was prolonged before there was an end.
    await identity.execute(begun, days=91, id=UUID(session_id(session)))
    assert (await refused(refresh(identity, session.refresh_token))).reason == "REFRESH_TOKEN_INVALID"
