"""The consumer that builds timelines from the events of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
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
        event_id=payload.uuid(event.id),
        type=event.type,
        subject_type=event.aggregate_type,
        subject_id=payload.aggregate_id(event),
        version=event.aggregate_version,
        time=_instant(event.record_time.seconds, event.record_time.nanos),
        actor_id=_uuid(event.actor_id),
        operation_id=_uuid(event.operation_id),
        before=payload.before(event),
        after=payload.after(event),
    )


# Of an import's ten thousand events the same.
@lru_cache(maxsize=256)
def _uuid(text: str) -> UUID | None:
    return payload.uuid(text) if text else None


@lru_cache(maxsize=256)
def _instant(seconds: int, nanos: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=nanos // 1000)
