"""Signing in: what it gives, what it never tells, and when it locks."""

from __future__ import annotations

import asyncio
from uuid import UUID

import grpc
import jwt
import orjson
from argon2 import PasswordHasher
from sqlalchemy import text
from uuid_utils.compat import uuid7

from crm.identity.v1 import identity_service_pb2 as pb
from services.identity.bootstrap import ensure_administrator, first_password_in_use
from tests.service.identity.conftest import ADMIN, PASSWORD, Identity, bearer, refused


async def test_the_right_password_gives_a_token_that_says_who_one_is(identity: Identity) -> None:
    region = await identity.team()
    await identity.team(parent_id=region)
    person = await identity.person("manager", region)
    session = await identity.sign_in(person.email)
    claims = jwt.decode(session.access_token, options={"verify_signature": False})
    assert (claims["sub"], claims["roles"], claims["team"]) == (person.id, ["manager"], str(region))
    assert set(claims) == {"iss", "aud", "sub", "sid", "iat", "iat_ms", "exp", "roles", "team"}
    assert session.me.user.email == person.email
    assert (
        await identity.sessions.GetMe(pb.GetMeRequest(), metadata=bearer(session.access_token))
    ).user.id == person.id


async def test_an_access_token_lives_ten_minutes_and_a_refresh_token_thirty_days(identity: Identity) -> None:
    session = await identity.sign_in((await identity.person()).email)
    claims = jwt.decode(session.access_token, options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == 600
    assert session.access_expire_time.seconds == claims["exp"]
    assert round((session.refresh_expire_time.seconds - claims["iat"]) / 86_400) == 30


async def test_the_address_is_compared_without_case_or_surrounding_space(identity: Identity) -> None:
    person = await identity.person()
    session = await identity.sign_in(f" {person.email.upper()} ")
    assert session.me.user.id == person.id


async def test_wrong_password_unknown_address_and_deactivated_user_get_the_same_answer(identity: Identity) -> None:
    person, gone = await identity.person(), await identity.person()
    await identity.execute("UPDATE user_account SET active = false WHERE id = :id", id=UUID(gone.id))
    answers = [
        await refused(identity.sign_in(person.email, "not-the-password")),
        await refused(identity.sign_in("nobody@example.com")),
        await refused(identity.sign_in(gone.email)),
        await refused(identity.sign_in(person.email, "x" * 5000)),
        await refused(identity.sign_in("", "")),
    ]
    assert {(answer.code, answer.reason, answer.message) for answer in answers} == {
        (grpc.StatusCode.UNAUTHENTICATED, "SIGN_IN_FAILED", "The e-mail address or the password is wrong.")
    }


async def test_ten_failures_lock_an_account_even_against_the_right_password(identity: Identity) -> None:
    person = await identity.person()
    for _ in range(10):
        assert (await refused(identity.sign_in(person.email, "wrong-password"))).reason == "SIGN_IN_FAILED"
    locked = await refused(identity.sign_in(person.email))
    assert (locked.code, locked.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "LOCKED_OUT")
    assert locked.retry_seconds is not None
    assert 50 < locked.retry_seconds <= 60


async def test_an_address_without_account_is_locked_just_the_same(identity: Identity) -> None:
    email = f"{uuid7().hex}@example.com"
    reasons = [(await refused(identity.sign_in(email, "wrong-password"))).reason for _ in range(11)]
    assert reasons == ["SIGN_IN_FAILED"] * 10 + ["LOCKED_OUT"]


async def test_many_tries_at_once_get_no_further_than_one_after_the_other(identity: Identity) -> None:
    person = await identity.person()
    answers = await asyncio.gather(*(refused(identity.sign_in(person.email, "wrong-password")) for _ in range(30)))
    assert sum(answer.reason == "SIGN_IN_FAILED" for answer in answers) == 10


async def test_after_the_lock_one_more_failure_locks_twice_as_long(identity: Identity) -> None:
    person = await identity.person()
    for _ in range(10):
        await refused(identity.sign_in(person.email, "wrong-password"))
    await identity.execute("UPDATE sign_in_failures SET locked_until = now() WHERE failures = 10")
    assert (await refused(identity.sign_in(person.email, "wrong-password"))).reason == "SIGN_IN_FAILED"
    locked = await refused(identity.sign_in(person.email))
    assert locked.retry_seconds is not None
    assert 110 < locked.retry_seconds <= 120


async def test_success_forgets_the_failures_of_the_account(identity: Identity) -> None:
    person = await identity.person()
    for _ in range(2):
        for _ in range(9):
            await refused(identity.sign_in(person.email, "wrong-password"))
        await identity.sign_in(person.email)


async def test_a_network_address_that_tries_many_accounts_is_locked_without_locking_them(identity: Identity) -> None:
    source, person = uuid7().hex, await identity.person()
    answers = await asyncio.gather(
        *(refused(identity.sign_in(f"{number}@example.com", "wrong-password", source)) for number in range(100))
    )
    assert {answer.reason for answer in answers} <= {"SIGN_IN_FAILED", "LOCKED_OUT"}
    assert (await refused(identity.sign_in(person.email, source=source))).reason == "LOCKED_OUT"
    await identity.sign_in(person.email)


async def test_the_lock_and_the_sign_in_are_events_without_secrets(identity: Identity) -> None:
    person = await identity.person()
    for _ in range(10):
        await refused(identity.sign_in(person.email, "wrong-password", "192.0.2.7"))
    async with identity.runtime.reader.connect() as db:
        query = text("SELECT after FROM event WHERE type = 'session.locked' AND after ->> 'user_id' = :id")
        locked = (await db.execute(query, {"id": person.id})).scalars().all()
    assert [event["source_address"] for event in locked] == ["192.0.2.7"]
    other = await identity.person()
    session = await identity.sign_in(other.email)
    sid = jwt.decode(session.access_token, options={"verify_signature": False})["sid"]
    (event,) = await identity.events(sid)
    assert (event.type, str(event.actor_id), event.after["user_id"]) == ("session.signed_in", other.id, other.id)
    written = orjson.dumps([event.after, *locked]).decode()
    assert not any(secret in written for secret in (PASSWORD, session.refresh_token, session.access_token, "argon2"))


async def test_a_hash_of_older_parameters_is_renewed_at_sign_in(identity: Identity) -> None:
    person = await identity.person()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    await identity.execute(
        "UPDATE user_account SET password_hash = :hash WHERE id = :id", hash=weak, id=UUID(person.id)
    )
    await identity.sign_in(person.email)
    async with identity.runtime.reader.connect() as db:
        query = text("SELECT password_hash FROM user_account WHERE id = :id")
        renewed = (await db.execute(query, {"id": UUID(person.id)})).scalar_one()
    assert "m=19456,t=2,p=1" in renewed
    await identity.sign_in(person.email)


async def test_the_public_keys_are_public(identity: Identity) -> None:
    keys = orjson.loads((await identity.sessions.GetJwks(pb.GetJwksRequest())).jwks_json)["keys"]
    assert [set(key) for key in keys] == [{"kty", "crv", "x", "kid", "alg", "use"}]


async def test_a_session_is_stored_without_any_token(identity: Identity) -> None:
    session = await identity.sign_in((await identity.person()).email)
    async with identity.runtime.reader.connect() as db:
        rows = (await db.execute(text("SELECT hash, successor_sealed FROM refresh_token"))).all()
    assert not any(session.refresh_token.encode() in (row.hash, row.successor_sealed) for row in rows)


async def test_me_tells_rights_and_needs_a_token(identity: Identity) -> None:
    person = await identity.person("viewer")
    me = await identity.sessions.GetMe(pb.GetMeRequest(), metadata=person.as_)
    assert {(right.object, right.action) for right in me.rights} == {
        ("contact", "read"),
        ("company", "read"),
        ("activity", "read"),
        ("note", "read"),
        ("operation", "read"),
        ("user", "read"),
        ("user", "update"),
        ("team", "read"),
        ("view", "create"),
        ("view", "update"),
        ("view", "delete"),
    }
    assert (await refused(identity.sessions.GetMe(pb.GetMeRequest()))).reason == "SIGN_IN_REQUIRED"


async def test_the_first_administrator_is_made_once_and_the_first_password_asked_after(own_identity: Identity) -> None:
    async with own_identity.runtime.writer.begin() as db:
        assert not await ensure_administrator(db, "second@example.com", PASSWORD)
        assert await first_password_in_use(db, ADMIN)
    request = pb.ChangePasswordRequest(current_password=PASSWORD, new_password="plum-orbit-kettle")
    await own_identity.sessions.ChangePassword(request, metadata=await own_identity.metadata(ADMIN))
    async with own_identity.runtime.reader.connect() as db:
        assert not await first_password_in_use(db, ADMIN)
    await own_identity.sign_in(ADMIN, "plum-orbit-kettle")
