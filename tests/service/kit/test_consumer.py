"""Consumers apply every event once, in the order of each record, whatever breaks."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.events.v1.event_pb2 import Event
from crmkit.events import apply, inbox, leases, parked, streams
from crmkit.events.consumer import Consumer, run_consumers
from crmkit.events.pull import Delivery, Pull
from crmkit.events.relay import run_relay
from crmkit.service import Runtime
from tests.service.kit.conftest import Broker
from tests.service.kit.ledger import (
    assert_exact,
    beside,
    change,
    change_many,
    ledger,
    note,
    published,
    told,
    until,
    versions,
)

TELLER = Consumer("teller", "ledger", note, first_retry_seconds=0.02, max_attempts=3)


def teller(handler: Callable[[AsyncConnection, list[Event]], Any] = note, **more: Any) -> Consumer:
    values: dict[str, Any] = {"first_retry_seconds": 0.02, "max_attempts": 3, **more}
    return Consumer("teller", "ledger", handler, **values)


async def told_all(runtime: Runtime, count: int) -> None:
    async def enough() -> bool:
        return len(await told(runtime)) >= count

    await until(enough)


async def one(runtime: Runtime, sql: str, **values: Any) -> Any:
    async with runtime.reader.connect() as db:
        return (await db.execute(text(sql), values)).scalar_one()


async def until_sql(runtime: Runtime, sql: str, **values: Any) -> None:
    async def holds() -> bool:
        return bool(await one(runtime, sql, **values))

    await until(holds)


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


async def until_stream(runtime: Runtime, events: int) -> None:
    async def holds() -> bool:
        return len(await published(runtime)) >= events

    await until(holds)


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
            assert not await inbox.clean(db, "teller", datetime.now(UTC) + timedelta(seconds=1))
            assert (await db.execute(text("SELECT count(*) FROM inbox"))).scalar_one() == 0
        await asyncio.sleep(1.0)
        async with runtime.writer.begin() as db:
            await db.execute(text("UPDATE relay_cursor SET replay_requested_at = now()"))
        await until_stream(runtime, 20)
        await asyncio.sleep(1.5)
        await change_many(runtime, 5)
        await told_all(runtime, 15)
    assert_exact(await told(runtime), 15)


class Poison:
    """A handler that fails on some accounts until it is healed."""

    def __init__(self, *accounts: UUID) -> None:
        self.accounts = {str(account) for account in accounts}
        self.calls: Counter[int] = Counter()

    async def __call__(self, db: AsyncConnection, events: list[Event]) -> None:
        self.calls[len(events)] += 1
        await note(db, events)  # what a failing handler wrote must be undone
        for event in events:
            if event.aggregate_id in self.accounts:
                raise ValueError(f"cannot take {event.type}")


async def test_a_poison_event_stands_aside_with_its_record_and_the_others_go_on(runtime: Runtime) -> None:
    sick = uuid4()
    poison = Poison(sick)
    consumer = teller(poison, first_retry_seconds=3600.0)
    async with beside(run_relay(runtime)):
        for _ in range(3):
            async with runtime.writer.begin() as db:
                await change(db, sick)
            await change_many(runtime, 20)
        async with beside(run_consumers(runtime, [consumer])):
            await told_all(runtime, 60)
            await until_sql(runtime, "SELECT count(*) = 3 FROM parked_event")
    assert_exact(await told(runtime), 60)
    async with runtime.reader.connect() as db:
        rows = await db.execute(text("SELECT aggregate_id, attempts, error FROM parked_event ORDER BY position"))
        found = [tuple(row) for row in rows]
    assert found[0] == (sick, 1, "ValueError: cannot take account.opened")
    assert [attempts for _, attempts, _ in found] == [1, 0, 0]


async def test_a_parked_record_catches_up_in_order_once_the_handler_works(runtime: Runtime) -> None:
    sick = uuid4()
    poison = Poison(sick)
    consumer = teller(poison, first_retry_seconds=0.3, max_attempts=50)
    async with beside(run_relay(runtime), run_consumers(runtime, [consumer])):
        for _ in range(5):
            async with runtime.writer.begin() as db:
                await change(db, sick)
        await until_sql(runtime, "SELECT count(*) = 5 AND max(attempts) > 1 FROM parked_event")
        poison.accounts.clear()
        await told_all(runtime, 5)
        async with runtime.writer.begin() as db:
            await change(db, sick)
        await told_all(runtime, 6)
    assert_exact(await told(runtime), 6)
    assert await one(runtime, "SELECT count(*) FROM parked_event") == 0


async def test_after_the_last_attempt_it_is_a_dead_letter_that_an_operator_retries(runtime: Runtime) -> None:
    sick = uuid4()
    poison = Poison(sick)
    async with beside(run_relay(runtime), run_consumers(runtime, [teller(poison)])):
        async with runtime.writer.begin() as db:
            await change(db, sick)
        await until_sql(runtime, "SELECT count(*) = 1 FROM dead_letter")
        async with runtime.writer.begin() as db:
            (letter,) = await parked.dead_letters(db, 10)
            assert letter["error"] == "ValueError: cannot take account.opened"
            assert (letter["attempts"], letter["type"], letter["consumer"]) == (3, "account.opened", "teller")
            assert await parked.counts(db, "teller") == (0, 1)
            poison.accounts.clear()
            assert await parked.retry(db, [letter["event_id"]]) == 1
        await told_all(runtime, 1)
    assert await told(runtime) == [(sick, 1)]
    assert await one(runtime, "SELECT (SELECT count(*) FROM dead_letter) + (SELECT count(*) FROM parked_event)") == 0


async def test_a_dead_letter_does_not_hold_up_its_record_and_can_be_discarded(runtime: Runtime) -> None:
    account = uuid4()
    failing = True

    async def first_version_fails(db: AsyncConnection, events: list[Event]) -> None:
        if failing and any(event.aggregate_version == 1 for event in events):
            raise ValueError("no")
        await note(db, events)

    async with beside(run_relay(runtime), run_consumers(runtime, [teller(first_version_fails)])):
        for _ in range(3):
            async with runtime.writer.begin() as db:
                await change(db, account)
        await told_all(runtime, 2)
    assert await told(runtime) == [(account, 2), (account, 3)]
    async with runtime.writer.begin() as db:
        (letter,) = await parked.dead_letters(db, 10)
        assert await parked.discard(db, [letter["event_id"]]) == 1
        assert await parked.dead_letters(db, 10) == []


async def test_errors_of_the_infrastructure_park_nothing(runtime: Runtime) -> None:
    failures = 3

    async def database_away_at_first(db: AsyncConnection, events: list[Event]) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            await db.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        await note(db, events)

    async with beside(run_relay(runtime), run_consumers(runtime, [teller(database_away_at_first)])):
        await change_many(runtime, 20)
        await told_all(runtime, 20)
    assert_exact(await told(runtime), 20)
    assert failures == 0
    assert await one(runtime, "SELECT (SELECT count(*) FROM dead_letter) + (SELECT count(*) FROM parked_event)") == 0


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


async def test_what_a_consumer_does_not_want_leaves_no_trace_and_holds_nothing_up(runtime: Runtime) -> None:
    consumer = teller(wants=lambda event: event.type == "account.changed")
    async with beside(run_relay(runtime), run_consumers(runtime, [consumer])):
        ids = await change_many(runtime, 30, accounts=3)
        await told_all(runtime, 27)
    assert sorted(await told(runtime)) == sorted((account, version) for account in ids for version in range(2, 11))
    assert await one(runtime, "SELECT count(*) FROM inbox") == 27
    await until_sql(runtime, "SELECT count(*) > 0 FROM consumer_position WHERE stream_sequence > 0")


async def test_many_events_come_in_few_messages_and_a_poison_one_stands_aside_alone(runtime: Runtime) -> None:
    accounts = [uuid4() for _ in range(600)]
    poison = Poison(accounts[300])
    async with runtime.writer.begin() as db:
        for account in accounts:
            await change(db, account)
            await change(db, account)
    consumer = teller(poison, first_retry_seconds=3600.0)
    async with beside(run_relay(runtime), run_consumers(runtime, [consumer])):
        await told_all(runtime, 1198)
        await until_sql(runtime, "SELECT count(*) = 2 FROM parked_event")
    assert_exact(await told(runtime), 1198)
    # Openings and changes of four partitions, of 1,000 events and of 200.
    assert (await runtime.nats.jetstream().stream_info("crm-ledger")).state.messages <= 32
    assert await one(runtime, "SELECT sum(attempts) FROM parked_event") == 1


async def test_events_published_one_by_one_before_there_were_bundles_are_applied(runtime: Runtime) -> None:
    js, account = runtime.nats.jetstream(), uuid4()
    await streams.ensure_stream(js, "ledger", replicas=1, days=7.0)
    for version in (1, 2):
        verb = "account.opened" if version == 1 else "account.changed"
        event = Event(
            id=str(uuid4()), position=version, type=verb, aggregate_id=str(account), aggregate_version=version
        )
        event.record_time.GetCurrentTime()
        await js.publish(streams.subject("ledger", account, verb), event.SerializeToString())
    async with beside(run_consumers(runtime, [TELLER])):
        await told_all(runtime, 2)
    assert_exact(await told(runtime), 2)
