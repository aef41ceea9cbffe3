"""Hints: what live updates pass on to who is looking right now, and nobody keeps.

A hint has the form of an event and is none: it is not in the log, on no stream, and lost when nobody listens. It tells
that something which is read, and not a record of its own, has changed, such as a timeline.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from crm.events.v1.event_pb2 import Event
from crmkit.db import dumps
from crmkit.events import payload
from crmkit.events.bundles import MAX_EVENTS
from crmkit.service import Runtime


def hint(kind: str, id: UUID, **state: Any) -> Event:
    """That what is called `kind` and belongs to the record `id` has changed. `state`: owner_id and team_id, by which
    the edge knows who may hear of it."""
    told = Event(id=str(uuid7()), type=f"{kind}.updated", aggregate_type=kind, aggregate_id=str(id))
    told.after = dumps(state)
    told.record_time.FromDatetime(datetime.now(UTC))
    return told


async def publish_hints(runtime: Runtime, hints: Sequence[Event]) -> None:
    """Hands them to whoever listens. Raises nats.errors.Error and its kind when the connection is closed."""
    # Three words: the stream of the service keeps subjects of five.
    subject = f"crm.{runtime.service.name}.hint"
    for start in range(0, len(hints), MAX_EVENTS):
        await runtime.nats.publish(subject, payload.encode(hints[start : start + MAX_EVENTS]))
