"""A database that is there and does not serve: it starts up, has no connection left, or stands still."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import make_url, text
from structlog.testing import capture_logs

from crmkit.db import DatabaseUnreachableError, transaction
from crmkit.queries import Query
from crmkit.serve import expire_replies
from crmkit.service import Runtime
from tests.service.kit.ledger import beside, ledger

LEAVE = Query(text("INSERT INTO account VALUES (:id, 1)"))
ALL = Query(text("SELECT id FROM account"))
PATIENCE = 15.0
_NO_TLS = 80877103


@asynccontextmanager
async def listening(
    answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """The port of a server on which each connection is `answer`'s."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await answer(reader, writer)
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        for task in list(tasks):
            task.cancel()
        server.close()


def refusing(state: str) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    """A PostgreSQL that lets nobody in."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            (length,) = struct.unpack("!i", await reader.readexactly(4))
            if struct.unpack("!i", (await reader.readexactly(length - 4))[:4])[0] != _NO_TLS:
                break
            writer.write(b"N")
        fields = b"".join(
            kind + said.encode() + b"\0" for kind, said in ((b"S", "FATAL"), (b"C", state), (b"M", "not now"))
        )
        writer.write(b"E" + struct.pack("!i", len(fields) + 5) + fields + b"\0")
        await writer.drain()

    return refuse


# It starts up, it has no connection left, it is shutting down.
@pytest.mark.parametrize("state", ["57P03", "53300", "57P01"])
async def test_a_database_that_lets_nobody_in_is_away_for_what_runs_in_the_background(
    nats_url: str, state: str
) -> None:
    async with listening(refusing(state)) as port:
        url = f"postgresql://nobody:nothing@127.0.0.1:{port}/none"
        async with ledger(url, nats_url, create=False) as runtime:
            with pytest.raises(DatabaseUnreachableError):
                async with transaction(runtime.writer):
                    pass
            with pytest.raises(DatabaseUnreachableError):
                await ALL.rows(runtime.reads, {})
            with capture_logs() as said:
                async with beside(expire_replies(runtime)) as (task,), asyncio.timeout(PATIENCE):
                    while not (task.done() or told(said)):  # noqa: ASYNC110 - a log line gives nothing to await
                        await asyncio.sleep(0.02)
                    assert not task.done(), "it tries again in an hour, and does not end the process"


def told(said: Sequence[Mapping[str, Any]]) -> bool:
    return any(line["event"] == "stored replies not expired" for line in said)


class Wire:
    """Between a service and its database. While it stands still connections are taken, and nothing moves on any."""

    def __init__(self, url: str) -> None:
        target = make_url(url)
        self._host, self._port = target.host, target.port
        self._moving = asyncio.Event()
        self._moving.set()

    def stand_still(self) -> None:
        self._moving.clear()

    def move(self) -> None:
        self._moving.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._moving.wait()
        from_database, to_database = await asyncio.open_connection(self._host, self._port)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(1 << 16):
                await self._moving.wait()
                sink.write(data)
                await sink.drain()
            sink.close()

        try:
            await asyncio.gather(pump(reader, to_database), pump(from_database, writer))
        finally:
            to_database.close()


async def write(runtime: Runtime) -> None:
    async with transaction(runtime.writer) as db:
        await LEAVE.rows(db, {"id": uuid4()})


async def read(runtime: Runtime) -> None:
    await ALL.rows(runtime.reads, {})


async def read_by_core(runtime: Runtime) -> None:
    async with runtime.reader.connect() as db:
        await db.execute(text("SELECT id FROM account"))


@pytest.mark.parametrize("call", [write, read, read_by_core])
async def test_a_call_ends_in_time_though_the_database_stands_still(
    ledger_url: str, nats_url: str, call: Callable[[Runtime], Awaitable[None]]
) -> None:
    """And what it waited on is given up: the one connection there is serves the next call once the database does."""
    wire = Wire(ledger_url)
    async with listening(wire.carry) as port:
        url = make_url(ledger_url).set(host="127.0.0.1", port=port).render_as_string(hide_password=False)
        async with ledger(url, nats_url, database_pool_size=1) as runtime:
            await call(runtime)
            wire.stand_still()
            under_way = asyncio.create_task(_in_time(call(runtime), 0.5))
            ended, _ = await asyncio.wait([under_way], timeout=PATIENCE)
            wire.move()
            assert ended, "the call outlives its deadline for as long as the database stands still"
            with pytest.raises((TimeoutError, DatabaseUnreachableError)):
                await under_way
            await _in_time(call(runtime), PATIENCE)


async def _in_time(call: Awaitable[None], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await call
