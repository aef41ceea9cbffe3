"""Signing in: count the try, check the password outside any transaction, then begin a session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from crmkit.context import Call
from services.identity.api import events, hashing
from services.identity.api.signer import Signer, principal_of
from services.identity.api.source import source_address, user_agent
from services.identity.domain import errors, lockout
from services.identity.domain.passwords import MAX_LENGTH
from services.identity.domain.roles import Rights
from services.identity.domain.sessions import SESSION_LIFETIME, new_token, token_hash
from services.identity.domain.users import User, email_key
from services.identity.store import failures, roles, sessions, users


@dataclass(frozen=True, slots=True)
class Issued:
    """A pair of tokens, and whom they are for."""

    user: User
    rights: Rights
    access_token: str
    access_expiry: int
    refresh_token: str
    refresh_expires_at: datetime


async def sign_in(call: Call, signer: Signer, email: str, password: str) -> Issued:
    """Raises SignInFailed, LockedOut or Busy."""
    source = source_address(call)
    locked_until = await count_try(call, email, source)
    async with call.runtime.writer.connect() as db:
        found = await users.credentials(db, email)
    stored = found.password_hash if found else None
    fits = len(password) <= MAX_LENGTH and await hashing.verify_password(stored, password)
    if found is None or not fits or not found.active:
        if locked_until is not None:
            async with call.transaction():
                call.record(events.locked_event(found.id if found else None, source, locked_until))
        raise errors.SignInFailed
    better_hash = await hashing.hash_password(password) if hashing.outdated(found.password_hash) else None
    async with call.transaction() as db:
        user, stored_hash, issue_ms = await users.lock_for_session(db, found.id)
        if not user.active or stored_hash != found.password_hash:  # changed since we looked
            raise errors.SignInFailed
        if better_hash is not None:
            await users.set_hash(db, user.id, better_hash)
        await forget_tries(db, email, source)
        return await _begin_session(call, signer, user, issue_ms, source)


async def _begin_session(call: Call, signer: Signer, user: User, issue_ms: int, source: str) -> Issued:
    token, expires_at = new_token(), call.now + SESSION_LIFETIME
    device = sessions.Device(user_agent(call), source_address(call))
    session = await sessions.begin(call.db, uuid7(), user.id, device, now=call.now, expires_at=expires_at)
    await users.note_sign_in(call.db, user.id, call.now)
    await sessions.add_token(call.db, session.id, must_hash(token))
    issued = await issue(call, signer, user, session.id, issue_ms=issue_ms, token=token, expires_at=expires_at)
    call.record(events.signed_in_event(session, source))
    return issued


async def issue(
    call: Call, signer: Signer, user: User, session_id: UUID, *, issue_ms: int, token: str, expires_at: datetime
) -> Issued:
    """Mints the access token that goes with a refresh token; from here on the user is the one who acts."""
    call.principal = principal_of(user, session_id)
    rights = await roles.rights_of(call.db, user.effective_role_ids)
    access_token, access_expiry = signer.mint(call.principal, issue_ms)
    return Issued(user, rights, access_token, access_expiry, token, expires_at)


async def count_try(call: Call, email: str, source: str) -> datetime | None:
    """Counts a try of a password before it is made. Returns until when the account is locked should it fail.

    Raises LockedOut. The network address goes first: one that is locked out does not lock accounts, too.
    """
    async with call.transaction() as db:
        by_source = await failures.charge(db, lockout.address_key(source), lockout.ADDRESS, call.now)
        by_account = None
        if by_source.allowed:
            by_account = await failures.charge(db, lockout.account_key(email_key(email)), lockout.ACCOUNT, call.now)
    for charge in (by_source, by_account):
        if charge is not None and not charge.allowed and charge.locked_until is not None:
            raise errors.LockedOut((charge.locked_until - call.now).total_seconds())
    return by_account.locked_until if by_account else None


async def forget_tries(db: AsyncConnection, email: str, source: str) -> None:
    """After the right password: the account starts anew, the network address gets this one try back."""
    await failures.take_back(db, lockout.address_key(source))
    await failures.clear(db, lockout.account_key(email_key(email)))


def must_hash(token: str) -> bytes:
    """The hash of a token that we made ourselves."""
    hashed = token_hash(token)
    assert hashed is not None  # noqa: S101 - new_token makes tokens that have one
    return hashed
