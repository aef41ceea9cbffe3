"""Events whose handler failed: parked and tried again later, given up in the end (docs/adr/0003-parked-events.md).

Rows of `parked_event` of one aggregate are a queue in the order of positions: only its first is tried, the
others wait behind it. What an operator does to dead letters is here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.events.v1.event_pb2 import Event
from crmkit.events.tables import dead_letter

_ERROR_LENGTH = 4_000

_BLOCKED = text(
    "SELECT DISTINCT aggregate_id FROM parked_event WHERE consumer = :consumer AND partition = :partition "
    "AND aggregate_id = ANY (CAST(:aggregates AS uuid[]))"
)
_PARK = text(
    """
    INSERT INTO parked_event
        (consumer, event_id, partition, aggregate_id, position, payload, attempts, next_attempt_at, error)
    VALUES (:consumer, :event_id, :partition, :aggregate_id, :position, :payload, :attempts,
            now() + make_interval(secs => :delay), :error)
    ON CONFLICT (consumer, event_id) DO NOTHING
    """
)
_DUE = text(
    """
    SELECT event_id FROM (
        SELECT DISTINCT ON (aggregate_id) event_id, next_attempt_at FROM parked_event
        WHERE consumer = :consumer AND partition = :partition ORDER BY aggregate_id, position) AS head
    WHERE next_attempt_at <= now() ORDER BY next_attempt_at LIMIT :most
    """
)
_HEAD = text(
    "SELECT payload, attempts FROM parked_event WHERE consumer = :consumer AND event_id = :event_id FOR UPDATE"
)
_BEHIND = text(
    "SELECT event_id FROM parked_event WHERE consumer = :consumer AND aggregate_id = :aggregate_id "
    "ORDER BY position LIMIT 1"
)
_RELEASE = text("DELETE FROM parked_event WHERE consumer = :consumer AND event_id = :event_id")
_POSTPONE = text(
    """
    UPDATE parked_event
    SET attempts = :attempts, next_attempt_at = now() + make_interval(secs => :delay), error = :error
    WHERE consumer = :consumer AND event_id = :event_id
    """
)
_BURY = text(
    """
    WITH gone AS (DELETE FROM parked_event WHERE consumer = :consumer AND event_id = :event_id RETURNING *)
    INSERT INTO dead_letter
        (consumer, event_id, partition, aggregate_id, position, type, payload, attempts, error)
    SELECT consumer, event_id, partition, aggregate_id, position, :type, payload, :attempts, :error FROM gone
    """
)
_RETRY = text(
    """
    WITH back AS (
        DELETE FROM dead_letter WHERE CAST(:ids AS uuid[]) IS NULL OR event_id = ANY (CAST(:ids AS uuid[])) RETURNING *)
    INSERT INTO parked_event (consumer, event_id, partition, aggregate_id, position, payload, next_attempt_at)
    SELECT consumer, event_id, partition, aggregate_id, position, payload, now() FROM back
    """
)
_DISCARD = text("DELETE FROM dead_letter WHERE CAST(:ids AS uuid[]) IS NULL OR event_id = ANY (CAST(:ids AS uuid[]))")
_SHOWN = ("consumer", "event_id", "type", "aggregate_id", "attempts", "error", "died_at")
# Dead letters as an operator sees them.
LETTERS = select(*(dead_letter.c[name] for name in _SHOWN))
_COUNTS = text(
    "SELECT (SELECT count(*) FROM parked_event WHERE consumer = :consumer), "
    "(SELECT count(*) FROM dead_letter WHERE consumer = :consumer)"
)


@dataclass(frozen=True)
class Parked:
    """One parked event; `attempts` have failed."""

    event: Event
    attempts: int


async def blocked(db: AsyncConnection, consumer: str, partition: int, aggregates: set[UUID]) -> set[UUID]:
    """Those of the aggregates that have events parked."""
    values = {"consumer": consumer, "partition": partition, "aggregates": list(aggregates)}
    return {row[0] for row in await db.execute(_BLOCKED, values)}


async def park(
    db: AsyncConnection, consumer: str, partition: int, event: Event, *, attempts: int, delay: timedelta, error: str
) -> None:
    """Sets an event aside, to be tried after `delay` once it is the first of its aggregate."""
    values = {
        "consumer": consumer,
        "event_id": UUID(event.id),
        "partition": partition,
        "aggregate_id": UUID(event.aggregate_id),
        "position": event.position,
        "payload": event.SerializeToString(),
        "attempts": attempts,
        "delay": delay.total_seconds(),
        "error": error[:_ERROR_LENGTH],
    }
    await db.execute(_PARK, values)


async def due(db: AsyncConnection, consumer: str, partition: int, most: int) -> list[UUID]:
    """Events to be tried now: the first of each aggregate, if its time has come."""
    return [row[0] for row in await db.execute(_DUE, {"consumer": consumer, "partition": partition, "most": most})]


async def hold(db: AsyncConnection, consumer: str, event_id: UUID) -> Parked | None:
    """Locks a parked event for this transaction; None when it is parked no longer."""
    row = (await db.execute(_HEAD, {"consumer": consumer, "event_id": event_id})).one_or_none()
    return None if row is None else Parked(Event.FromString(row[0]), row[1])


async def release(db: AsyncConnection, consumer: str, event: Event) -> UUID | None:
    """Forgets an event that has been applied; returns the next one of its aggregate."""
    await db.execute(_RELEASE, {"consumer": consumer, "event_id": UUID(event.id)})
    values = {"consumer": consumer, "aggregate_id": UUID(event.aggregate_id)}
    behind: UUID | None = (await db.execute(_BEHIND, values)).scalar_one_or_none()
    return behind


async def postpone(
    db: AsyncConnection, consumer: str, event: Event, *, attempts: int, delay: timedelta, error: str
) -> None:
    """Another attempt has failed; the next comes after `delay`."""
    values = {"consumer": consumer, "event_id": UUID(event.id), "attempts": attempts}
    await db.execute(_POSTPONE, {**values, "delay": delay.total_seconds(), "error": error[:_ERROR_LENGTH]})


async def bury(db: AsyncConnection, consumer: str, event: Event, *, attempts: int, error: str) -> None:
    """Gives a parked event up: it becomes a dead letter, and its aggregate goes on without it."""
    values = {"consumer": consumer, "event_id": UUID(event.id), "attempts": attempts, "type": event.type}
    await db.execute(_BURY, {**values, "error": error[:_ERROR_LENGTH]})


async def counts(db: AsyncConnection, consumer: str) -> tuple[int, int]:
    """How many events of a consumer are parked, and how many are dead letters."""
    parked, dead = (await db.execute(_COUNTS, {"consumer": consumer})).one()
    return parked, dead


async def dead_letters(db: AsyncConnection, most: int) -> list[dict[str, Any]]:
    """The oldest dead letters of a service."""
    oldest = LETTERS.order_by(dead_letter.c.died_at).limit(most)
    return [dict(zip(_SHOWN, row, strict=True)) for row in await db.execute(oldest)]


async def retry(db: AsyncConnection, event_ids: Sequence[UUID] | None) -> int:
    """Puts dead letters, or all, back among the parked events, first of their aggregates; returns how many."""
    return (await db.execute(_RETRY, {"ids": None if event_ids is None else list(event_ids)})).rowcount


async def discard(db: AsyncConnection, event_ids: Sequence[UUID] | None) -> int:
    """Deletes dead letters, or all, for good; returns how many."""
    return (await db.execute(_DISCARD, {"ids": None if event_ids is None else list(event_ids)})).rowcount
