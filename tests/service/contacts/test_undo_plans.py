"""What an undo costs does not grow with the log: it reads what the operation wrote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from crm.common.v1.operation_pb2 import Operation
from crmkit import operations_run
from crmkit.operations_run import step
from crmkit.testing import running
from services.contacts.service import SERVICE
from services.contacts.workers.bulk import OPERATIONS
from tests.conftest import Database
from tests.service.contacts.bulk_client import Bulk, counts
from tests.service.contacts.conftest import World
from tests.service.contacts.plans import explained, nodes, recorded, rows_read

# Of the same month and hour as what is undone, before it and after it, by a hundred operations of other records.
OTHERS = """
INSERT INTO event (recorded_at, xid, type, aggregate_type, aggregate_id, aggregate_version, operation_id, before, after)
SELECT now(), (1000000000 + :batch * 1000 + n / 1000)::text::xid8, 'contact.updated', 'contact', uuidv7(), 2,
       lpad(to_hex(n % 100), 32, '0')::uuid, '{}', '{}'
FROM generate_series(1, 100000) n
"""
PEOPLE, FEW = 60, 20


@pytest.fixture(scope="module")
async def world(module_database: Database, nats_url: str) -> AsyncIterator[World]:
    """No worker: tests take the steps."""
    async with running(SERVICE, await module_database(SERVICE), nats_url) as service:
        yield World(service)


async def fill(world: World, batch: int) -> None:
    async with world.service.runtime.writer.begin() as db:
        await db.execute(text("SET LOCAL statement_timeout = 0"))
        await db.execute(text(OTHERS), {"batch": batch})
    async with world.service.runtime.reader.connect() as db:
        await db.execute(text("ANALYZE event"))


async def cost(world: World, sent: list[tuple[str, Any]]) -> float:
    """Rows of the log that the statements read; none scans a partition."""
    read, asked = 0.0, 0
    for statement, parameters in sent:
        if "FROM event" not in statement:
            continue
        asked += 1
        plan = await explained(world, statement, parameters)
        scanned = [
            node["Relation Name"]
            for node in nodes(plan)
            if node["Node Type"] == "Seq Scan" and node["Relation Name"].startswith("event_2")
        ]
        assert not scanned, f"{statement}\n{plan}"
        read += rows_read(plan)
    assert asked
    return read


async def test_undo_reads_what_the_operation_wrote_and_a_job_walks_it_in_batches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations_run, "AT_ONCE", FEW)
    monkeypatch.setattr(operations_run, "CHUNK", FEW)
    admin = world.user()
    bulk = Bulk(world, admin)
    ids = [(await admin.create(given_name="Welle")).id for _ in range(PEOPLE)]
    await fill(world, 1)

    async def steps(id: str) -> list[list[tuple[str, Any]]]:
        every, more = [], True
        while more:
            with recorded(world) as sent:
                more = await step(world.service.runtime.writer, OPERATIONS, UUID(id), datetime.now(UTC))
            every.append(list(sent))
        return every

    done = await bulk.update_matching('given_name:"welle"', add_tags=["Post"])
    await steps(done.id)
    await fill(world, 2)

    with recorded(world) as asking:
        undo = await bulk.undo(done.id)
    assert (undo.state, undo.matched_count) == (Operation.STATE_QUEUED, PEOPLE)
    assert not [statement for statement, _ in asking if "FROM event" in statement]
    taken = await steps(undo.id)
    assert counts(await bulk.get(undo.id)) == (PEOPLE, PEOPLE, 0, 0)
    assert [list((await admin.get(key)).tags) for key in ids] == [[]] * PEOPLE
    # A batch and one look beyond the last; each of a batch's events, and all there are of its records.
    assert len(taken) == PEOPLE // FEW + 1
    for sent in taken:
        assert await cost(world, sent) <= 10 * FEW


async def test_undo_at_once_reads_no_more(world: World) -> None:
    admin = world.user()
    bulk = Bulk(world, admin)
    ids = [(await admin.create(given_name="Klein")).id for _ in range(FEW)]
    done = await bulk.update(ids, add_tags=["Post"])
    await fill(world, 3)
    with recorded(world) as sent:
        undone = await bulk.undo(done.id)
    assert counts(undone) == (FEW, FEW, 0, 0)
    assert await cost(world, sent) <= 10 * FEW
