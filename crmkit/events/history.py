"""Reading the event log, and asking the relay to publish it again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.events.tables import event, relay_cursor


@dataclass(frozen=True)
class Recorded:
    """One event of the log."""

    position: int
    id: UUID
    recorded_at: datetime
    type: str
    aggregate_type: str
    aggregate_id: UUID
    aggregate_version: int
    actor_id: UUID | None
    operation_id: UUID | None
    traceparent: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    def as_dict(self) -> dict[str, Any]:
        """Every field by name."""
        return asdict(self)


_COLUMNS = [event.c[name] for name in Recorded.__dataclass_fields__]


async def read(
    db: AsyncConnection,
    *,
    aggregate_id: UUID | None = None,
    event_type: str | None = None,
    since: datetime | None = None,
    limit: int,
) -> list[Recorded]:
    """The newest events of a record or of all, oldest first, at most `limit`."""
    newest = select(*_COLUMNS).order_by(event.c.position.desc()).limit(limit)
    if aggregate_id is not None:
        newest = newest.where(event.c.aggregate_id == aggregate_id)
    if event_type is not None:
        newest = newest.where(event.c.type == event_type)
    if since is not None:
        newest = newest.where(event.c.recorded_at >= since)
    rows = (await db.execute(newest)).all()
    return [Recorded(*row) for row in reversed(rows)]


async def ask_for_replay(db: AsyncConnection, since: datetime | None) -> int:
    """Asks the relay to publish again what was recorded at or after `since`, or everything.

    Returns how many events that are now.
    """
    await db.execute(update(relay_cursor).values(replay_requested_at=text("now()"), replay_since=since))
    counted = select(func.count()).select_from(event)
    if since is not None:
        counted = counted.where(event.c.recorded_at >= since)
    return int((await db.execute(counted)).scalar_one())
