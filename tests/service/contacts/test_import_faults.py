"""Imports beside each other, broken off, too large and too late."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import grpc
import pytest
from prometheus_client import REGISTRY
from uuid_utils.compat import uuid7

from crm.contacts.v1 import contact_pb2
from crm.contacts.v1 import import_service_pb2 as pb
from crm.contacts.v1.contact_service_pb2_grpc import ContactServiceStub
from crmkit.testing import refusal, running
from services.contacts.service import SERVICE
from services.contacts.store import files
from services.contacts.workers import import_run
from tests.conftest import Database
from tests.service.contacts.importing import Importing, table


async def test_overlapping_imports_at_once_make_no_contact_twice(importing: Importing) -> None:
    uploaded = [await importing.upload(table(600, start=100 * place)) for place in range(4)]
    started = [await importing.create(file) for file in uploaded]
    ended = [await importing.finished(record.id) for record in started]
    assert sum(record.created_count for record in ended) == 900
    assert (await importing.rows("SELECT count(*) FROM contact"))[0][0] == 900
    assert (await importing.rows("SELECT count(DISTINCT normalized) FROM contact_email"))[0][0] == 900
    assert (await importing.rows("SELECT count(*) FROM company"))[0][0] == 50


async def test_contacts_created_while_their_file_is_imported_are_not_made_twice(importing: Importing) -> None:
    contacts: Any = importing.service.stub(ContactServiceStub)
    count = 3000
    record = await importing.create(await importing.upload(table(count)))

    async def create(place: int) -> None:
        contact = contact_pb2.Contact(
            given_name="By hand", emails=[contact_pb2.EmailAddress(address=f"p{place}@people.example.com")]
        )
        request = contact_pb2.CreateContactRequest(contact=contact)
        try:
            await contacts.CreateContact(request, metadata=importing.metadata)
        except grpc.aio.AioRpcError as error:
            assert refusal(error).reason == "CONTACT_DUPLICATE"

    places = range(0, count, 17)
    await asyncio.gather(*(create(place) for place in places))
    ended = await importing.finished(record.id)
    assert ended.created_count + ended.updated_count == count
    assert (await importing.rows("SELECT count(*) FROM contact"))[0][0] == count


WORKER = """
import asyncio, sys
from uuid import UUID
from crmkit.db import create_engine
from crmkit.settings import Settings
from services.contacts.workers import import_run

async def main():
    import_run.CHUNK_RECORDS = 100
    url, import_id = sys.argv[1:]
    engine = create_engine(url, Settings(database_url=url), application="worker", autocommit=False)
    async def report(counts):
        print(counts.records, flush=True)
    await import_run.run(engine, UUID(import_id), report)

asyncio.run(main())
"""


async def test_a_worker_killed_at_any_point_loses_no_row_and_repeats_none(database: Database, nats_url: str) -> None:
    url = await database(SERVICE)
    async with running(SERVICE, url, nats_url) as service:  # nobody works on the job but the workers killed below
        importing = Importing(service, uuid7())
        content = table(2000) + table(500, title="Director").split(b"\n", 1)[1]
        record = await importing.create(await importing.upload(content, piece=5000))
        for chunks in (1, 4, 2, 7):
            worker = await asyncio.create_subprocess_exec(
                sys.executable, "-c", WORKER, url, record.id, stdout=asyncio.subprocess.PIPE
            )
            assert worker.stdout is not None
            for _ in range(chunks):
                await worker.stdout.readline()
            worker.kill()
            await worker.wait()
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WORKER, url, record.id, stdout=asyncio.subprocess.DEVNULL
        )
        assert await worker.wait() == 0

        ended = await importing.finished(record.id)
        assert ended.state == pb.Import.STATE_SUCCEEDED
        assert (ended.record_count, ended.created_count, ended.updated_count) == (2500, 2000, 500)
        events = await importing.rows(
            "SELECT type, aggregate_version, count(*) FROM event WHERE aggregate_type = 'contact' GROUP BY 1, 2"
        )
        assert sorted(tuple(row) for row in events) == [("contact.created", 1, 2000), ("contact.updated", 2, 500)]
        titles = await importing.rows("SELECT job_title, count(*) FROM contact GROUP BY 1 ORDER BY 1")
        assert [tuple(row) for row in titles] == [("Director", 500), ("Engineer", 1500)]


async def test_a_large_file_is_imported_by_a_process_of_its_own(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.contacts.workers.imports._SMALL_BYTES", 1000)
    counted = REGISTRY.get_sample_value("import_rows_total", {"outcome": "created"}) or 0.0
    record = await importing.imported(table(12_000))
    assert (record.state, record.created_count) == (pb.Import.STATE_SUCCEEDED, 12_000)
    assert REGISTRY.get_sample_value("import_rows_total", {"outcome": "created"}) == counted + 12_000


async def test_a_dry_run_over_several_chunks_counts_as_the_import_does(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "CHUNK_RECORDS", 60)
    await importing.imported(table(50))
    content = table(300, start=30) + table(200, title="Director").split(b"\n", 1)[1]
    rehearsed = await importing.imported(content, dry_run=True)
    real = await importing.imported(content)
    counts = ("record_count", "created_count", "updated_count", "unchanged_count", "rejected_count")
    assert [getattr(rehearsed, name) for name in counts] == [getattr(real, name) for name in counts]
    assert rehearsed.updated_count > 0


async def test_files_go_when_their_time_is_over_and_an_import_of_one_says_so(importing: Importing) -> None:
    file = await importing.upload(table(1))
    record = await importing.imported(b"Email\nx@\n")
    writer = importing.service.runtime.writer
    assert await files.expire(writer, datetime.now(UTC) + timedelta(days=29)) == 0
    assert await files.expire(writer, datetime.now(UTC) + timedelta(days=31)) == 2
    assert await importing.rejected(record.id) == []
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await importing.create(file)
    assert refusal(caught.value).reason == "FILE_NOT_FOUND"


async def test_the_end_of_an_import_is_an_event_with_its_numbers_and_that_of_a_dry_run_none(
    importing: Importing,
) -> None:
    good = await importing.imported(b"First name,E-mail\nA,end-a@example.com\nB,not-an-address\n")
    rehearsed = await importing.imported(b"First name,E-mail\nC,end-c@example.com\n", dry_run=True)
    query = "SELECT type, actor_id, operation_id, after FROM event WHERE aggregate_id = :id"
    ((kind, actor_id, operation_id, after),) = await importing.rows(query, id=UUID(good.id))
    assert (kind, actor_id, str(operation_id)) == ("import.succeeded", importing.user_id, good.operation_id)
    state = json.loads(after) if isinstance(after, str) else after
    assert (state["owner_id"], state["filename"]) == (str(importing.user_id), "contacts.csv")
    assert (state["created_count"], state["rejected_count"]) == (1, 1)
    assert await importing.rows("SELECT type FROM event WHERE aggregate_id = :id", id=UUID(rehearsed.id)) == []
