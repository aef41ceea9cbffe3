"""The background jobs of the service."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from procrastinate import Blueprint, JobContext

from crmkit.jobs import runtime_of
from services.activities.domain.notification import KEPT
from services.activities.store import notifications

log = structlog.get_logger(__name__)
jobs = Blueprint()


@jobs.periodic(cron="41 * * * *")
@jobs.task(name="expire_notifications", queueing_lock="activities:expire_notifications", pass_context=True)
async def expire_notifications(context: JobContext, timestamp: int) -> None:
    """Removes notifications whose 90 days are over; `timestamp` is the hour the schedule meant. Safe to repeat."""
    writer, before, total = runtime_of(context).writer, datetime.now(UTC) - KEPT, 0
    gone = 1
    while gone:
        async with writer.begin() as db:
            gone = await notifications.expire(db, before)
        total += gone
    if total:
        log.info("expired notifications removed", notifications=total)
