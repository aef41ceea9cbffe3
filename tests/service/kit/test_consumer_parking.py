"""Events whose handler fails stand aside, are tried again, and end as dead letters."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.events.v1.event_pb2 import Event
from crmkit.events import history, inbox, parked
from crmkit.events.consumer import run_consumers
from crmkit.events.relay import run_relay
from crmkit.service import Runtime
from tests.service.kit.ledger import (
    assert_exact,
    beside,
    change,
    change_many,
    note,
    told,
)
from tests.service.kit.teller import Poison, one, teller, told_all, until_sql


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


async def test_a_dead_letter_that_is_forgotten_and_replayed_is_applied_or_given_up_once_more(runtime: Runtime) -> None:
    sick = uuid4()
    poison = Poison(sick)

    async def again() -> None:
        async with runtime.writer.begin() as db:
            await inbox.forget(db, "teller", None)
            await history.ask_for_replay(db, None)

    async with beside(run_relay(runtime), run_consumers(runtime, [teller(poison)])):
        async with runtime.writer.begin() as db:
            await change(db, sick)
        await until_sql(runtime, "SELECT count(*) = 1 FROM dead_letter")
        first = await one(runtime, "SELECT died_at FROM dead_letter")
        await again()
        await until_sql(runtime, "SELECT count(*) = 1 FROM dead_letter WHERE died_at > :first", first=first)
        assert poison.calls[1] == 6
        poison.accounts.clear()
        await again()
        await told_all(runtime, 1)
        async with runtime.writer.begin() as db:
            assert await parked.retry(db, None) == 0, "it was applied: a retry would be a second time"
    assert await told(runtime) == [(sick, 1)]


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
