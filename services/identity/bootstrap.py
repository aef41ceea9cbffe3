"""What identity needs before anybody can sign in: the roles, and a first administrator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import exists, select, true
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from crmkit.events.log import NewEvent, write_events
from services.identity.api import events, hashing
from services.identity.domain import passwords
from services.identity.domain.roles import ADMINISTRATOR, ROLE_IDS, default_rights, with_new_cells
from services.identity.domain.users import Profile, cleaned, email_key
from services.identity.store import roles, users
from services.identity.store.tables import user


async def ensure_roles(db: AsyncConnection) -> None:
    """Adds roles that are missing, and to every role the rights that came with a newer version. Safe to repeat."""
    await users.lock_rights(db)
    now = datetime.now(UTC)
    known = {role.id: role for role in await roles.list_visible(db, true())}
    made = []
    for role_id in ROLE_IDS:
        before = known.get(role_id)
        if before is None:
            made.append(events.role_event("created", None, await roles.add(db, role_id, default_rights(role_id))))
        elif before.rights != (rights := with_new_cells(role_id, before.rights)):
            made.append(events.role_event("updated", before, await roles.change(db, before, rights, now, None)))
    await _write(db, made, now)


async def ensure_administrator(db: AsyncConnection, email: str, password: str) -> bool:
    """Creates the first administrator unless there is a user already. Returns whether it did.

    Raises UserInvalid for a wrong address and PasswordWeak for a password the policy refuses. Commit is the caller's.
    """
    await ensure_roles(db)
    if (await db.execute(select(exists().select_from(user)))).scalar_one():
        return False
    profile = cleaned(
        Profile(
            email=email,
            display_name="Administrator",
            role_ids=(ADMINISTRATOR,),
            team_id=None,
            language="",
            time_zone="",
            calendar="",
        )
    )
    passwords.check(password, profile.email, "password")
    now = datetime.now(UTC)
    password_hash = await hashing.hash_password(password)
    made = await users.add(db, uuid7(), profile, password_hash, now=now, by=None)
    await db.execute(user.update().where(user.c.id == made.id).values(password_initial=True))
    await _write(db, [events.user_event("created", None, made)], now)
    return True


async def first_password_in_use(db: AsyncConnection, email: str) -> bool:
    """Whether the administrator still has the password that `ensure_administrator` was given, and may sign in."""
    initial = exists().where(user.c.email_key == email_key(email), user.c.password_initial, user.c.active)
    return bool((await db.execute(select(initial))).scalar_one())


async def _write(db: AsyncConnection, made: Sequence[NewEvent], now: datetime) -> None:
    await write_events(db, made, actor_id=None, operation_id=None, traceparent="", now=now)
