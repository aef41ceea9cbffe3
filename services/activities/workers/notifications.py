"""The consumer that tells people what concerns them, from the events of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from crm.events.v1.event_pb2 import Event
from crmkit.events.log import write_events
from services.activities.api.events import notification_event
from services.activities.domain.notification import notices
from services.activities.store import notifications
from services.activities.workers.timeline import happening


async def tell_people(db: AsyncConnection, events: Sequence[Event]) -> None:
    """Writes the notifications of a run of events, and an event for each, by which browsers learn of it."""
    now = datetime.now(UTC)
    told = await notifications.tell(db, notices(map(happening, events), now))
    made = [notification_event("created" if row.version == 1 else "updated", row) for row in told]
    await write_events(db, made, actor_id=None, operation_id=None, traceparent="", now=now)
