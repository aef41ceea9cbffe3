"""Consumers apply every event once, in the order of each record, whatever breaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from crm.events.v1.event_pb2 import Event
from crmkit.events import inbox, streams
from crmkit.events.consumer import run_consumers
from crmkit.events.pull import MOST_MESSAGES, Delivery, Pull
from crmkit.events.relay import run_relay
from crmkit.service import Runtime
from tests.service.kit.ledger import (
    assert_exact,
    beside,
    change_many,
    told,
)
from tests.service.kit.teller import TELLER, one, teller, told_all, until_all_is_read, until_sql, until_stream


async def test_every_event_is_applied_once_and_in_order(runtime: Runtime) -> None:
    async with beside(run_relay(runtime), run_consumers(runtime, [TELLER])):
        await change_many(runtime, 200)
        await told_all(runtime, 200)
    assert_exact(await told(runtime), 200)


async def test_a_consumer_that_comes_later_is_told_everything_the_stream_holds(runtime: Runtime) -> None:
    async with beside(run_relay(runtime)):
        await change_many(runtime, 50)
        async with beside(run_consumers(runtime, [TELLER])):
            await told_all(runtime, 50)
    assert_exact(await told(runtime), 50)


async def test_a_consumer_goes_on_where_it_stopped(runtime: Runtime) -> None:
    async with beside(run_relay(runtime)):
        for round_ in range(1, 4):
            async with beside(run_consumers(runtime, [TELLER])):
                await change_many(runtime, 20)
                await told_all(runtime, 20 * round_)
    assert_exact(await told(runtime), 60)


async def test_a_crash_between_commit_and_acknowledgement_repeats_nothing(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(_self: Pull, _last: Delivery) -> None:
        raise ConnectionError("after the commit, before the acknowledgement")

    async with beside(run_relay(runtime), run_consumers(runtime, [TELLER])):
        monkeypatch.setattr(Pull, "acknowledge", crash)
        await change_many(runtime, 30)
        await told_all(runtime, 30)
        monkeypatch.undo()
        await change_many(runtime, 10)
        await told_all(runtime, 40)
    assert_exact(await told(runtime), 40)


async def test_the_same_event_published_twice_is_applied_once(runtime: Runtime, ledger_url: str) -> None:
    async with beside(run_relay(runtime), run_consumers(runtime, [TELLER])):
        await change_many(runtime, 30)
        await told_all(runtime, 30)
        async with runtime.writer.begin() as db:
            await db.execute(text("UPDATE relay_cursor SET replay_requested_at = now()"))
        await until_stream(runtime, 60)
        await change_many(runtime, 5)
        await told_all(runtime, 35)
    assert_exact(await told(runtime), 35)


async def test_a_replay_with_the_inbox_forgotten_applies_again(runtime: Runtime) -> None:
    async with beside(run_relay(runtime), run_consumers(runtime, [TELLER])):
        await change_many(runtime, 30)
        await told_all(runtime, 30)
        async with runtime.writer.begin() as db:
            await db.execute(text("TRUNCATE told"))
            assert await inbox.forget(db, "teller", datetime.now(UTC) - timedelta(hours=1)) == 30
            await db.execute(text("UPDATE relay_cursor SET replay_requested_at = now()"))
        await told_all(runtime, 30)
    assert_exact(await told(runtime), 30)


async def test_what_the_inbox_has_forgotten_by_age_counts_as_applied(runtime: Runtime) -> None:
    async with beside(run_relay(runtime), run_consumers(runtime, [TELLER])):
        await change_many(runtime, 10)
        await told_all(runtime, 10)
        async with runtime.writer.begin() as db:
            assert not await inbox.clean(db, "teller", datetime.now(UTC))
            assert (await db.execute(text("SELECT count(*) FROM inbox"))).scalar_one() == 0
        async with runtime.writer.begin() as db:
            await db.execute(text("UPDATE relay_cursor SET replay_requested_at = now()"))
        await until_stream(runtime, 20)
        await until_all_is_read(runtime)
        await change_many(runtime, 5)
        await told_all(runtime, 15)
    assert_exact(await told(runtime), 15)


async def test_what_a_consumer_does_not_want_leaves_no_trace_and_holds_nothing_up(runtime: Runtime) -> None:
    consumer = teller(wants=lambda event: event.type == "account.changed")
    async with beside(run_relay(runtime), run_consumers(runtime, [consumer])):
        ids = await change_many(runtime, 30, accounts=3)
        await told_all(runtime, 27)
    assert sorted(await told(runtime)) == sorted((account, version) for account in ids for version in range(2, 11))
    assert await one(runtime, "SELECT count(*) FROM inbox") == 27
    await until_sql(runtime, "SELECT count(*) > 0 FROM consumer_position WHERE stream_sequence > 0")


async def test_no_more_messages_wait_for_a_reader_than_the_broker_puts_up_with(runtime: Runtime) -> None:
    account, count = uuid4(), 3 * MOST_MESSAGES
    await publish_singly(runtime, account, count)
    read: list[int] = []
    async with Pull(runtime.nats, "ledger", streams.partition_of(account), "teller", 1) as pull:
        while len(read) < count:
            taken = await pull.next(10 * count)
            read += [event.aggregate_version for delivery in taken for event in delivery.events]
            info = await runtime.nats.jetstream().consumers_info("crm-ledger")
            assert all((one.num_ack_pending or 0) <= MOST_MESSAGES for one in info)
            if taken:
                await pull.acknowledge(taken[-1])
                await runtime.nats.flush()
    assert read == list(range(1, count + 1))


async def publish_singly(runtime: Runtime, account: UUID, count: int) -> None:
    """Events in messages of their own, as they were before there were bundles."""
    js = runtime.nats.jetstream()
    await streams.ensure_stream(js, "ledger", replicas=1, days=7.0)
    for version in range(1, count + 1):
        verb = "account.opened" if version == 1 else "account.changed"
        event = Event(
            id=str(uuid4()), position=version, type=verb, aggregate_id=str(account), aggregate_version=version
        )
        event.record_time.GetCurrentTime()
        await js.publish(streams.subject("ledger", account, verb), event.SerializeToString())


async def test_events_published_one_by_one_before_there_were_bundles_are_applied(runtime: Runtime) -> None:
    await publish_singly(runtime, uuid4(), 2)
    async with beside(run_consumers(runtime, [TELLER])):
        await told_all(runtime, 2)
    assert_exact(await told(runtime), 2)
