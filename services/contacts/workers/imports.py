"""Background jobs of imports: running one, and clearing files away."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import structlog
from procrastinate import JobContext, RetryStrategy

from crmkit.jobs import runtime_of
from crmkit.telemetry import names
from services.contacts.store import files, imports
from services.contacts.workers.import_end import end
from services.contacts.workers.import_process import run_in_process
from services.contacts.workers.import_run import run
from services.contacts.workers.jobs import jobs

log = structlog.get_logger(__name__)
# What CreateImport defers.
RUN_IMPORT = "contacts:run_import"
# A file that is read in less time than a process takes to start.
_SMALL_BYTES = 4 << 20
# With waits of 2, 4, 8 … seconds between: a database that restarts is back well before the last.
_ATTEMPTS = 8
_GIVEN_UP = "Something in the system failed again and again; the service's log says what. Start the import again."


@jobs.task(name="run_import", pass_context=True, retry=RetryStrategy(max_attempts=_ATTEMPTS, exponential_wait=2))
async def run_import(context: JobContext, import_id: str) -> None:
    """Runs an import, or goes on with one that was broken off. Safe to repeat: what is counted is done."""
    runtime = runtime_of(context)
    engine = runtime.writer

    async def count(counts: imports.Counts) -> None:
        for outcome in ("created", "updated", "unchanged", "rejected"):
            names.import_rows.labels(outcome).inc(getattr(counts, outcome))

    try:
        async with engine.begin() as db:
            size = await imports.size_of(db, UUID(import_id))
        if size <= _SMALL_BYTES:
            await run(engine, UUID(import_id), count)
        else:
            await run_in_process(runtime.settings, UUID(import_id), count)
    except Exception:
        if context.job.attempts >= _ATTEMPTS:
            await end(engine, UUID(import_id), imports.FAILED, _GIVEN_UP)
        raise


@jobs.periodic(cron="17 * * * *")
@jobs.task(name="expire_files", queueing_lock="contacts:expire_files", pass_context=True)
async def expire_files(context: JobContext, timestamp: int) -> None:
    """Removes uploaded files whose 30 days are over; `timestamp` is the hour the schedule meant."""
    gone = await files.expire(runtime_of(context).writer, datetime.now(UTC))
    if gone:
        log.info("expired files removed", files=gone)
