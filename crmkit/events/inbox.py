"""What a consumer has read and taken, in its own database: written with the effects, so that each happens once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.events.v1.event_pb2 import Event
from crmkit.events import payload

# Longer than any stream keeps its messages: what is forgotten can come again by a replay only.
REMEMBERED_DAYS = 90
_CLEAN_ROWS = 20_000

_POSITION = text(
    """
    INSERT INTO consumer_position (consumer, partition) VALUES (:consumer, :partition)
    ON CONFLICT (consumer, partition) DO UPDATE SET updated_at = consumer_position.updated_at
    RETURNING stream_created, stream_sequence, message_id, updated_at
    """
)
_STILL_READING = text(
    "UPDATE consumer_position SET updated_at = now() WHERE consumer = :consumer AND partition = :partition"
)
_ADVANCE = text(
    """
    UPDATE consumer_position
    SET stream_created = :stream_created, stream_sequence = :stream_sequence, message_id = :message_id,
        updated_at = now()
    WHERE consumer = :consumer AND partition = :partition
      AND stream_created = :old_created AND stream_sequence = :old_sequence
    """
)
_TAKE = text(
    """
    INSERT INTO inbox (consumer, event_id)
    SELECT :consumer, e.id FROM unnest(CAST(:ids AS uuid[]), CAST(:times AS timestamptz[])) AS e (id, recorded_at)
    WHERE NOT EXISTS (SELECT FROM inbox_horizon WHERE consumer = :consumer AND e.recorded_at < forgotten_before)
    ON CONFLICT DO NOTHING RETURNING event_id
    """
)
_HORIZON = text(
    """
    INSERT INTO inbox_horizon (consumer, forgotten_before) VALUES (:consumer, :before)
    ON CONFLICT (consumer) DO UPDATE SET forgotten_before = greatest(inbox_horizon.forgotten_before, :before)
    """
)
_CLEAN = text(
    """
    DELETE FROM inbox WHERE consumer = :consumer AND event_id IN (
        SELECT event_id FROM inbox WHERE consumer = :consumer AND applied_at < :before LIMIT :rows)
    """
)
_FORGET = text("DELETE FROM inbox WHERE consumer = :consumer AND event_id >= :first")
_FORGET_LETTERS = text("DELETE FROM dead_letter WHERE consumer = :consumer AND event_id >= :first")
_FORGET_HORIZON = text("DELETE FROM inbox_horizon WHERE consumer = :consumer")


@dataclass(frozen=True)
class Floor:
    """How far a partition has been read: everything up to this message of this stream has been taken."""

    stream_created: str
    stream_sequence: int
    message_id: str


async def read_floor(db: AsyncConnection, consumer: str, partition: int) -> tuple[Floor, datetime]:
    """Where reading goes on, the beginning for a new consumer; and when the partition was last known to be read."""
    row = (await db.execute(_POSITION, {"consumer": consumer, "partition": partition})).one()
    return Floor(*row[:3]), row[3]


async def still_reading(db: AsyncConnection, consumer: str, partition: int) -> None:
    """Notes that the partition is read to its end, though there is nothing new in it."""
    await db.execute(_STILL_READING, {"consumer": consumer, "partition": partition})


async def advance(db: AsyncConnection, consumer: str, partition: int, old: Floor, new: Floor) -> bool:
    """Moves the floor; False when another process has moved it, who then has taken the messages too."""
    values = {
        "consumer": consumer,
        "partition": partition,
        "old_created": old.stream_created,
        "old_sequence": old.stream_sequence,
        "stream_created": new.stream_created,
        "stream_sequence": new.stream_sequence,
        "message_id": new.message_id,
    }
    return (await db.execute(_ADVANCE, values)).rowcount == 1


async def take(db: AsyncConnection, consumer: str, events: Sequence[Event]) -> list[Event]:
    """Notes the events as taken; returns those that had not been taken before, in their order."""
    ids = [payload.uuid(event.id) for event in events]
    times = [datetime.fromtimestamp(event.record_time.seconds + 1, UTC) for event in events]
    rows = await db.execute(_TAKE, {"consumer": consumer, "ids": ids, "times": times})
    new = {row[0] for row in rows}
    fresh = []
    for event, event_id in zip(events, ids, strict=True):
        if event_id in new:
            new.discard(event_id)  # twice in one batch: the second is a repetition
            fresh.append(event)
    return fresh


async def clean(db: AsyncConnection, consumer: str, before: datetime) -> bool:
    """Forgets some of the events taken before; True when there may be more.

    From then on every older event counts as taken: it was, or it came by a replay that was not for this consumer.
    """
    deleted = await db.execute(_CLEAN, {"consumer": consumer, "before": before, "rows": _CLEAN_ROWS})
    if deleted.rowcount:
        await db.execute(_HORIZON, {"consumer": consumer, "before": before})
    return deleted.rowcount == _CLEAN_ROWS


async def forget(db: AsyncConnection, consumer: str, since: datetime | None) -> int:
    """Makes the consumer apply again what is replayed: what was recorded at or after `since`, or everything.

    What it gave up is no dead letter any more: it comes again, and a retry of it would be a second time.

    Returns how many events it no longer knows to have taken. Ids are UUIDv7, which begin with their time.
    """
    milliseconds = 0 if since is None else int(since.timestamp() * 1000)
    first = UUID(int=milliseconds << 80)
    deleted = await db.execute(_FORGET, {"consumer": consumer, "first": first})
    await db.execute(_FORGET_LETTERS, {"consumer": consumer, "first": first})
    await db.execute(_FORGET_HORIZON, {"consumer": consumer})
    return deleted.rowcount
