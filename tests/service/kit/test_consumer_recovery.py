"""Consumers go on after the loss of broker, stream, lease or process, and share their work."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.events.v1.event_pb2 import Event
from crmkit.events import apply, inbox, leases, streams
from crmkit.events.consumer import run_consumers
from crmkit.events.pull import Pull
from crmkit.events.relay import run_relay
from crmkit.service import Runtime
from tests.service.kit.conftest import Broker
from tests.service.kit.ledger import (
    assert_exact,
    beside,
    change_many,
    ledger,
    note,
    published,
    told,
    until,
    versions,
)
from tests.service.kit.teller import TELLER, teller, told_all, until_stream


async def test_consumers_go_on_after_the_broker_was_killed(runtime: Runtime, broker: Broker) -> None:
    async with beside(run_relay(runtime), run_consumers(runtime, [TELLER])):
        for round_ in range(1, 4):
            await change_many(runtime, 20)
            await told_all(runtime, 20 * round_)
            broker.kill()
            await asyncio.sleep(0.3)
            broker.start()
    assert_exact(await told(runtime), 60)


async def test_consumers_go_on_after_the_stream_was_deleted(runtime: Runtime) -> None:
    async with beside(run_relay(runtime), run_consumers(runtime, [TELLER])):
        await change_many(runtime, 20)
        await told_all(runtime, 20)
        await runtime.nats.jetstream().delete_stream("crm-ledger")
        await change_many(runtime, 20)
        await told_all(runtime, 40)
    assert_exact(await told(runtime), 40)


async def test_consumers_go_on_after_the_server_has_forgotten_them(runtime: Runtime) -> None:
    async with beside(run_relay(runtime), run_consumers(runtime, [TELLER])):
        await change_many(runtime, 20)
        await told_all(runtime, 20)
        js = runtime.nats.jetstream()
        readers = await js.consumers_info("crm-ledger")
        assert len(readers) == 4
        for reader in readers:
            await js.delete_consumer("crm-ledger", reader.name)
        await change_many(runtime, 20)
        await told_all(runtime, 40)
    assert_exact(await told(runtime), 40)


async def test_two_replicas_share_the_partitions_and_one_takes_over_from_the_other(
    runtime: Runtime, broker: Broker, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "SHARE_SECONDS", 0.1)
    held = (
        "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE locktype = 'advisory' AND granted "
        "AND mode = 'ExclusiveLock' AND application_name = 'ledger consumers' AND datname = current_database() "
        "GROUP BY pid ORDER BY 1"
    )

    async def shares() -> list[int]:
        async with runtime.reader.connect() as db:
            return [row[0] for row in await db.execute(text(held))]

    async def shared_equally() -> bool:
        return await shares() == [2, 2]

    async def by_one() -> bool:
        return await shares() == [4]

    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(ledger(ledger_url, broker.url))
        await stack.enter_async_context(beside(run_relay(runtime), run_consumers(runtime, [TELLER])))
        await until(by_one)
        await change_many(runtime, 40)
        async with beside(run_consumers(other, [TELLER])):
            await change_many(runtime, 40)
            await until(shared_equally)
            await change_many(runtime, 40)
        await change_many(runtime, 40)
        await told_all(runtime, 160)
        await until(by_one)
    assert_exact(await told(runtime), 160)


async def test_a_process_that_lost_its_lease_unnoticed_cannot_apply(runtime: Runtime) -> None:
    event = Event(id=str(uuid4()), type="account.opened", aggregate_id=str(uuid4()), aggregate_version=1, position=1)
    event.record_time.GetCurrentTime()
    async with runtime.writer.begin() as db:
        floor, _ = await inbox.read_floor(db, "teller", 0)
    reached = inbox.Floor("then", 1, event.id)
    assert await apply.apply_batch(runtime.writer, TELLER, 0, [event], old=floor, new=reached) == 1
    with pytest.raises(apply.Overtaken):
        await apply.apply_batch(runtime.writer, TELLER, 0, [event], old=floor, new=reached)
    assert len(await told(runtime)) == 1


async def test_lag_is_told_while_the_handler_cannot_work(runtime: Runtime) -> None:
    working = asyncio.Event()

    async def away(db: AsyncConnection, events: list[Event]) -> None:
        if not working.is_set():
            raise ConnectionError("away")
        await note(db, events)

    def lag() -> float:
        labels = [{"consumer": "teller", "partition": str(partition)} for partition in range(4)]
        return sum(REGISTRY.get_sample_value("event_consumer_pending", label) or 0.0 for label in labels)

    async def behind() -> bool:
        return lag() == messages

    async def level() -> bool:
        return lag() == 0

    async with beside(run_relay(runtime)):
        await change_many(runtime, 20)
        await until_stream(runtime, 20)
        messages = (await runtime.nats.jetstream().stream_info("crm-ledger")).state.messages
        async with beside(run_consumers(runtime, [teller(away)])):
            await until(behind)
            working.set()
            await told_all(runtime, 20)
            await until(level)


async def test_two_readers_of_a_partition_do_not_take_messages_from_each_other(runtime: Runtime) -> None:
    """Both believe to lead: one lost its lease and does not know yet."""
    async with beside(run_relay(runtime)):
        await change_many(runtime, 40, accounts=1)
        await until_stream(runtime, 40)
        messages = (await runtime.nats.jetstream().stream_info("crm-ledger")).state.messages
    (account, _), *_ = versions(await published(runtime))
    partition = streams.partition_of(account)
    async with (
        Pull(runtime.nats, "ledger", partition, "teller", 1) as one,
        Pull(runtime.nats, "ledger", partition, "teller", 1) as other,
    ):
        assert (one.pending, other.pending) == (messages, messages)
        read: dict[Pull, list[int]] = {one: [], other: []}
        while min(map(len, read.values())) < 40:
            for pull, seen in read.items():
                taken = [event for delivery in await pull.next(7) for event in delivery.events]
                seen += [event.aggregate_version for event in taken]
    assert read[one] == read[other] == list(range(1, 41))
