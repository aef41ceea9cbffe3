"""What the files of one user may take up together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import grpc
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from crm.contacts.v1 import import_service_pb2 as pb
from crmkit.testing import refusal, running
from services.contacts.service import SERVICE
from tests.conftest import Database
from tests.service.contacts.conftest import World, refused
from tests.service.contacts.importing import Importing
from tests.service.contacts.plans import check

MEBIBYTE = 1 << 20


@pytest.fixture
async def small(database: Database, nats_url: str) -> AsyncIterator[Importing]:
    """A user who may store two mebibytes."""
    async with running(SERVICE, await database(SERVICE), nats_url, upload_quota_bytes=2 * MEBIBYTE) as service:
        yield Importing(service, uuid7())


async def used(importing: Importing) -> int:
    found = await importing.rows("SELECT coalesce(sum(octet_length(content)), 0) FROM file_piece")
    return int(found[0][0])


async def test_what_does_not_fit_is_refused_with_the_way_out_and_leaves_nothing(small: Importing) -> None:
    await small.upload(bytes(MEBIBYTE))
    said = await refused(small.upload(bytes(MEBIBYTE + 1)))
    assert (said.code, said.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "UPLOAD_QUOTA_EXCEEDED")
    assert said.metadata == {"quota_bytes": str(2 * MEBIBYTE), "used_bytes": str(2 * MEBIBYTE)}
    assert "30 days" in said.message
    assert "CRM_UPLOAD_QUOTA_BYTES" in said.message
    assert await used(small) == MEBIBYTE
    assert (await small.upload(bytes(MEBIBYTE))).size == MEBIBYTE  # fits to the byte
    assert (await refused(small.upload(b"x"))).reason == "UPLOAD_QUOTA_EXCEEDED"


async def test_one_user_does_not_use_up_the_room_of_another(small: Importing) -> None:
    await small.upload(bytes(2 * MEBIBYTE))
    assert (await Importing(small.service, uuid7()).upload(b"First name\nAli\n")).size


async def test_uploads_that_never_end_count_and_are_forgotten_an_hour_after_their_last_piece(small: Importing) -> None:
    arrived = asyncio.Event()

    async def endless() -> AsyncIterator[pb.UploadFileRequest]:
        yield pb.UploadFileRequest(filename="endless.csv", content=bytes(MEBIBYTE))
        yield pb.UploadFileRequest(content=bytes(MEBIBYTE))
        await arrived.wait()

    call = small.stub.UploadFile(endless(), metadata=small.metadata)
    async with asyncio.timeout(20):
        while await used(small) < 2 * MEBIBYTE:  # noqa: ASYNC110 - what the service has committed is polled
            await asyncio.sleep(0.02)
    assert (await refused(small.upload(b"x"))).reason == "UPLOAD_QUOTA_EXCEEDED"
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    ends = await small.rows("SELECT expires_at - now() BETWEEN interval '50 minutes' AND interval '1 hour' FROM file")
    assert [row[0] for row in ends] == [True]


async def test_what_a_user_stores_is_summed_over_an_index(small: Importing) -> None:
    async with small.service.runtime.writer.begin() as db:
        await db.execute(
            text("""INSERT INTO file (id, filename, size, created_at, expires_at, owner_id)
                    SELECT uuidv7(), 'x', 1, now(), now(), lpad(to_hex(n % 500), 32, '0')::uuid
                    FROM generate_series(1, 20000) n""")
        )
        await db.execute(text("ANALYZE file"))
    stranger = Importing(small.service, UUID(int=7))
    await check(World(small.service), lambda: stranger.upload(b"First name\nAli\n"), 100)


async def test_a_piece_that_is_refused_takes_the_file_with_it(small: Importing) -> None:
    async def oversized() -> AsyncIterator[pb.UploadFileRequest]:
        yield pb.UploadFileRequest(filename="x.csv", content=b"a,b\n")
        yield pb.UploadFileRequest(content=bytes(MEBIBYTE + 1))

    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await small.stub.UploadFile(oversized(), metadata=small.metadata)
    assert refusal(caught.value).reason == "PIECE_TOO_LARGE"
    assert await small.rows("SELECT id FROM file") == []
