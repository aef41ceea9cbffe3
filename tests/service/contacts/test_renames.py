"""A company with many people gets a new name: a job brings the rest of them along."""

from __future__ import annotations

import asyncio

from sqlalchemy import text

from crm.contacts.v1 import contact_service_pb2
from crmkit.testing import running
from services.contacts.api.company_changes import AT_ONCE
from services.contacts.service import SERVICE
from tests.conftest import Database
from tests.service.contacts.conftest import World

PEOPLE = AT_ONCE + 1_500


async def test_everybody_of_a_renamed_company_is_found_by_its_new_name(database: Database, nats_url: str) -> None:
    async with running(SERVICE, await database(SERVICE), nats_url, worker=True) as service:
        api = World(service).user()
        firm = await api.company(name="Oldname Holding")
        async with service.runtime.writer.begin() as db:
            await db.execute(
                text(
                    "INSERT INTO contact (id, given_name, display_name, name_key, search_text) "
                    "SELECT uuidv7(), 'P', 'P', 'p', E' p\\n oldname holding' FROM generate_series(1, :people)"
                ),
                {"people": PEOPLE},
            )
            await db.execute(
                text("INSERT INTO contact_company (contact_id, company_id) SELECT id, :firm FROM contact"),
                {"firm": firm.id},
            )
        await api.update_company("name", id=firm.id, name="Freshname Holding")
        async with asyncio.timeout(30), service.runtime.reader.connect() as db:
            while await _named(db, "freshname") < PEOPLE:  # noqa: ASYNC110 - a job gives the test nothing to await
                await asyncio.sleep(0.05)
            assert await _named(db, "oldname") == 0
        request = contact_service_pb2.SearchContactsRequest(query="freshname p", page_size=100)
        assert len((await api.contacts.SearchContacts(request, metadata=api.who)).results) == 100


async def _named(db: object, word: str) -> int:
    found = await db.execute(  # type: ignore[attr-defined]
        text("SELECT count(*) FROM contact WHERE search_text LIKE :pattern"), {"pattern": f"%{word}%"}
    )
    return int(found.scalar_one())
