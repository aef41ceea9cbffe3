"""The activities service with a few records whose events it has applied."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from uuid_utils.compat import uuid7

from crm.activities.v1.activity_service_pb2_grpc import ActivityServiceStub
from crm.events.v1.event_pb2 import Event
from crmkit.testing import ServiceUnderTest, running
from services.activities.service import SERVICE
from services.activities.workers.timeline import apply_events
from tests.conftest import Database

START = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
TEAM = UUID("01a1f000-0000-7000-8000-000000000001")
OWNER = UUID("01a1f000-0000-7000-8000-000000000002")


def event(kind: str, subject_id: UUID, version: int = 1, **more: Any) -> Event:
    """An event of contacts, `version` minutes after START, of a record owned by OWNER in TEAM."""
    owned = {"owner_id": str(OWNER), "team_id": str(TEAM)}
    before, after = more.pop("before", None), more.pop("after", {})
    values: dict[str, Any] = {
        "id": str(uuid7()),
        "service": "contacts",
        "type": kind,
        "aggregate_type": kind.split(".", maxsplit=1)[0],
        "aggregate_id": str(subject_id),
        "aggregate_version": version,
        "actor_id": str(OWNER),
        "after": orjson.dumps(owned | after).decode(),
    }
    if before is not None:
        values["before"] = orjson.dumps(owned | before).decode()
    made = Event(**values | more)
    made.record_time.FromDatetime(START + timedelta(minutes=version))
    return made


class Activities(ServiceUnderTest):
    """The service under test, and the records it knows."""

    @property
    def client(self) -> Any:
        return self.stub(ActivityServiceStub)

    async def apply(self, events: Sequence[Event]) -> None:
        """Applies events as the consumer does."""
        async with self.runtime.writer.begin() as db:
            await apply_events(db, events)

    async def contact(self, **after: Any) -> UUID:
        """A new contact of OWNER, known to the service."""
        contact_id = uuid7()
        await self.apply([event("contact.created", contact_id, after=after)])
        return contact_id


@pytest.fixture(scope="module")
async def activities(module_database: Database, nats_url: str) -> AsyncIterator[Activities]:
    async with running(SERVICE, await module_database("activities"), nats_url) as service:
        yield Activities(service.runtime, service.channel, service.port, service.key)
