"""Imports through the service's gRPC, on a real database, with the worker that runs them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import grpc
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from uuid_utils.compat import uuid7

from crm.contacts.v1 import contact_pb2
from crm.contacts.v1 import import_service_pb2 as pb
from crm.contacts.v1.contact_service_pb2_grpc import ContactServiceStub
from crm.contacts.v1.import_service_pb2_grpc import ImportServiceStub
from crmkit.testing import ServiceUnderTest, refusal, running
from services.contacts.service import SERVICE
from services.contacts.store import files
from services.contacts.workers import import_run
from tests.conftest import Database

SAMPLES = Path(__file__).parents[2] / "data" / "contacts"
REGIONS = {"en": "US", "fa": "IR", "az": "AZ", "ms": "MY"}


@dataclass
class Importing:
    """A contacts service whose imports run, and a user who imports."""

    service: ServiceUnderTest
    user_id: UUID
    role: str = "administrator"

    @property
    def stub(self) -> Any:
        return self.service.stub(ImportServiceStub)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        return self.service.as_(self.role, user_id=self.user_id)

    async def upload(self, content: bytes, filename: str = "contacts.csv", piece: int = 1 << 20) -> pb.File:
        async def pieces() -> AsyncIterator[pb.UploadFileRequest]:
            for start in range(0, max(len(content), 1), piece):
                name = filename if start == 0 else ""
                yield pb.UploadFileRequest(filename=name, content=content[start : start + piece])

        stored: pb.File = await self.stub.UploadFile(pieces(), metadata=self.metadata)
        return stored

    async def create(self, file: pb.File, *, dry_run: bool = False, **options: Any) -> pb.Import:
        request = pb.CreateImportRequest(file_id=file.id, options=pb.ImportOptions(**options), dry_run=dry_run)
        created: pb.Import = await self.stub.CreateImport(request, metadata=self.metadata)
        return created

    async def finished(self, import_id: str) -> pb.Import:
        for _ in range(1200):
            record: pb.Import = await self.stub.GetImport(pb.GetImportRequest(id=import_id), metadata=self.metadata)
            if record.state in (pb.Import.STATE_SUCCEEDED, pb.Import.STATE_FAILED):
                return record
            await asyncio.sleep(0.05)
        pytest.fail(f"the import stays {pb.Import.State.Name(record.state)}: {record.error}")

    async def rejected(self, import_id: str) -> list[pb.RejectedRow]:
        request = pb.ListRejectedRowsRequest(import_id=import_id, page_size=1000)
        return list((await self.stub.ListRejectedRows(request, metadata=self.metadata)).rejected_rows)

    async def imported(
        self, content: bytes, *, dry_run: bool = False, piece: int = 1 << 20, **options: Any
    ) -> pb.Import:
        created = await self.create(await self.upload(content, piece=piece), dry_run=dry_run, **options)
        return await self.finished(created.id)

    async def outcome(self, record: pb.Import) -> dict[str, Any]:
        """What the expected files tell of an import."""
        assert record.state == pb.Import.STATE_SUCCEEDED, record.error
        return {
            "records": record.record_count,
            "created": record.created_count,
            "updated": record.updated_count,
            "rejected": [
                {"record": row.record, "column": row.column or None, "reason": row.reason}
                for row in await self.rejected(record.id)
            ],
        }

    async def rows(self, statement: str, **parameters: Any) -> list[Any]:
        async with self.service.runtime.reader.connect() as db:
            return list(await db.execute(text(statement), parameters))


@pytest.fixture
async def importing(database: Database, nats_url: str) -> AsyncIterator[Importing]:
    url = await database(SERVICE)
    async with running(SERVICE, url, nats_url, worker=True) as service:
        yield Importing(service, uuid7())


def sample(language: str) -> bytes:
    return (SAMPLES / f"contacts-{language}.csv").read_bytes()


def expected(language: str) -> dict[str, Any]:
    told = json.loads((SAMPLES / f"contacts-{language}.expected.json").read_text())
    return {name: told[name] for name in ("records", "created", "updated", "rejected")}


@pytest.mark.parametrize("language", REGIONS)
async def test_the_samples_are_imported_as_expected_and_importing_them_again_creates_nothing(
    importing: Importing, language: str
) -> None:
    first = await importing.imported(sample(language), region=REGIONS[language])
    assert await importing.outcome(first) == expected(language)
    assert first.progress == 1

    again = await importing.imported(sample(language), region=REGIONS[language])
    assert again.created_count == 0
    assert again.updated_count + again.unchanged_count == 470
    assert again.rejected_count == first.rejected_count
    assert (await importing.rows("SELECT count(*) FROM contact"))[0][0] == 400


def transcodings() -> Iterable[Any]:
    arabic = str.maketrans("ی۰۱۲۳۴۵۶۷۸۹–", "ي0123456789-")
    for language, encoding in {"en": "utf-8", "fa": "utf-8-sig", "az": "cp1254", "ms": "utf-8"}.items():
        written = sample(language).decode(encoding)
        for codec in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
            yield pytest.param(language, written.encode(codec), id=f"{language}-{codec}")
        if language == "fa":
            yield pytest.param(language, written.translate(arabic).encode("cp1256"), id="fa-cp1256")
        if language == "en":
            yield pytest.param(language, written.replace("Clark", "Müßér").encode("cp1252"), id="en-cp1252")


@pytest.mark.parametrize(("language", "content"), list(transcodings()))
async def test_another_encoding_gives_the_same_result(importing: Importing, language: str, content: bytes) -> None:
    record = await importing.imported(content, region=REGIONS[language], dry_run=True)
    assert await importing.outcome(record) == expected(language)


async def test_a_dry_run_counts_as_the_import_would_and_changes_nothing(importing: Importing) -> None:
    record = await importing.imported(sample("fa"), region="IR", dry_run=True)
    assert await importing.outcome(record) == expected("fa")
    for table in ("contact", "contact_email", "contact_phone", "company", "contact_company", "event"):
        assert (await importing.rows(f"SELECT count(*) FROM {table}"))[0][0] == 0, table  # noqa: S608


def table(count: int, start: int = 0, title: str = "Engineer") -> bytes:
    """A file of people with addresses and numbers of their own."""
    lines = [
        f"Person,{place},p{place}@people.example.com,+98912{place:07d},Company {place % 50},{title}"
        for place in range(start, start + count)
    ]
    return ("First name,Last name,Email,Phone,Company,Job title\n" + "\n".join(lines) + "\n").encode()


async def test_everything_a_row_says_is_stored_and_told_as_an_event(importing: Importing) -> None:
    content = (
        "First name,Last name,E-mail,Mobile,Company,City,Country,Birthday,Tags,Loyalty\n"
        "Sara,Rezaei,Sara@Example.com,0912 100 0316,Sun Ltd,Shiraz,Iran,1990-05-06,vip;new,gold\n"
    )
    record = await importing.imported(content.encode(), region="IR")
    found = (await importing.rows("SELECT * FROM contact"))[0]
    assert (found.given_name, found.family_name, found.display_name) == ("Sara", "Rezaei", "Sara Rezaei")
    email = {"address": "Sara@Example.com", "normalized": "sara@example.com", "label": "", "primary": True}
    assert found.emails == [email]
    assert found.phones[0]["e164"] == "+989121000316"
    assert found.phones[0]["label"] == "mobile"
    assert (found.addresses[0]["city"], found.addresses[0]["region"]) == ("Shiraz", "IR")
    assert (found.birth_year, found.birth_month, found.birth_day) == (1990, 5, 6)
    assert (found.tags, found.custom) == (["vip", "new"], {"loyalty": "gold"})
    assert found.owner_id == found.created_by == importing.user_id

    events = await importing.rows("SELECT * FROM event ORDER BY position")
    assert [event.type for event in events] == ["company.created", "contact.created", "import.succeeded"]
    assert {str(event.operation_id) for event in events} == {record.operation_id}
    assert {event.actor_id for event in events} == {importing.user_id}
    after = events[1].after
    assert after["emails"] == [email]
    assert after["companies"] == [
        {"company_id": str(events[0].aggregate_id), "company_name": "Sun Ltd", "role": "", "primary": True}
    ]
    assert events[1].before is None


async def test_an_imported_contact_is_the_row_that_creating_it_would_have_made(importing: Importing) -> None:
    await importing.imported("Name,Email,Job title\nÇiçək Məmmədova,c@example.com,Mühəndis\n".encode(), region="AZ")
    contacts: Any = importing.service.stub(ContactServiceStub)
    created = await contacts.CreateContact(
        contact_pb2.CreateContactRequest(
            contact=contact_pb2.Contact(
                given_name="Çiçək",
                family_name="Məmmədova",
                emails=[contact_pb2.EmailAddress(address="c@example.com")],
                job_title="Mühəndis",
            ),
            allow_duplicate=True,
        ),
        metadata=importing.metadata,
    )
    own = {"id", "created_at", "updated_at"}
    rows = {str(row.id): row._mapping for row in await importing.rows("SELECT * FROM contact")}
    made, imported = rows.pop(created.id), rows.popitem()[1]
    assert {name: made[name] for name in made if name not in own} == {
        name: imported[name] for name in imported if name not in own
    }
    assert len(await importing.rows("SELECT 1 FROM contact_email WHERE normalized = 'c@example.com'")) == 2


async def test_an_update_tells_what_was_before_and_keeps_what_the_file_does_not_say(importing: Importing) -> None:
    await importing.imported(table(3))
    again = await importing.imported(table(2, title="Director"))
    assert (again.created_count, again.updated_count) == (0, 2)
    events = await importing.rows("SELECT * FROM event WHERE type = 'contact.updated' ORDER BY position")
    assert [(event.before["job_title"], event.after["job_title"]) for event in events] == [("Engineer", "Director")] * 2
    assert [event.aggregate_version for event in events] == [2, 2]
    assert events[0].after["companies"] == events[0].before["companies"]
    versions = await importing.rows("SELECT version FROM contact ORDER BY family_name")
    assert [row.version for row in versions] == [2, 2, 1]


async def test_modes_create_only_and_update_only(importing: Importing) -> None:
    await importing.imported(table(2))
    only_new = await importing.imported(table(3, title="Boss"), mode=pb.ImportOptions.MODE_CREATE)
    assert (only_new.created_count, only_new.updated_count, only_new.unchanged_count) == (1, 0, 2)
    only_known = await importing.imported(table(2, start=2, title="Chief"), mode=pb.ImportOptions.MODE_UPDATE)
    assert (only_known.created_count, only_known.updated_count, only_known.rejected_count) == (0, 1, 1)
    assert [(row.record, row.reason) for row in await importing.rejected(only_known.id)] == [(2, "NOT_FOUND")]


async def test_a_contact_beyond_the_importers_reach_is_not_changed(importing: Importing) -> None:
    await importing.imported(table(1))
    other = Importing(importing.service, uuid7(), "representative")
    record = await other.imported(table(2, title="Mine"))
    assert (record.created_count, record.updated_count, record.rejected_count) == (1, 0, 1)
    assert [row.reason for row in await other.rejected(record.id)] == ["NOT_PERMITTED"]
    titles = await importing.rows("SELECT job_title FROM contact ORDER BY id")
    assert [row.job_title for row in titles] == ["Engineer", "Mine"]
    # A company the importer may not see is not linked, and not made twice for those who see both.
    assert len(await importing.rows("SELECT 1 FROM company WHERE name = 'Company 0'")) == 1


async def test_imports_and_files_of_others_are_not_found(importing: Importing) -> None:
    file = await importing.upload(table(1))
    record = await importing.create(file)
    other = Importing(importing.service, uuid7(), "representative")
    for call in (
        other.create(file),
        other.finished(record.id),
        other.rejected(record.id),
        other.stub.PreviewImport(pb.PreviewImportRequest(file_id=file.id), metadata=other.metadata),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    listed = await other.stub.ListImports(pb.ListImportsRequest(), metadata=other.metadata)
    assert list(listed.imports) == []
    mine = await importing.stub.ListImports(pb.ListImportsRequest(page_size=1), metadata=importing.metadata)
    assert [one.id for one in mine.imports] == [record.id]


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (b"Name,City\nAli,Baku\n", {}, "MAPPING_NO_IDENTITY"),
        (b"", {}, "FILE_EMPTY"),
        (table(1), {"region": "XX"}, "REGION_INVALID"),
        (table(1), {"encoding": "latin-1"}, "ENCODING_INVALID"),
        (table(1), {"mapping": [pb.ColumnMapping(column="E-mail", field="email")]}, "COLUMN_UNKNOWN"),
        (table(1), {"mapping": [pb.ColumnMapping(column="Email", field="e-mail")]}, "FIELD_UNKNOWN"),
    ],
)
async def test_an_import_that_makes_no_sense_is_refused_before_it_begins(
    importing: Importing, content: bytes, options: dict[str, Any], reason: str
) -> None:
    file = await importing.upload(content)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await importing.create(file, **options)
    assert refusal(caught.value).reason == reason


async def test_a_file_arrives_in_pieces_and_too_large_ones_are_refused(importing: Importing) -> None:
    content = table(300)
    file = await importing.upload(content, piece=1000)
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    record = await importing.finished((await importing.create(file)).id)
    assert record.created_count == 300
    for bad, reason in ((("x" * 256, b""), "FILENAME_INVALID"), (("x", bytes((1 << 20) + 1)), "PIECE_TOO_LARGE")):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await importing.upload(bad[1], bad[0], piece=1 << 21)
        assert refusal(caught.value).reason == reason


async def test_a_mapping_given_is_kept_to(importing: Importing) -> None:
    mapping = [
        pb.ColumnMapping(column="Email", field="email"),
        pb.ColumnMapping(column="Job title", field="custom.position"),
    ]
    await importing.imported(table(1), mapping=mapping)
    found = (await importing.rows("SELECT given_name, job_title, custom FROM contact"))[0]
    assert tuple(found) == ("", "", {"position": "Engineer"})


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
    async with importing.service.runtime.writer.begin() as db:
        assert await files.expire(db, datetime.now(UTC) + timedelta(days=29)) == 0
        assert await files.expire(db, datetime.now(UTC) + timedelta(days=31)) == 2
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
