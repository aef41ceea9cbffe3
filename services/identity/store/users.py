"""Queries on users. Rows become domain values here and nowhere else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Row, Select, cast, exists, extract, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.text import fold
from services.identity.domain import errors
from services.identity.domain.roles import ADMINISTRATOR
from services.identity.domain.users import Profile, User, as_fields, email_key
from services.identity.store.tables import user

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
# The clock that both the issue of tokens and the ending of sessions are dated by: one for all replicas.
_CLOCK_MS = cast(extract("epoch", func.clock_timestamp()) * 1000, BigInteger)
# Taken by every change that could give or take away rights, so that two of them never pass each other unseen.
_LOCK_RIGHTS = text("SELECT pg_advisory_xact_lock(hashtext('identity rights'))")

_HIDDEN = ("password_hash", "password_initial", "search_text")
PUBLIC = tuple(column for column in user.c if column.name not in _HIDDEN)


def to_user(row: AnyRow) -> User:
    """The domain's view of a row."""
    profile = Profile(
        email=row.email,
        display_name=row.display_name,
        role_ids=tuple(row.role_ids),
        team_id=row.team_id,
        language=row.language,
        time_zone=row.time_zone,
        calendar=row.calendar,
        digits=row.digits,
        theme=row.theme,
        week_start=row.week_start,
    )
    return User(
        id=row.id,
        profile=profile,
        active=row.active,
        not_before_ms=row.not_before_ms,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
        updated_by=row.updated_by,
        password_temporary=row.password_temporary,
        last_sign_in_at=row.last_sign_in_at,
    )


async def lock_rights(db: AsyncConnection) -> None:
    """Waits for its turn among changes of rights; held until the transaction ends."""
    await db.execute(_LOCK_RIGHTS)


def list_all() -> Select[*tuple[Any, ...]]:
    """The select of a list of users; the caller adds scope, filter and page."""
    return select(*PUBLIC)


async def get(db: AsyncConnection, user_id: UUID, visible: ColumnElement[bool], *, lock: bool = False) -> User:
    """One user in scope. Raises UserNotFound. With `lock` the row stays as it is until the transaction ends."""
    statement = select(*PUBLIC).where(user.c.id == user_id, visible)
    row = (await db.execute(statement.with_for_update() if lock else statement)).first()
    if row is None:
        raise errors.UserNotFound
    return to_user(row)


async def add(
    db: AsyncConnection,
    user_id: UUID,
    profile: Profile,
    password_hash: str,
    *,
    now: datetime,
    by: UUID | None,
    password_temporary: bool = False,
) -> User:
    """Inserts an active user. Violates uq_user_account_email_key when the address is taken."""
    values = {
        "id": user_id,
        **_columns(profile),
        "password_hash": password_hash,
        "password_temporary": password_temporary,
        "created_at": now,
        "updated_at": now,
        "created_by": by,
        "updated_by": by,
    }
    return to_user((await db.execute(insert(user).values(values).returning(*PUBLIC))).one())


async def change(
    db: AsyncConnection, before: User, now: datetime, by: UUID | None, *, end_tokens: bool = False, **values: Any
) -> User:
    """Writes columns of a locked user. With `end_tokens` every access token issued until now is refused from now on."""
    if end_tokens:
        values["not_before_ms"] = func.greatest(user.c.not_before_ms, _CLOCK_MS)
    statement = (
        update(user)
        .where(user.c.id == before.id)
        .values(version=user.c.version + 1, updated_at=now, updated_by=by, **values)
        .returning(*PUBLIC)
    )
    return to_user((await db.execute(statement)).one())


async def change_profile(
    db: AsyncConnection, before: User, profile: Profile, now: datetime, by: UUID | None, *, end_tokens: bool
) -> User:
    """Writes another profile. Violates uq_user_account_email_key when the address is taken."""
    return await change(db, before, now, by, end_tokens=end_tokens, **_columns(profile))


async def other_active_administrator(db: AsyncConnection, user_id: UUID) -> bool:
    """Whether an active administrator remains without this user. Ask it under `lock_rights`."""
    others = user.c.active & user.c.role_ids.contains([ADMINISTRATOR]) & (user.c.id != user_id)
    return bool((await db.execute(select(exists().where(others)))).scalar_one())


async def credentials(db: AsyncConnection, email: str) -> AnyRow | None:
    """id, password_hash and active of the user with this address, None when there is none."""
    statement = select(user.c.id, user.c.password_hash, user.c.active).where(user.c.email_key == email_key(email))
    return (await db.execute(statement)).first()


async def credentials_by_id(db: AsyncConnection, user_id: UUID) -> AnyRow | None:
    """id, email, password_hash and active of a user."""
    statement = select(user.c.id, user.c.email, user.c.password_hash, user.c.active).where(user.c.id == user_id)
    return (await db.execute(statement)).first()


async def lock_for_session(db: AsyncConnection, user_id: UUID) -> tuple[User, str, int]:
    """The user, the password's hash, and the instant to issue a token at, in milliseconds since the epoch.

    The row stays locked: whoever deactivates the user waits for this transaction and then sees its session.
    Raises UserNotFound.
    """
    issue_ms = func.greatest(_CLOCK_MS, user.c.not_before_ms + 1).label("issue_ms")
    statement = select(user, issue_ms).where(user.c.id == user_id).with_for_update()
    row = (await db.execute(statement)).first()
    if row is None:
        raise errors.UserNotFound
    return to_user(row), row.password_hash, row.issue_ms


async def note_sign_in(db: AsyncConnection, user_id: UUID, now: datetime) -> None:
    """Notes when a locked user signed in last: no change of the record that anybody edits."""
    await db.execute(update(user).where(user.c.id == user_id).values(last_sign_in_at=now))


async def set_hash(db: AsyncConnection, user_id: UUID, password_hash: str) -> None:
    """Replaces the hash of an unchanged password, after its parameters changed: nothing that anybody would notice."""
    await db.execute(update(user).where(user.c.id == user_id).values(password_hash=password_hash))


async def endings_since(db: AsyncConnection, since_ms: int) -> Sequence[tuple[UUID, int]]:
    """Users some of whose tokens were ended after the instant, with when."""
    statement = select(user.c.id, user.c.not_before_ms).where(user.c.not_before_ms > since_ms)
    return [(row.id, row.not_before_ms) for row in await db.execute(statement)]


def _columns(profile: Profile) -> dict[str, Any]:
    return {
        **as_fields(profile),
        "role_ids": list(profile.role_ids),
        "email_key": email_key(profile.email),
        "name_key": fold(profile.display_name),
    }
