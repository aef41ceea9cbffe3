"""Writing the event log: in the transaction of the change, all events of a transaction in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.db import plain

# What one event's states may take as JSON text together. NATS must accept messages a little larger
# (`max_payload`; the local stack sets 8 MiB).
MAX_STATE_BYTES = 6 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A change of one record, as its service tells it.

    `type` is "<aggregate type>.<past participle>" ("contact.created"). `before` and `after` are the record as its
    contract names the fields; they may hold UUIDs and datetimes. `before` is None on creation, `after` on final
    erasure. The writer must hold the row lock of the aggregate (it has just inserted or updated its row): this
    is what keeps the events of one aggregate in order.
    """

    type: str
    aggregate_type: str
    aggregate_id: UUID
    aggregate_version: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


# From so many events on COPY is the faster way, by half.
_COPY_FROM = 500
# Arrays and not one VALUES row each: the statement is the same for one event and for a thousand.
_INSERT = text(
    """
    INSERT INTO event (recorded_at, type, aggregate_type, aggregate_id, aggregate_version, before, after,
                       actor_id, operation_id, traceparent)
    SELECT :now, e.type, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.before, e.after,
           :actor_id, :operation_id, :traceparent
    FROM unnest(CAST(:types AS text[]), CAST(:aggregate_types AS text[]), CAST(:aggregate_ids AS uuid[]),
                CAST(:versions AS bigint[]), CAST(:befores AS jsonb[]), CAST(:afters AS jsonb[]))
         WITH ORDINALITY AS e (type, aggregate_type, aggregate_id, aggregate_version, before, after, place)
    ORDER BY e.place
    """
)


def state_json(state: Mapping[str, Any] | None) -> str | None:
    """A state as JSON text: UUIDs as strings, instants as RFC 3339 in UTC. Raises TypeError on other types."""
    if state is None:
        return None
    return orjson.dumps(state, default=plain, option=orjson.OPT_UTC_Z).decode()


async def write_events(
    db: AsyncConnection,
    events: Sequence[NewEvent],
    *,
    actor_id: UUID | None,
    operation_id: UUID | None,
    traceparent: str,
    now: datetime,
) -> None:
    """Writes events into the log, in their order, in the transaction of `db`, which has begun: the records the events
    tell of were written in it.

    Raises ValueError when the states of an event are larger than MAX_STATE_BYTES.
    """
    if not events:
        return
    befores = [state_json(event.before) for event in events]
    afters = [state_json(event.after) for event in events]
    for event, before, after in zip(events, befores, afters, strict=True):
        if len(before or "") + len(after or "") > MAX_STATE_BYTES // 4 and _size(before, after) > MAX_STATE_BYTES:
            raise ValueError(f"{event.type} of {event.aggregate_id}: states exceed {MAX_STATE_BYTES} bytes")
    if len(events) >= _COPY_FROM:
        common = (now, actor_id, operation_id, traceparent)
        await _copy(db, zip(events, befores, afters, strict=True), common)
        return
    await db.execute(
        _INSERT,
        {
            "now": now,
            "types": [event.type for event in events],
            "aggregate_types": [event.aggregate_type for event in events],
            "aggregate_ids": [event.aggregate_id for event in events],
            "versions": [event.aggregate_version for event in events],
            "befores": befores,
            "afters": afters,
            "actor_id": actor_id,
            "operation_id": operation_id,
            "traceparent": traceparent,
        },
    )


_COPIED = (
    *("recorded_at", "actor_id", "operation_id", "traceparent"),
    *("type", "aggregate_type", "aggregate_id", "aggregate_version", "before", "after"),
)


async def _copy(
    db: AsyncConnection, events: Iterable[tuple[NewEvent, str | None, str | None]], common: tuple[Any, ...]
) -> None:
    """The same by COPY, in the order of the events."""
    connection = (await db.get_raw_connection()).driver_connection
    assert connection is not None  # noqa: S101 - an open connection has its driver's
    records = (
        (*common, event.type, event.aggregate_type, event.aggregate_id, event.aggregate_version, before, after)
        for event, before, after in events
    )
    await connection.copy_records_to_table("event", records=records, columns=_COPIED)


def _size(before: str | None, after: str | None) -> int:
    return len((before or "").encode()) + len((after or "").encode())
