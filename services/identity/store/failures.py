"""Counters of failed sign-ins (domain/lockout.py)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.domain.lockout import Policy, lock_after
from services.identity.store.tables import sign_in_failures as counter


@dataclass(frozen=True, slots=True)
class Charge:
    """What came of counting a try: whether it may go on, and until when the next one has to wait."""

    allowed: bool
    locked_until: datetime | None


async def charge(db: AsyncConnection, key: bytes, policy: Policy, now: datetime) -> Charge:
    """Counts a try before it is made, as if it had failed. A try during a lock is not counted."""
    forgotten = counter.c.last_at < now - policy.window
    statement = insert(counter).values(key=key, failures=1, last_at=now)
    counted = statement.on_conflict_do_update(
        index_elements=[counter.c.key],
        set_={
            "failures": case((forgotten, 1), else_=counter.c.failures + 1),
            "last_at": now,
            "locked_until": None,
        },
        where=counter.c.locked_until.is_(None) | (counter.c.locked_until <= now),
    ).returning(counter.c.failures)
    failures = (await db.execute(counted)).scalar_one_or_none()
    if failures is None:
        locked = await db.execute(select(counter.c.locked_until).where(counter.c.key == key))
        return Charge(False, locked.scalar_one())
    lock = lock_after(policy, failures)
    if lock is None:
        return Charge(True, None)
    await db.execute(update(counter).where(counter.c.key == key).values(locked_until=now + lock))
    return Charge(True, now + lock)


async def locks(db: AsyncConnection, keys: Collection[bytes], now: datetime) -> dict[bytes, datetime]:
    """Until when those of the accounts that are locked are so."""
    statement = select(counter.c.key, counter.c.locked_until)
    rows = await db.execute(statement.where(counter.c.key.in_(list(keys)), counter.c.locked_until > now))
    return {bytes(row.key): row.locked_until for row in rows}


async def clear(db: AsyncConnection, key: bytes) -> bool:
    """Forgets everything about an account that has signed in, or may again; False when there was nothing."""
    return bool((await db.execute(delete(counter).where(counter.c.key == key))).rowcount)


async def take_back(db: AsyncConnection, key: bytes) -> None:
    """Takes back one counted try that turned out to be right, with the lock it began."""
    values = {"failures": func.greatest(counter.c.failures - 1, 0), "locked_until": None}
    await db.execute(update(counter).where(counter.c.key == key).values(values))


async def forget_old(db: AsyncConnection, before: datetime) -> None:
    """Removes counters without a try since `before` whose lock has ended."""
    over = counter.c.locked_until.is_(None) | (counter.c.locked_until < func.now())
    await db.execute(delete(counter).where(counter.c.last_at < before, over))
