"""What the parts can do by themselves, measured in the same run: nothing built of them can be faster."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import grpc
import uvloop
from google.protobuf.empty_pb2 import Empty

from bench.stack import BenchFailed
from bench.statements import Statement
from cli.embedded.postgres import install

METHOD = "/bench.Empty/Call"
CALLS_UNDER_WAY = 32


def empty_grpc_handler(seconds: float) -> float:
    """Calls a second to a grpc.aio handler that does nothing, server and client each a process on a core of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        server = subprocess.Popen([sys.executable, "-m", "bench.floors"], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            return pool.submit(_call_for, port, seconds).result(timeout=seconds + 60)
        finally:
            server.terminate()
            server.wait(10)


def _call_for(port: int, seconds: float) -> float:
    async def run() -> float:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            call = channel.unary_unary(
                METHOD, request_serializer=Empty.SerializeToString, response_deserializer=Empty.FromString
            )
            return await _repeat(lambda: call(Empty()), seconds, CALLS_UNDER_WAY)

    return uvloop.run(run())


async def _repeat(work: Callable[[], Awaitable[object]], seconds: float, at_once: int) -> float:
    """How often a second `work` can be done, `at_once` at a time."""
    begun = time.perf_counter()
    done = 0

    async def worker() -> None:
        nonlocal done
        while time.perf_counter() - begun < seconds:
            await work()
            done += 1

    await asyncio.gather(*(worker() for _ in range(at_once)))
    return done / (time.perf_counter() - begun)


def bare_reads(url: str, ids: Sequence[UUID], seconds: float) -> float:
    """Reads of a contact by key a second, see `bare`."""
    return bare(url, [("SELECT * FROM contact WHERE id = $1", (key,)) for key in ids], seconds)


def bare(url: str, statements: Sequence[Statement], seconds: float) -> float:
    """Statements a second, taken in turn, by asyncpg alone: prepared, one process with 8 connections."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_fetch_for, url, list(statements), seconds).result(timeout=seconds + 60)


def _fetch_for(url: str, statements: Sequence[Statement], seconds: float) -> float:
    async def run() -> float:
        connections = [
            await asyncpg.connect(url, server_settings={"jit": "off"}, max_cacheable_statement_size=0) for _ in range(8)
        ]
        free = list(connections)
        turn = cycle(statements)

        async def read() -> None:
            connection = free.pop()
            sql, arguments = next(turn)
            await connection.fetch(sql, *arguments)
            free.append(connection)

        rate = await _repeat(read, seconds, len(connections))
        for connection in connections:
            await connection.close()
        return rate

    return uvloop.run(run())


def pgbench_reads(url: str, seconds: int) -> float:
    """The same read by pgbench, prepared, 8 connections: what PostgreSQL does when no Python stands before it."""
    parts = urlsplit(url)
    with TemporaryDirectory() as folder:
        script = Path(folder) / "read.sql"
        script.write_text(
            "\\set n random(1, 100000)\nSELECT c.* FROM bench.sample s JOIN contact c ON c.id = s.id WHERE s.n = :n;\n"
        )
        program = install() / "bin" / "pgbench"
        command = [
            str(program), "-n", "-M", "prepared", "-c", "8", "-j", "2", "-T", str(seconds), "-f", str(script),
            "-h", str(parts.hostname), "-p", str(parts.port), "-U", str(parts.username), parts.path[1:],
        ]  # fmt: skip
        environment = {**os.environ, "PGPASSWORD": parts.password or ""}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    if found is None:
        raise BenchFailed(f"pgbench: {(done.stderr or done.stdout)[-500:]}")
    return float(found.group(1))


_COPIED = ("given_name", "family_name", "email", "phone", "company", "search")


async def copied_rows(url: str, records: Sequence[Sequence[str]]) -> float:
    """Rows a second that COPY writes into a bare table with three B-trees and a trigram index."""
    db = await asyncpg.connect(url)
    try:
        await db.execute("CREATE SCHEMA IF NOT EXISTS bench")
        await db.execute("DROP TABLE IF EXISTS bench.copied")
        columns = ", ".join(f"{name} text" for name in _COPIED)
        await db.execute(f"CREATE TABLE bench.copied (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {columns})")
        await db.execute("CREATE INDEX ON bench.copied (email)")
        await db.execute("CREATE INDEX ON bench.copied (phone)")
        await db.execute("CREATE INDEX ON bench.copied USING gin (search gin_trgm_ops)")
        begun = time.perf_counter()
        await db.copy_records_to_table("copied", schema_name="bench", columns=_COPIED, records=records)
        seconds = time.perf_counter() - begun
        await db.execute("DROP TABLE bench.copied")
    finally:
        await db.close()
    return len(records) / seconds


async def _serve_empty() -> None:
    async def handler(_request: Empty, _context: object) -> Empty:
        return Empty()

    service, method = METHOD[1:].split("/")
    server = grpc.aio.server()
    handlers = {method: grpc.unary_unary_rpc_method_handler(handler, Empty.FromString, Empty.SerializeToString)}
    server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service, handlers)])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await server.wait_for_termination()


if __name__ == "__main__":
    uvloop.run(_serve_empty())
