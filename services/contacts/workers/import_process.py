"""A large import in a process of its own.

Parsing takes a core for as long as the file is long, and the worker has events to publish meanwhile. The process
lives no longer than its parent: it ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from dataclasses import asdict
from uuid import UUID

import orjson
import uvloop

from crmkit.db import create_engine
from crmkit.settings import Settings
from services.contacts.store import imports
from services.contacts.workers.import_run import Report, run

# A line of the child's output; more than one is.
_LINE_LIMIT = 1 << 16
# Chunks between two collections of cyclic garbage, which parsing hardly makes.
_CHUNKS_BETWEEN = 20


class ImportProcessError(Exception):
    """The process ended before the import did; its standard error says why."""


async def run_in_process(settings: Settings, import_id: UUID, report: Report) -> None:
    """As `import_run.run`, in a child process; ending this call ends the child. Raises ImportProcessError."""
    order = {"database_url": settings.database_url.get_secret_value(), "import_id": str(import_id)}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LINE_LIMIT,
        env={name: value for name, value in os.environ.items() if name != "CRM_DATABASE_URL"},
    )
    assert child.stdin is not None and child.stdout is not None  # noqa: S101 - both are pipes
    try:
        child.stdin.write(orjson.dumps(order) + b"\n")
        async for line in child.stdout:
            await report(imports.Counts(**orjson.loads(line)))
        code = await child.wait()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if code != 0:
        raise ImportProcessError(f"the import's process ended with {code}")


async def _work() -> None:
    loop = asyncio.get_running_loop()
    stdin = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    order = orjson.loads(await stdin.readline())
    settings = Settings(database_url=order["database_url"])
    engine = create_engine(order["database_url"], settings, application="contacts import", autocommit=False)
    chunks = 0

    async def report(counts: imports.Counts) -> None:
        nonlocal chunks
        sys.stdout.buffer.write(orjson.dumps(asdict(counts)) + b"\n")
        sys.stdout.buffer.flush()
        chunks += 1
        if chunks % _CHUNKS_BETWEEN == 0:
            gc.collect()

    work = asyncio.create_task(run(engine, UUID(order["import_id"]), report))
    orphaned = asyncio.create_task(stdin.read())
    await asyncio.wait((work, orphaned), return_when=asyncio.FIRST_COMPLETED)
    if not work.done():
        os._exit(1)  # the parent is gone, and what is committed is counted: nothing to tidy up
    orphaned.cancel()
    await engine.dispose()
    work.result()


if __name__ == "__main__":
    gc.disable()
    uvloop.run(_work())
