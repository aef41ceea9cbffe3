"""Keeping a session: rotating refresh tokens, and ending sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from crmkit.context import Call
from services.identity.api import events
from services.identity.api.mirror import end_sessions_after_commit
from services.identity.api.sign_in import Issued, issue, must_hash
from services.identity.api.signer import Signer
from services.identity.domain import errors
from services.identity.domain.sessions import (
    GRACE,
    expiry,
    new_token,
    open_successor,
    seal_successor,
    token_hash,
)
from services.identity.store import sessions, users
from services.identity.store.sessions import Token


async def refresh(call: Call, signer: Signer, token: str) -> Issued:
    """Raises RefreshTokenInvalid or, having ended the session, RefreshTokenReused."""
    hashed = token_hash(token)
    if hashed is None:
        raise errors.RefreshTokenInvalid
    async with call.transaction() as db:
        user_id = await sessions.user_of(db, hashed)
        if user_id is None:
            raise errors.RefreshTokenInvalid
        user, _, issue_ms = await users.lock_for_session(db, user_id)
        known = await sessions.find(db, hashed)
        if known is None or known.session.ended_at or not user.active:
            raise errors.RefreshTokenInvalid
        expires_at = expiry(known.session.created_at, call.now)
        if min(known.session.expires_at, expires_at) <= call.now:
            raise errors.RefreshTokenInvalid
        successor = await _successor(call, token, known, expires_at)
        if successor is not None:
            return await issue(
                call, signer, user, known.session.id, issue_ms=issue_ms, token=successor, expires_at=expires_at
            )
        await end_sessions(call, user_id, "token_reused", only=known.session.id)
    raise errors.RefreshTokenReused


async def _successor(call: Call, token: str, known: Token, expires_at: datetime) -> str | None:
    """The token that follows; None when this one was used before, longer ago than two tabs would."""
    if known.used_at is None:
        successor = new_token()
        sealed = seal_successor(token, successor)
        await sessions.rotate(call.db, known, must_hash(successor), sealed, now=call.now, expires_at=expires_at)
        return successor
    if known.successor_sealed is not None and call.now - known.used_at <= GRACE:
        return open_successor(token, known.successor_sealed)
    return None


async def sign_out(call: Call, token: str) -> None:
    """Ends the session of a token, used or not. Unknown tokens are no error."""
    hashed = token_hash(token)
    if hashed is None:
        return
    async with call.transaction() as db:
        user_id = await sessions.user_of(db, hashed)
        if user_id is None:
            return
        await users.lock_for_session(db, user_id)
        known = await sessions.find(db, hashed)
        if known is not None:
            await end_sessions(call, user_id, "sign_out", only=known.session.id)


async def end_own_session(call: Call, session_id: UUID) -> None:
    """Ends a session of the caller's. Raises SessionNotFound."""
    user_id = call.require().user_id
    await users.lock_for_session(call.db, user_id)
    if not await end_sessions(call, user_id, "sign_out", only=session_id):
        raise errors.SessionNotFound


async def end_sessions(
    call: Call, user_id: UUID, cause: str, *, only: UUID | None = None, but: UUID | None = None
) -> int:
    """Ends sessions of a locked user: all, `only` one, or all `but` one, with their access tokens. Returns how many."""
    ended = await sessions.end(call.db, user_id, call.now, only=only, but=but)
    for session in ended:
        call.record(events.signed_out_event(session, cause))
    end_sessions_after_commit(call, ended)
    return len(ended)
