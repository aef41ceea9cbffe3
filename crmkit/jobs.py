"""Background jobs that commit with the write that asks for them (procrastinate, in the service's database).

Task functions are declared on the service's Blueprint with `pass_context=True`; `runtime_of(context)` gives
them the parts of the process. A job may run twice after a crash: make it safe to repeat.
"""

from __future__ import annotations

import asyncio
from copy import deepcopy
from typing import Any

import psycopg
import structlog
from procrastinate import App, Blueprint, JobContext, PsycopgConnector
from procrastinate.exceptions import ProcrastinateException, UniqueViolation
from procrastinate.jobs import Status
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.cancellation import stop_if_cancelled
from crmkit.db import dumps
from crmkit.service import Runtime
from crmkit.telemetry import names

# How long the database is left alone after it was lost.
RESTART_SECONDS = 2.0
log = structlog.get_logger(__name__)
_DEFER = text(
    "SELECT (procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, :lock, :queueing_lock, CAST(:args AS jsonb), NULL)"
    "::procrastinate_job_to_defer_v1]))[1]"
)


async def defer(
    db: AsyncConnection,
    task: str,
    args: dict[str, Any],
    *,
    queue: str = "default",
    lock: str | None = None,
    queueing_lock: str | None = None,
) -> int:
    """Asks for a job in the transaction of `db`. `task` is "<service>:<function name>". Returns the job's id.

    Jobs with the same `lock` run one after the other; a second waiting job with the same `queueing_lock`
    violates a unique constraint.
    """
    parameters = {"queue": queue, "task": task, "lock": lock, "queueing_lock": queueing_lock, "args": dumps(args)}
    job_id = (await db.execute(_DEFER, parameters)).scalar_one()
    return int(job_id)


def runtime_of(context: JobContext) -> Runtime:
    """The parts of the process that runs the job."""
    runtime = context.additional_context["runtime"]
    if not isinstance(runtime, Runtime):
        raise TypeError("the worker was started without a runtime")
    return runtime


async def run_jobs(runtime: Runtime) -> None:
    """Works on the service's jobs until cancelled, also after the database was away, and those of dead workers."""
    blueprint = runtime.service.jobs
    if blueprint is None:
        return
    while True:
        problem = "the worker ended"  # as it does, and says nothing, when it cannot write its heartbeat
        try:
            await _work(runtime, blueprint)
        except (ProcrastinateException, psycopg.Error, OSError) as error:
            problem = str(error.__cause__ or error)
        stop_if_cancelled()
        log.warning("jobs interrupted", error=problem)
        await asyncio.sleep(RESTART_SECONDS)


async def _work(runtime: Runtime, blueprint: Blueprint) -> None:
    """Works until cancelled or until the database is lost."""
    connector = PsycopgConnector(
        conninfo=runtime.settings.database_url.get_secret_value(),
        min_size=1,
        max_size=3,
        timeout=5.0,  # for a connection of the pool
        kwargs={"connect_timeout": 5},
    )
    app = App(connector=connector)
    # A copy: adding renames the tasks, and this is done again after every loss.
    app.add_tasks_from(deepcopy(blueprint), namespace=runtime.service.name)

    async def retry_stalled_jobs() -> None:
        for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
            names.jobs_failed.labels(job.task_name).inc()
            try:
                await app.job_manager.retry_job(job)
            except UniqueViolation:  # another one with its queueing_lock waits, and will do what it did not
                await app.job_manager.finish_job(job, Status.ABORTED, delete_job=True)

    @app.periodic(cron="* * * * *")
    @app.task(name="kit:retry_stalled", queueing_lock="kit:retry_stalled", pass_context=True)
    async def retry_stalled(_context: JobContext, timestamp: int) -> None:
        await retry_stalled_jobs()

    async with app.open_async():
        await retry_stalled_jobs()
        await app.run_worker_async(
            install_signal_handlers=False,
            additional_context={"runtime": runtime},
            concurrency=2,
            delete_jobs="successful",
            fetch_job_polling_interval=5.0,
            shutdown_graceful_timeout=runtime.settings.stop_seconds,
        )
