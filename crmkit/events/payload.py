"""Between rows of the log, events and messages on the wire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record
from asyncpg.pgproto import pgproto

from crm.events.v1.event_pb2 import Event, EventBundle

_MICROSECOND = 1_000


def event_of(row: Record, service: str) -> Event:
    """The event of a row of `event`; `before` and `after` are JSON text. About 4 µs."""
    recorded_at = row["recorded_at"]
    actor_id, operation_id = row["actor_id"], row["operation_id"]
    event = Event(
        id=str(row["id"]),
        position=row["position"],
        service=service,
        type=row["type"],
        aggregate_type=row["aggregate_type"],
        aggregate_id=str(row["aggregate_id"]),
        aggregate_version=row["aggregate_version"],
        actor_id="" if actor_id is None else str(actor_id),
        operation_id="" if operation_id is None else str(operation_id),
        traceparent=row["traceparent"],
        before=row["before"],
        after=row["after"],
    )
    event.record_time.seconds = int(recorded_at.timestamp() // 1)
    event.record_time.nanos = recorded_at.microsecond * _MICROSECOND
    return event


def encode(events: Iterable[Event]) -> bytes:
    """The message that carries the events."""
    return EventBundle(events=events).SerializeToString()


def decode(data: bytes) -> Sequence[Event]:
    """The events that a message carries. Raises google.protobuf.message.DecodeError."""
    # Without any it is one event of the time before bundles, which a stream may hold for days after a new release.
    return EventBundle.FromString(data).events or [Event.FromString(data)]


def before(event: Event) -> dict[str, Any] | None:
    """The state before the change; None on creation."""
    return orjson.loads(event.before) if event.HasField("before") else None


def after(event: Event) -> dict[str, Any] | None:
    """The state after the change; None on final erasure."""
    return orjson.loads(event.after) if event.HasField("after") else None


def aggregate_id(event: Event) -> UUID:
    """The record's id."""
    return uuid(event.aggregate_id)


def uuid(text: str) -> UUID:
    """A UUID as the database's driver has them: equal to the standard library's, and made and written in a ninth of the
    time. Raises ValueError."""
    return pgproto.UUID(text)
