"""Sessions and the hashes of their refresh tokens. Callers hold the lock on the user's row (users.lock_for_session)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.domain.sessions import SESSION_LIFETIME
from services.identity.store.tables import refresh_token, session


@dataclass(frozen=True, slots=True)
class Session:
    """A session as stored; `version` is that of its events."""

    id: UUID
    user_id: UUID
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Token:
    """A refresh token as stored, with its session."""

    hash: bytes
    used_at: datetime | None
    successor_sealed: bytes | None
    session: Session


@dataclass(frozen=True, slots=True)
class Device:
    """What signed in, and from where."""

    user_agent: str
    source_address: str


@dataclass(frozen=True, slots=True)
class ActiveSession:
    """A live session as its owner sees it."""

    id: UUID
    device: Device
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


async def begin(
    db: AsyncConnection, session_id: UUID, user_id: UUID, device: Device, *, now: datetime, expires_at: datetime
) -> Session:
    """Inserts a session at version 1."""
    values = {
        "id": session_id,
        "user_id": user_id,
        "created_at": now,
        "last_used_at": now,
        "expires_at": expires_at,
        "user_agent": device.user_agent,
        "source_address": device.source_address,
    }
    await db.execute(insert(session).values(values))
    return Session(session_id, user_id, now, expires_at, None, 1)


async def add_token(db: AsyncConnection, session_id: UUID, token_hash: bytes) -> None:
    """Inserts an unused token."""
    await db.execute(insert(refresh_token).values(hash=token_hash, session_id=session_id))


async def user_of(db: AsyncConnection, token_hash: bytes) -> UUID | None:
    """Whose token it is, so that the user can be locked before the token is read."""
    statement = select(session.c.user_id).join(refresh_token, refresh_token.c.session_id == session.c.id)
    return (await db.execute(statement.where(refresh_token.c.hash == token_hash))).scalar_one_or_none()


async def find(db: AsyncConnection, token_hash: bytes) -> Token | None:
    """A token with its session."""
    statement = (
        select(refresh_token, session)
        .join(session, refresh_token.c.session_id == session.c.id)
        .where(refresh_token.c.hash == token_hash)
    )
    row = (await db.execute(statement)).first()
    if row is None:
        return None
    owner = Session(row.session_id, row.user_id, row.created_at, row.expires_at, row.ended_at, row.version)
    return Token(row.hash, row.used_at, row.successor_sealed, owner)


async def rotate(
    db: AsyncConnection, used: Token, successor_hash: bytes, sealed: bytes, *, now: datetime, expires_at: datetime
) -> None:
    """Marks a token used, adds its successor, and prolongs the session.

    Whatever older tokens of the session sealed is forgotten: only the one just used may be repeated. Tokens used longer
    ago than a session lives unused are forgotten altogether, so that one that goes on for years stays small.
    """
    of_session = refresh_token.c.session_id == used.session.id
    await db.execute(delete(refresh_token).where(of_session, refresh_token.c.used_at < now - SESSION_LIFETIME))
    sealing = refresh_token.c.successor_sealed.is_not(None)
    await db.execute(update(refresh_token).where(of_session, sealing).values(successor_sealed=None))
    await db.execute(
        update(refresh_token).where(refresh_token.c.hash == used.hash).values(used_at=now, successor_sealed=sealed)
    )
    await add_token(db, used.session.id, successor_hash)
    prolonged = {"expires_at": expires_at, "last_used_at": now}
    await db.execute(update(session).where(session.c.id == used.session.id).values(prolonged))


async def end(
    db: AsyncConnection, user_id: UUID, now: datetime, *, only: UUID | None = None, but: UUID | None = None
) -> Sequence[Session]:
    """Ends live sessions of a user: all, `only` one, or all `but` one. Returns them as they are now."""
    statement = (
        update(session)
        .where(session.c.user_id == user_id, session.c.ended_at.is_(None), session.c.expires_at > now)
        .values(ended_at=now, version=session.c.version + 1)
        .returning(session)
    )
    if only is not None:
        statement = statement.where(session.c.id == only)
    if but is not None:
        statement = statement.where(session.c.id != but)
    rows = await db.execute(statement)
    return [Session(row.id, row.user_id, row.created_at, row.expires_at, row.ended_at, row.version) for row in rows]


async def active(db: AsyncConnection, user_id: UUID, now: datetime, most: int) -> list[ActiveSession]:
    """The live sessions of a user, the last used first; at most so many."""
    statement = (
        select(session)
        .where(session.c.user_id == user_id, session.c.ended_at.is_(None), session.c.expires_at > now)
        .order_by(session.c.last_used_at.desc(), session.c.id.desc())
        .limit(most)
    )
    return [
        ActiveSession(
            row.id, Device(row.user_agent, row.source_address), row.created_at, row.last_used_at, row.expires_at
        )
        for row in await db.execute(statement)
    ]


async def ended_since(db: AsyncConnection, since: datetime) -> Sequence[tuple[UUID, datetime]]:
    """Sessions ended after the instant, with when."""
    rows = await db.execute(select(session.c.id, session.c.ended_at).where(session.c.ended_at > since))
    return [(row.id, row.ended_at) for row in rows]


async def forget_expired(db: AsyncConnection, now: datetime) -> None:
    """Removes sessions that could not be refreshed any more, with their tokens."""
    await db.execute(delete(session).where(session.c.expires_at < now))
