"""The consumer that tells people what concerns them, from the events of contacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from crm.events.v1.event_pb2 import Event
from crmkit.events import payload
from crmkit.events.log import write_events
from services.activities.api.events import notification_event
from services.activities.domain.notification import ASSIGNING, IMPORT, assigned_to, notices
from services.activities.domain.timeline import SUBJECT_TYPES
from services.activities.store import notifications
from services.activities.workers.timeline import happening


def concerns_somebody(event: Event) -> bool:
    """Whether there may be somebody to tell: of the records of an import, say, nobody is told whose they were before
    or who runs it."""
    if event.aggregate_type not in SUBJECT_TYPES:
        return event.aggregate_type == IMPORT
    if event.type.partition(".")[2] not in ASSIGNING or not event.HasField("after"):
        return False
    if _is_its_actors(event):
        return False
    return assigned_to(payload.before(event), payload.after(event), event.actor_id) is not None


def _is_its_actors(event: Event) -> bool:
    """Whether the record belongs to who changed it, when its text tells without being read as JSON.

    The key is there once, with the actor behind it: in the record itself, or the record has no owner.
    """
    state, actor_id = event.after, event.actor_id
    return bool(actor_id) and state.count('"owner_id"') == 1 and f'"owner_id": "{actor_id}"' in state


async def tell_people(db: AsyncConnection, events: Sequence[Event]) -> None:
    """Writes the notifications of a run of events, and an event for each, by which browsers learn of it."""
    now = datetime.now(UTC)
    told = await notifications.tell(db, notices(map(happening, events), now))
    made = [notification_event("created" if row.version == 1 else "updated", row) for row in told]
    await write_events(db, made, actor_id=None, operation_id=None, traceparent="", now=now)
