"""The RPCs of crm.system.v1.SystemService, which every service serves beside its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row

from crm.system.v1 import system_service_pb2 as messages
from crmkit.context import Call
from crmkit.errors import InvalidArgument
from crmkit.events import parked
from crmkit.events.tables import dead_letter
from crmkit.paging import Pager, parse_order
from crmkit.server import Servicer
from crmkit.service import Runtime
from crmkit.system import status
from crmkit.system.processes import roll_call

MAX_IDS = 300
OLDEST_FIRST = parse_order("", {"die_time": dead_letter.c.died_at}, "die_time", dead_letter.c.event_id)
log = structlog.get_logger(__name__)


class SystemServicer(Servicer):
    """How the service is, and what its consumers gave up."""

    contract = messages.DESCRIPTOR.services_by_name["SystemService"]
    # They ask the primary: a replica knows neither the relay's snapshots nor the connections.
    own_connections = frozenset({"GetStatus", "ListDeadLetters"})

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.pager = Pager(runtime.seal_key)

    async def GetStatus(self, _request: messages.GetStatusRequest, call: Call) -> messages.ServiceStatus:
        runtime = call.runtime
        present = await roll_call(runtime)
        consumers = sorted(runtime.service.consumers, key=lambda one: one.name)
        async with runtime.writer.connect() as db:
            return messages.ServiceStatus(
                service=runtime.service.name,
                processes=present.processes,
                relay=await status.relay(db),
                consumers=[await status.consumer(db, one, present.pending[one.name]) for one in consumers],
                jobs=await status.jobs(db),
                job_workers=await status.job_workers(db),
                database=await status.database(db),
                broker_connected=runtime.nats.is_connected,
            )

    async def ListDeadLetters(
        self, request: messages.ListDeadLettersRequest, call: Call
    ) -> messages.ListDeadLettersResponse:
        page = self.pager.page("ListDeadLetters", OLDEST_FIRST, request.page_size, request.page_token)
        async with call.runtime.writer.connect() as db:
            rows, token = page.cut((await db.execute(page.apply(parked.LETTERS))).all())
        return messages.ListDeadLettersResponse(dead_letters=map(_letter, rows), next_page_token=token)

    async def RetryDeadLetters(
        self, request: messages.RetryDeadLettersRequest, call: Call
    ) -> messages.RetryDeadLettersResponse:
        if request.all == bool(request.event_ids):
            raise InvalidArgument("EVENTS_NOT_NAMED", "Name events by event_ids, or say all; not both.", "event_ids")
        if len(request.event_ids) > MAX_IDS:
            raise InvalidArgument("TOO_MANY_IDS", f"At most {MAX_IDS:,} ids at a time.", field="event_ids")
        ids = None if request.all else [_id(text, index) for index, text in enumerate(request.event_ids)]
        count = await parked.retry(call.db, ids)
        log.info("dead letters given back", count=count, user_id=str(call.require().user_id))
        return messages.RetryDeadLettersResponse(retried_count=count)


def _letter(row: Row[*tuple[Any, ...]]) -> messages.DeadLetter:
    return messages.DeadLetter(
        consumer=row.consumer,
        event_id=str(row.event_id),
        type=row.type,
        aggregate_id=str(row.aggregate_id),
        attempts=row.attempts,
        error=row.error,
        die_time=status.instant(row.died_at),
    )


def _id(text: str, index: int) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        field = f"event_ids[{index}]"
        raise InvalidArgument("ID_INVALID", f"{field} must be a UUID.", field=field) from error
