"""Statements that asyncpg runs: cancellation, lost connections, a full pool, transactions, metric and span."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import JSON, Column, Integer, MetaData, Table, Text, bindparam, func, select, text

from crmkit import db as kit_db
from crmkit.db import DRIVER_ERRORS, transaction
from crmkit.errors import DeadlineExceeded, ResourceExhausted, Unavailable
from crmkit.failures import classify
from crmkit.queries import Query
from crmkit.service import Runtime
from crmkit.telemetry import names
from tests.service.kit.ledger import LEDGER, ledger

_table = Table("word", MetaData(), Column("id", Integer), Column("word", Text), Column("more", JSON))
SLEEP = Query(text("SELECT pg_sleep(30), 'unmistakable'"))
PID = Query(text("SELECT pg_backend_pid() AS pid"))
LEAVE = Query(text("INSERT INTO account VALUES (:id, 1)"))
COUNT = Query(text("SELECT count(*) AS accounts FROM account"))
SLEEPING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%unmistakable%' AND state = 'active' "


@pytest_asyncio.fixture
async def runtime(ledger_url: str, nats_url: str) -> AsyncIterator[Runtime]:
    async with ledger(ledger_url, nats_url, database_pool_size=2) as parts:
        yield parts


async def accounts(runtime: Runtime) -> int:
    row = await COUNT.first(runtime.reads, {})
    assert row is not None
    return int(row.accounts)


async def until_nothing_sleeps(runtime: Runtime) -> None:
    mine = text(SLEEPING + "AND pid <> pg_backend_pid() AND datname = current_database()")
    async with asyncio.timeout(5), runtime.reader.connect() as db:
        while (await db.execute(mine)).scalar_one():
            await db.execute(text("SELECT pg_sleep(0.02)"))  # the cancel is a message to the server


def test_constants_of_the_statement_and_parameters_of_the_call_become_positions() -> None:
    query = Query(select(_table.c.word).where(_table.c.id == bindparam("id"), _table.c.word == "a").limit(7))
    assert query.arguments({"id": 3, "unknown": 1}) == [3, "a", 7]
    with pytest.raises(KeyError):
        query.arguments({})
    with pytest.raises(ValueError, match="ANY"):
        Query(select(_table.c.id).where(_table.c.word.in_(["a", "b"])))


def test_json_goes_in_as_text_and_does_not_come_out_unnoticed() -> None:
    query = Query(select(_table.c.id).where(bindparam("given", type_=JSON).op("=")(_table.c.more)))
    assert query.arguments({"given": {"a": [1]}}) == ['{"a":[1]}']
    with pytest.raises(ValueError, match="as text"):
        Query(select(_table.c.more))


async def test_a_cancelled_read_ends_on_the_server_and_its_connection_serves_on(runtime: Runtime) -> None:
    async with runtime.reads.acquire() as one, runtime.reads.acquire() as other:
        pids = {await connection.fetchval("SELECT pg_backend_pid()") for connection in (one, other)}
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await asyncio.gather(*(SLEEP.rows(runtime.reads, {}) for _ in range(2)))
    await until_nothing_sleeps(runtime)
    row = await PID.first(runtime.reads, {})
    assert row is not None
    assert row.pid in pids


async def test_a_full_pool_lets_reads_wait_and_no_longer_than_their_deadline(runtime: Runtime) -> None:
    async with runtime.reads.acquire(), runtime.reads.acquire():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await accounts(runtime)
        waiting = asyncio.create_task(accounts(runtime))
        await asyncio.sleep(0)
        assert not waiting.done()
    assert await asyncio.wait_for(waiting, 5) == 0


async def test_a_killed_connection_makes_one_read_unavailable_and_the_next_one_connects(runtime: Runtime) -> None:
    reading = asyncio.create_task(SLEEP.rows(runtime.reads, {}))
    async with asyncio.timeout(5), runtime.reader.connect() as db:
        kill = text(SLEEPING.replace("count(*)", "pg_terminate_backend(pid)") + "AND datname = current_database()")
        while not (await db.execute(text(f"{kill.text} AND pid <> pg_backend_pid()"))).all():
            await db.execute(text("SELECT pg_sleep(0.02)"))  # the statement is on its way to the server
    with pytest.raises(DRIVER_ERRORS) as caught:
        await reading
    assert isinstance(classify(caught.value, LEDGER), Unavailable)
    assert await accounts(runtime) == 0


async def test_the_time_limit_of_statements_holds_and_is_told_as_the_deadline(ledger_url: str, nats_url: str) -> None:
    async with ledger(ledger_url, nats_url, create=False, max_call_seconds=0.2) as runtime:
        with pytest.raises(asyncpg.QueryCanceledError) as caught:
            await SLEEP.rows(runtime.reads, {})
    assert isinstance(classify(caught.value, LEDGER), DeadlineExceeded)


async def test_core_and_queries_share_a_transaction_that_commits_or_leaves_nothing(runtime: Runtime) -> None:
    core = text("INSERT INTO account VALUES (:id, 1)")
    with pytest.raises(ZeroDivisionError):
        async with transaction(runtime.writer) as db:
            await LEAVE.rows(db, {"id": uuid4()})
            await db.execute(core, {"id": uuid4()})
            raise ZeroDivisionError
    assert await accounts(runtime) == 0
    async with transaction(runtime.writer) as db:
        await LEAVE.rows(db, {"id": uuid4()})
        await db.execute(core, {"id": uuid4()})
        assert await accounts(runtime) == 0
    assert await accounts(runtime) == 2


async def test_a_transaction_cut_off_leaves_nothing_and_its_connection_is_of_use_again(runtime: Runtime) -> None:
    for statement in (SLEEP, None):
        for _ in range(3):  # more often than the pool has connections
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1), transaction(runtime.writer) as db:
                    await LEAVE.rows(db, {"id": uuid4()})
                    if statement is None:
                        await db.execute(text("SELECT pg_sleep(30)"))
                    else:
                        await statement.rows(db, {})
    assert await accounts(runtime) == 0
    async with transaction(runtime.writer) as db:
        await LEAVE.rows(db, {"id": uuid4()})
    assert await accounts(runtime) == 1


async def test_a_connection_killed_in_a_transaction_is_not_used_again(runtime: Runtime) -> None:
    for _ in range(3):
        with pytest.raises(DRIVER_ERRORS) as caught:
            async with transaction(runtime.writer) as db:
                row = await PID.first(db, {})
                assert row is not None
                await Query(text("SELECT pg_terminate_backend(:pid)")).rows(runtime.reads, {"pid": row.pid})
                await SLEEP.rows(db, {})
        assert isinstance(classify(caught.value, LEDGER), Unavailable)
    async with transaction(runtime.writer) as db:
        assert await PID.first(db, {})


async def test_a_query_on_a_connection_without_transaction_is_a_mistake(runtime: Runtime) -> None:
    async with runtime.writer.connect() as db:
        with pytest.raises(RuntimeError, match="transaction"):
            await LEAVE.rows(db, {"id": uuid4()})


async def test_a_violated_constraint_keeps_its_name(runtime: Runtime) -> None:
    id_ = uuid4()
    with pytest.raises(asyncpg.UniqueViolationError) as caught:
        async with transaction(runtime.writer) as db:
            await LEAVE.rows(db, {"id": id_})
            await LEAVE.rows(db, {"id": id_})
    assert caught.value.constraint_name == "account_pkey"
    taken = ResourceExhausted("TAKEN", "Taken.", 1.0)
    service = type(LEDGER)(**{**vars(LEDGER), "constraints": {"account_pkey": lambda: taken}})
    assert classify(caught.value, service) is taken


async def test_a_statement_is_measured_and_has_a_span_inside_a_recorded_trace_only(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(kit_db, "_tracer", provider.get_tracer("test"))
    measured = _measured()
    await accounts(runtime)
    assert (_measured(), exporter.get_finished_spans()) == (measured + 1, ())
    with provider.get_tracer("test").start_as_current_span("call") as parent:
        await Query(select(func.length(bindparam("secret", type_=Text)))).rows(runtime.reads, {"secret": "hunter2"})
        assert trace.get_current_span() is parent
    statement, _ = exporter.get_finished_spans()
    assert (statement.name, statement.parent) == ("SELECT", parent.get_span_context())
    assert "length" in str(statement.attributes[names.DB_QUERY]) if statement.attributes else False
    assert "hunter2" not in statement.to_json()


def _measured() -> float:
    samples: Any = next(iter(names.db_duration.collect())).samples
    return float(next(sample.value for sample in samples if sample.name.endswith("_count")))
