"""The consumer that builds timelines from the events of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from crm.events.v1.event_pb2 import Event
from crmkit.events import payload
from services.activities.domain.timeline import Happening, effects
from services.activities.store import timeline


async def apply_events(db: AsyncConnection, events: Sequence[Event]) -> None:
    """Applies a run of events, in the order of each record, with three statements at most whatever its length."""
    await timeline.apply(db, effects(map(happening, events)))


def happening(event: Event) -> Happening:
    """The event as timelines see it."""
    return Happening(
        event_id=UUID(event.id),
        type=event.type,
        subject_type=event.aggregate_type,
        subject_id=UUID(event.aggregate_id),
        version=event.aggregate_version,
        time=event.record_time.ToDatetime(UTC),
        actor_id=_uuid(event.actor_id),
        operation_id=_uuid(event.operation_id),
        before=payload.before(event),
        after=payload.after(event),
    )


def _uuid(text: str) -> UUID | None:
    return UUID(text) if text else None
