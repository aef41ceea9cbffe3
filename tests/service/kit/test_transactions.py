"""Transactions whose caller goes away at any moment: what was acknowledged is there, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from crmkit.context import Call
from crmkit.db import TransactionLostError, driver_of, transaction
from crmkit.queries import Query
from crmkit.service import Runtime
from tests.service.kit.ledger import ledger

LEAVE = Query(text("INSERT INTO account VALUES (:id, 1)"))
ALL = Query(text("SELECT id FROM account"))
# Turns of the event loop within which a transaction of one statement is over, several times.
TURNS = 120


@pytest_asyncio.fixture
async def runtime(ledger_url: str, nats_url: str) -> AsyncIterator[Runtime]:
    """One connection to write, so that whatever a transaction leaves in it meets the next one."""
    async with ledger(ledger_url, nats_url, database_pool_size=1) as parts:
        yield parts


async def kept(runtime: Runtime) -> set[UUID]:
    return {row.id for row in await ALL.rows(runtime.reads, {})}


async def leave(runtime: Runtime, acknowledged: set[UUID]) -> None:
    new = uuid4()
    async with transaction(runtime.writer) as db:
        await LEAVE.rows(db, {"id": new})
    acknowledged.add(new)


@pytest.mark.parametrize("times", [1, 2])
async def test_whenever_a_caller_goes_away_the_next_write_is_kept(runtime: Runtime, times: int) -> None:
    """Cancelled once as a caller does that hangs up, twice as one whose deadline ends at the same moment."""
    acknowledged: set[UUID] = set()
    cancelled = 0
    for turns in range(TURNS):
        call = asyncio.create_task(leave(runtime, acknowledged))
        for _ in range(turns):
            await asyncio.sleep(0)
        for _ in range(times):
            call.cancel()
            await asyncio.sleep(0)
        cancelled += isinstance((await asyncio.gather(call, return_exceptions=True))[0], asyncio.CancelledError)
        await leave(runtime, acknowledged)
        assert acknowledged <= await kept(runtime), f"lost after {turns} turns"
    assert cancelled > 5


async def test_a_failed_statement_that_was_overlooked_does_not_pass_as_committed(runtime: Runtime) -> None:
    new = uuid4()
    with pytest.raises(TransactionLostError):
        async with transaction(runtime.writer) as db:
            await LEAVE.rows(db, {"id": new})
            with pytest.raises(DBAPIError):
                await db.execute(text("SELECT 1 / 0"))
    assert await kept(runtime) == set()
    acknowledged: set[UUID] = set()
    await leave(runtime, acknowledged)
    assert await kept(runtime) == acknowledged


async def test_a_connection_that_somebody_left_in_a_transaction_is_not_written_on(runtime: Runtime) -> None:
    async with runtime.writer.execution_options(isolation_level="AUTOCOMMIT").connect() as db:
        await driver_of(db).execute("BEGIN")
    acknowledged: set[UUID] = set()
    await leave(runtime, acknowledged)
    assert await kept(runtime) == acknowledged


async def test_what_fails_after_the_commit_does_not_make_the_call_fail(runtime: Runtime) -> None:
    new, told = uuid4(), asyncio.Event()
    call = Call(method="/ledger/Open", runtime=runtime, now=datetime.now(UTC), metadata={})

    async def fail() -> None:
        raise RuntimeError("nobody listens")

    async def tell() -> None:
        told.set()

    async with call.transaction() as db:
        await LEAVE.rows(db, {"id": new})
        call.after_commit(fail)
        call.after_commit(tell)
    assert told.is_set()
    assert await kept(runtime) == {new}
