"""Imports through the service's gRPC, on a real database, with the worker that runs them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from crm.contacts.v1 import import_service_pb2 as pb
from crm.contacts.v1.import_service_pb2_grpc import ImportServiceStub
from crmkit.testing import ServiceUnderTest, running
from services.contacts.service import SERVICE
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
