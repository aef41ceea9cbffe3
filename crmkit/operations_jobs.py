"""The background job of operations."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from procrastinate import Blueprint, JobContext, RetryStrategy

from crmkit import operations
from crmkit.jobs import runtime_of
from crmkit.operations_run import step

# With waits of 2, 4, 8 … seconds between: a database that restarts is back well before the last.
_ATTEMPTS = 8
_GIVEN_UP = "Something in the system failed again and again; the service's log says what."


def add_operation_job(jobs: Blueprint) -> None:
    """For the blueprint of a service that has `operations`."""

    @jobs.task(name="run_operation", pass_context=True, retry=RetryStrategy(max_attempts=_ATTEMPTS, exponential_wait=2))
    async def run_operation(context: JobContext, operation_id: str) -> None:
        """Carries out an operation, or what is left of one. Safe to repeat: what is counted is done."""
        runtime, this = runtime_of(context), UUID(operation_id)
        try:
            while await step(runtime.writer, runtime.service.operations, this, datetime.now(UTC)):
                pass
        except Exception:
            if context.job.attempts >= _ATTEMPTS:
                async with runtime.writer.begin() as db:
                    await operations.fail(db, this, _GIVEN_UP, datetime.now(UTC))
            raise
