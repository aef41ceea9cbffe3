"""Writing the event log: in the transaction of the change, all events of a transaction in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from crmkit.copying import Copied, json
from crmkit.events.tables import event
from crmkit.queries import Query

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


class Beside(NamedTuple):
    """A further write that goes with the events, in the same round trip where it can: fixed SQL that writes, which may
    also name the parameters of `write_events`."""

    statement: str
    parameters: Mapping[str, Any]


# From so many events on COPY is the faster way, by half.
_COPY_FROM = 500
# Arrays and not one VALUES row each: the statement is the same for one event and for a thousand.
_INSERT = """
    INSERT INTO event (recorded_at, type, aggregate_type, aggregate_id, aggregate_version, before, after,
                       actor_id, operation_id, traceparent)
    SELECT :now, e.type, e.aggregate_type, e.aggregate_id, e.aggregate_version, e.before, e.after,
           :actor_id, :operation_id, :traceparent
    FROM unnest(CAST(:types AS text[]), CAST(:aggregate_types AS text[]), CAST(:aggregate_ids AS uuid[]),
                CAST(:versions AS bigint[]), CAST(:befores AS jsonb[]), CAST(:afters AS jsonb[]))
         WITH ORDINALITY AS e (type, aggregate_type, aggregate_id, aggregate_version, before, after, place)
    ORDER BY e.place
"""


@cache
def _insert(beside: str) -> Query:
    return Query(text(f"WITH beside AS ({beside}){_INSERT}" if beside else _INSERT))


_COPIED = Copied(
    event,
    (
        *("id", "recorded_at", "actor_id", "operation_id", "traceparent"),
        *("type", "aggregate_type", "aggregate_id", "aggregate_version", "before", "after"),
    ),
)


async def write_events(
    db: AsyncConnection,
    events: Sequence[NewEvent],
    *,
    actor_id: UUID | None,
    operation_id: UUID | None,
    traceparent: str,
    now: datetime,
    beside: Beside | None = None,
) -> None:
    """Writes events into the log, in their order, in the transaction of `db`, which has begun: the records the events
    tell of were written in it. Without events nothing is written, `beside` neither.

    Raises ValueError when the states of an event are larger than MAX_STATE_BYTES.
    """
    if not events:
        return
    common = {"now": now, "actor_id": actor_id, "operation_id": operation_id, "traceparent": traceparent}
    further = dict(beside.parameters) if beside else {}
    if len(events) >= _COPY_FROM:
        if beside is not None:
            await db.execute(text(beside.statement), common | further)
        rows = event_rows(events, actor_id=actor_id, operation_id=operation_id, traceparent=traceparent, now=now)
        await copy_events(db, rows)
        return
    states = [_states(one) for one in events]
    await _insert(beside.statement if beside else "").rows(
        db,
        {
            **common,
            **further,
            "types": [one.type for one in events],
            "aggregate_types": [one.aggregate_type for one in events],
            "aggregate_ids": [one.aggregate_id for one in events],
            "versions": [one.aggregate_version for one in events],
            "befores": [None if before is None else before.decode() for before, _ in states],
            "afters": [None if after is None else after.decode() for _, after in states],
        },
    )


def event_rows(
    events: Iterable[NewEvent], *, actor_id: UUID | None, operation_id: UUID | None, traceparent: str, now: datetime
) -> list[bytes]:
    """Many events as `copy_events` takes them; made without the database, in any thread. Raises as `write_events`.

    With ids of our own: for a default that is a volatile function PostgreSQL would insert row by row.
    """
    common = (now, actor_id, operation_id, traceparent)
    return _COPIED.rows(
        (uuid7(), *common, one.type, one.aggregate_type, one.aggregate_id, one.aggregate_version, *_states(one))
        for one in events
    )


async def copy_events(db: AsyncConnection, rows: Sequence[bytes]) -> None:
    """Writes the rows of `event_rows` into the log, in their order; as `write_events` else."""
    await _COPIED.copy(db, rows)


def _states(event: NewEvent) -> tuple[bytes | None, bytes | None]:
    """Before and after as JSON. Raises ValueError when they are too large."""
    before = None if event.before is None else json(event.before)
    after = None if event.after is None else json(event.after)
    if len(before or b"") + len(after or b"") > MAX_STATE_BYTES:
        raise ValueError(f"{event.type} of {event.aggregate_id}: states exceed {MAX_STATE_BYTES} bytes")
    return before, after
