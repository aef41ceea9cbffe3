"""A user who imports, and files to import."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from crm.contacts.v1 import import_service_pb2 as pb
from crm.contacts.v1.import_service_pb2_grpc import ImportServiceStub
from crmkit.testing import ServiceUnderTest


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


def table(count: int, start: int = 0, title: str = "Engineer") -> bytes:
    """A file of people with addresses and numbers of their own."""
    lines = [
        f"Person,{place},p{place}@people.example.com,+98912{place:07d},Company {place % 50},{title}"
        for place in range(start, start + count)
    ]
    return ("First name,Last name,Email,Phone,Company,Job title\n" + "\n".join(lines) + "\n").encode()
