"""The wiring of the activities service."""

from __future__ import annotations

from pathlib import Path

from crmkit.events.consumer import Consumer
from crmkit.service import Service
from services.activities.api.activity_service import ActivityServicer
from services.activities.api.notification_service import NotificationServicer
from services.activities.workers.hints import is_note, nothing, tell_of_lines, tell_of_notes
from services.activities.workers.jobs import jobs
from services.activities.workers.notifications import concerns_somebody, tell_people
from services.activities.workers.timeline import apply_events

# Twice as many as usual: of 500 events of an import, a quarter of the work is what a transaction costs by itself.
_BATCH = 1_000

SERVICE = Service(
    name="activities",
    servicers=(ActivityServicer, NotificationServicer),
    migrations=Path(__file__).parent / "migrations" / "versions",
    consumers=(
        Consumer(name="timeline", source="contacts", handler=apply_events, afterwards=tell_of_lines, batch_size=_BATCH),
        Consumer(name="notes", source="activities", handler=nothing, wants=is_note, afterwards=tell_of_notes),
        Consumer(
            name="notifications", source="contacts", handler=tell_people, wants=concerns_somebody, batch_size=_BATCH
        ),
    ),
    jobs=jobs,
)
