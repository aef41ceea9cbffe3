"""Background jobs: done once asked for, also after the database was away."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncpg
from procrastinate import Blueprint, JobContext
from sqlalchemy import make_url, text
from structlog.testing import capture_logs

from cli.embedded.postgres import Postgres
from crmkit.jobs import defer, run_jobs
from crmkit.service import Runtime
from tests.service.kit.ledger import beside

PATIENCE = 30.0


async def open_jobs(runtime: Runtime) -> int:
    """How many jobs of the test are waiting or being done."""
    async with runtime.reader.connect() as db:
        found = await db.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'ledger:count'"))
        return int(found.scalar_one())


async def test_jobs_are_done_again_after_the_database_was_away(
    postgres: Postgres, runtime: Runtime, ledger_url: str
) -> None:
    done: asyncio.Queue[int] = asyncio.Queue()
    blueprint = Blueprint()

    @blueprint.task(name="count", pass_context=True)
    async def count(_context: JobContext, number: int) -> None:
        done.put_nowait(number)

    async def ask(number: int) -> None:
        async with runtime.writer.begin() as db:
            await defer(db, "ledger:count", {"number": number})

    database = make_url(ledger_url).database
    admin = await asyncpg.connect(postgres.url())
    working = replace(runtime, service=replace(runtime.service, jobs=blueprint))
    async with beside(run_jobs(working)), asyncio.timeout(2 * PATIENCE):
        await ask(1)
        assert await done.get() == 1
        while await open_jobs(runtime):  # noqa: ASYNC110 - it is noted as done a little later
            await asyncio.sleep(0.02)
        await admin.execute(f'ALTER DATABASE "{database}" WITH ALLOW_CONNECTIONS false')
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1"
        with capture_logs() as said:
            await admin.fetchval(ended, database)
            while not any(line["event"] == "jobs interrupted" for line in said):  # noqa: ASYNC110 - it notices in time
                await asyncio.sleep(0.1)
        await admin.execute(f'ALTER DATABASE "{database}" WITH ALLOW_CONNECTIONS true')
        await runtime.writer.dispose()
        await ask(2)
        assert await done.get() == 2
    await admin.close()


async def test_a_periodic_job_left_by_a_dead_worker_while_the_next_one_waits_stops_no_jobs(runtime: Runtime) -> None:
    done: asyncio.Queue[int] = asyncio.Queue()
    blueprint = Blueprint()

    @blueprint.task(name="count", pass_context=True)
    async def count(_context: JobContext, number: int) -> None:
        done.put_nowait(number)

    left = text(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, args, status, attempts) VALUES "
        "('default', 'kit:retry_stalled', 'kit:retry_stalled', '{\"timestamp\": 1}', 'doing', 1),"
        "('default', 'kit:retry_stalled', 'kit:retry_stalled', '{\"timestamp\": 2}', 'todo', 0),"
        "('default', 'ledger:count', NULL, '{\"number\": 1}', 'doing', 1)"
    )
    async with runtime.writer.begin() as db:
        await db.execute(left)
    working = replace(runtime, service=replace(runtime.service, jobs=blueprint))
    async with beside(run_jobs(working)), asyncio.timeout(PATIENCE):
        assert await done.get() == 1
    async with runtime.reader.connect() as db:
        still = await db.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"))
        assert still.scalar_one() == 0
