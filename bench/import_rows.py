"""Imports of growing files, without the rest of the stack: is a row as cheap in the last chunk as in the first?

    python -m bench.import_rows [ROWS ...]        # 10000 100000 1000000 unless told

Each size gets a database of its own on a PostgreSQL of its own. Printed are rows a second, and the processor time
that a row costs the import's process and PostgreSQL. The floor is the COPY of the very rows the import has made into
an empty table with the same indexes.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import asyncpg
import psutil
from sqlalchemy import true
from sqlalchemy.ext.asyncio import AsyncEngine
from uuid_utils.compat import uuid7

from bench.dataset import write_csv
from cli.embedded.postgres import Postgres
from cli.embedded.program import free_port
from crmkit.access import Principal, Scope
from crmkit.db import create_engine
from crmkit.migrations.run import migrate
from crmkit.settings import Settings
from services.contacts.domain.importing.fold import Mode
from services.contacts.domain.importing.plan import Options, understand
from services.contacts.service import SERVICE
from services.contacts.store import files, imports
from services.contacts.workers.import_process import run_in_process
from services.contacts.workers.merge import Rights

_PIECE = 1 << 20


async def _queued(engine: AsyncEngine, content: bytes) -> imports.Import:
    """An import of a stored file, as CreateImport leaves it."""
    user, now = Principal(uuid7(), None, frozenset(), None, ()), datetime.now(UTC)
    stored = files.StoredFile(uuid7(), "bench.csv", len(content), "bench", now + timedelta(days=1))
    plan, _ = understand([content[:_PIECE]], Options(region="US"), whole=len(content) <= _PIECE)
    async with engine.begin() as db:
        await files.begin(db, stored.id, stored.filename, owner_id=user.user_id, team_id=None, now=now)
        for number, at in enumerate(range(0, len(content), _PIECE)):
            await files.add_piece(db, stored.id, number, content[at : at + _PIECE])
        await files.finish(db, stored)
        values: dict[str, Any] = {
            "id": uuid7(),
            "file_id": stored.id,
            "filename": stored.filename,
            "size": stored.size,
            "options": imports.kept_options(plan, Mode.BOTH),
            "dry_run": False,
            "operation_id": uuid7(),
            "rights": Rights(user, Scope.ALL, Scope.ALL, Scope.ALL).json(),
            "created_at": now,
            "owner_id": user.user_id,
        }
        return await imports.add(db, values)


async def _floor(url: str) -> float:
    """Rows a second of COPY into a table like `contact`, of the contacts there are."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE TABLE copied (LIKE contact INCLUDING ALL)")
        with TemporaryDirectory() as folder:
            path = Path(folder) / "contacts"
            await connection.copy_from_table("contact", output=path, format="binary")
            begun = time.perf_counter()
            done = await connection.copy_to_table("copied", source=path, format="binary")
        return int(str(done).split()[1]) / (time.perf_counter() - begun)
    finally:
        await connection.close()


def processor_seconds(process: psutil.Process) -> float:
    """Processor time of a process and of all it has started, those that ended included."""
    times = process.cpu_times()
    children = sum(sum(child.cpu_times()[:2]) for child in process.children(recursive=True))
    return float(sum(times[:4]) + children)


async def measure(url: str, postgres: psutil.Process, rows: int, folder: Path) -> None:
    """Imports a file of `rows` and says how fast."""
    await asyncio.to_thread(migrate, SERVICE, url)
    settings = Settings(database_url=url)  # type: ignore[arg-type]  # pydantic makes it a SecretStr
    engine = create_engine(url, settings, application="bench", autocommit=False)
    path = folder / "people.csv"
    write_csv(path, rows)
    record = await _queued(engine, path.read_bytes())
    processes = (psutil.Process(), postgres)
    before, marks = [processor_seconds(process) for process in processes], [time.perf_counter()]

    async def chunk(_counts: imports.Counts) -> None:
        marks.append(time.perf_counter())

    await run_in_process(settings, record.id, chunk)
    seconds = time.perf_counter() - marks[0]
    python, database = (
        (processor_seconds(process) - begun) / rows * 1e6 for process, begun in zip(processes, before, strict=True)
    )
    async with engine.begin() as db:
        ended = await imports.get(db, record.id, true())
    await engine.dispose()
    assert ended is not None and ended.state == imports.SUCCEEDED, ended
    floor = await _floor(url)
    slowest = max(after - before for before, after in pairwise(marks))
    print(
        f"{rows:>9,} rows: {rows / seconds:>7,.0f} rows/s in {seconds:.1f} s (slowest chunk {slowest:.2f} s, "
        f"{ended.created_count:,} created, {ended.updated_count:,} updated, {ended.rejected_count:,} rejected; "
        f"processor time a row: Python {python:.0f} µs, PostgreSQL {database:.0f} µs); "
        f"COPY of the same contacts with all indexes {floor:,.0f} rows/s",
        flush=True,
    )


@asynccontextmanager
async def running_postgres(folder: Path) -> AsyncIterator[tuple[Postgres, int]]:
    """A PostgreSQL of its own for the length of a block, and its process id."""
    server = Postgres(folder / "postgres", free_port(), secrets.token_urlsafe())
    await asyncio.to_thread(server.prepare)
    program, log = server.program(), folder / "postgres.log"
    process = program.start(log)
    try:
        await server.wait_ready(process, log)
        yield server, process.pid
    finally:
        program.stop(process)


async def _measure_all(sizes: list[int], folder: Path) -> None:
    async with running_postgres(folder) as (server, pid):
        for rows in sizes:
            database = f"import_{rows}"
            await measure(await server.create_database(database), psutil.Process(pid), rows, folder)
            await server.drop_database(database)


def main() -> None:
    sizes = [int(size) for size in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    with TemporaryDirectory(prefix="peyvand-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs under another account where we are root
        asyncio.run(_measure_all(sizes, folder))


if __name__ == "__main__":
    main()
