"""A company with many people gets a new name: a job brings the rest of them along."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.contacts.v1 import contact_service_pb2
from crmkit.db import transaction
from crmkit.testing import ServiceUnderTest, running
from services.contacts.service import SERVICE
from services.contacts.store import duplicates
from services.contacts.workers.renames import AT_ONCE
from tests.conftest import Database
from tests.service.contacts.conftest import World, email

PEOPLE = AT_ONCE + 1_500


async def test_everybody_of_a_renamed_company_is_found_by_its_new_name(database: Database, nats_url: str) -> None:
    async with running(SERVICE, await database(SERVICE), nats_url, worker=True) as service:
        api = World(service).user()
        firm = await api.company(name="Oldname Holding")
        await _join(service, PEOPLE, firm.id)
        await api.update_company("name", id=firm.id, name="Freshname Holding")
        async with asyncio.timeout(30), service.runtime.reader.connect() as db:
            while await _named(db, "freshname") < PEOPLE:  # noqa: ASYNC110 - a job gives the test nothing to await
                await asyncio.sleep(0.05)
            assert await _named(db, "oldname") == 0
        request = contact_service_pb2.SearchContactsRequest(query="freshname p", page_size=100)
        assert len((await api.contacts.SearchContacts(request, metadata=api.who)).results) == 100


async def test_somebody_who_joins_while_the_company_is_renamed_is_found_by_its_new_name(world: World) -> None:
    api, address = world.user(), "joins@example.com"
    firm = await api.company(name="Zarrin Traders")
    async with transaction(world.service.runtime.writer) as other:
        await duplicates.lock(other, [address], [])  # holds the creation up once it has read the company's name
        joining = asyncio.create_task(api.create(emails=[email(address)], companies=[{"company_id": firm.id}]))
        await _waiting(other, 1)
        renaming = asyncio.create_task(api.update_company("name", id=firm.id, name="Simin Traders"))
        await _waiting(other, 2, or_done=renaming)
    person, _ = await asyncio.gather(joining, renaming)
    request = contact_service_pb2.SearchContactsRequest(query="simin")
    found = (await api.contacts.SearchContacts(request, metadata=api.who)).results
    assert [result.contact.id for result in found] == [person.id]


async def test_somebody_who_leaves_while_the_company_is_renamed_keeps_the_name_of_the_new_one(world: World) -> None:
    api, address = world.user(), "leaves@example.com"
    old, new = await api.company(name="Laleh Oldhouse"), await api.company(name="Narges Newhouse")
    person = await api.create(companies=[{"company_id": old.id}])
    async with transaction(world.service.runtime.writer) as other:
        await duplicates.lock(other, [address], [])  # holds the change up once it has locked the contact
        leaving = asyncio.create_task(
            api.update("emails,companies", id=person.id, emails=[email(address)], companies=[{"company_id": new.id}])
        )
        await _waiting(other, 1)
        renaming = asyncio.create_task(api.update_company("name", id=old.id, name="Yasaman Oldhouse"))
        await _waiting(other, 2, or_done=renaming)
    await asyncio.gather(leaving, renaming)
    for word, expected in (("narges", [person.id]), ("yasaman", [])):
        request = contact_service_pb2.SearchContactsRequest(query=word)
        found = (await api.contacts.SearchContacts(request, metadata=api.who)).results
        assert [result.contact.id for result in found] == expected, word


async def test_a_rename_that_was_held_up_for_too_long_is_tried_again(database: Database, nats_url: str) -> None:
    url = await database(SERVICE)
    async with running(SERVICE, url, nats_url, worker=True, max_call_seconds=1.0) as service:
        api = World(service).user()
        firm = await api.company(name="Oldname Holding")
        people = AT_ONCE + 5
        await _join(service, people, firm.id)
        async with transaction(service.runtime.writer) as other:
            await other.execute(text("SELECT FROM contact ORDER BY id DESC LIMIT 1 FOR UPDATE"))
            await api.update_company("name", id=firm.id, name="Freshname Holding")
            tried = text(
                "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'contacts:rename_company' "
                "AND (attempts > 0 OR status = 'failed')"
            )
            async with asyncio.timeout(30):
                while not (await other.execute(tried)).scalar_one():  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0.05)
        async with asyncio.timeout(30), service.runtime.reader.connect() as db:
            while await _named(db, "freshname") < people:  # noqa: ASYNC110 - a job gives the test nothing to await
                await asyncio.sleep(0.05)


async def _join(service: ServiceUnderTest, people: int, company_id: str) -> None:
    async with service.runtime.writer.begin() as db:
        await db.execute(
            text(
                "INSERT INTO contact (id, given_name, display_name, name_key, search_text) "
                "SELECT uuidv7(), 'P', 'P', 'p', E' p\\n oldname holding' FROM generate_series(1, :people)"
            ),
            {"people": people},
        )
        await db.execute(
            text("INSERT INTO contact_company (contact_id, company_id) SELECT id, :firm FROM contact"),
            {"firm": company_id},
        )


async def _waiting(db: AsyncConnection, sessions: int, or_done: asyncio.Task[Any] | None = None) -> None:
    """Until so many sessions wait for a lock of another."""
    waiting = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
    async with asyncio.timeout(10):
        while (await db.execute(waiting)).scalar_one() < sessions:
            if or_done is not None and or_done.done():
                return
            await asyncio.sleep(0.01)


async def _named(db: AsyncConnection, word: str) -> int:
    found = await db.execute(
        text("SELECT count(*) FROM contact WHERE search_text LIKE :pattern"), {"pattern": f"%{word}%"}
    )
    return int(found.scalar_one())
