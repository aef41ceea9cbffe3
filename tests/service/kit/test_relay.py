"""The relay publishes every committed event, once, in the order of each record, whatever breaks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import nats.errors
import pytest
from prometheus_client import REGISTRY
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.events import cursor, history, locks, relay
from crmkit.events.publisher import Message, Publisher
from crmkit.events.relay import run_relay
from crmkit.service import Runtime
from tests.service.kit.conftest import Broker
from tests.service.kit.ledger import (
    assert_exact,
    beside,
    change,
    change_many,
    ledger,
    published,
    until,
    versions,
)


def relay_age() -> float:
    return REGISTRY.get_sample_value("event_relay_oldest_unpublished_age_seconds") or 0.0


async def stream_holds(runtime: Runtime, count: int) -> None:
    """Waits until the stream holds this many events."""

    async def holds() -> bool:
        try:
            return len(await published(runtime)) >= count
        except Exception:
            return False

    await until(holds)


async def caught_up(runtime: Runtime) -> None:
    """Waits until the relay has published everything there is now."""
    async with runtime.reader.connect() as db:
        last = (await db.execute(text("SELECT coalesce(max(position), 0) FROM event"))).scalar_one()
        now = (await db.execute(text("SELECT pg_current_snapshot()::text"))).scalar_one()

    async def done() -> bool:
        async with runtime.reader.connect() as db:
            row = await db.execute(
                text(
                    "SELECT published IS NOT NULL AND replay_requested_at IS NULL AND replay_until IS NULL "
                    "AND NOT EXISTS (SELECT FROM event WHERE position > floor_position AND position <= :last"
                    "  AND pg_visible_in_snapshot(xid, CAST(CAST(:now AS text) AS pg_snapshot))"
                    "  AND NOT pg_visible_in_snapshot(xid, published)) FROM relay_cursor"
                ),
                {"last": last, "now": now},
            )
            return bool(row.scalar_one())

    await until(done)


async def test_events_are_on_the_stream_soon_after_their_commit(runtime: Runtime) -> None:
    account = uuid4()
    async with beside(run_relay(runtime)):
        async with runtime.writer.begin() as db:
            await change(db, account, owner="علی")
        await stream_holds(runtime, 1)
    message = await runtime.nats.jetstream().get_msg("crm-ledger", 1)
    event = (await published(runtime))[0]
    assert message.subject is not None
    assert message.subject.startswith("crm.ledger.") and message.subject.endswith(".account.opened")
    assert message.headers is not None and message.headers["Nats-Msg-Id"] == event.id
    assert (event.service, event.type, event.aggregate_id) == ("ledger", "account.opened", str(account))
    assert event.after == '{"owner": "علی", "version": 1}' and not event.HasField("before")
    assert abs(event.record_time.ToDatetime(UTC) - datetime.now(UTC)) < timedelta(minutes=1)


async def test_nothing_is_published_before_its_commit_and_nothing_rolled_back(runtime: Runtime) -> None:
    rolled_back, late, early = uuid4(), uuid4(), uuid4()
    async with beside(run_relay(runtime)):
        async with runtime.writer.connect() as db:
            await change(db, rolled_back)
            await db.rollback()
        async with runtime.writer.begin() as slow:
            await change(slow, late)
            async with runtime.writer.begin() as db:
                await change(db, early)
            await stream_holds(runtime, 1)
            await asyncio.sleep(relay.POLL_SECONDS * 4)
            assert versions(await published(runtime)) == [(early, 1)]
        await stream_holds(runtime, 2)
    # The late one has the lower position: a cursor of positions would have passed it by.
    assert versions(await published(runtime)) == [(early, 1), (late, 1)]


async def test_order_holds_where_transaction_ids_are_the_other_way_round(runtime: Runtime) -> None:
    """A cursor bounded by xmin and ordered by transaction would publish version 2 before version 1."""
    account, other = uuid4(), uuid4()
    async with runtime.writer.begin() as first:
        await change(first, other)  # takes the lower transaction id
        async with runtime.writer.begin() as second:
            await change(second, account)
        await change(first, account)
    async with beside(run_relay(runtime)):
        await stream_holds(runtime, 3)
    assert_exact(versions(await published(runtime)), 3)


async def test_many_writers_with_interleaved_transactions_lose_nothing_and_keep_order(runtime: Runtime) -> None:
    accounts = [uuid4() for _ in range(9)]
    committed = 0

    async def writer(seed: int) -> None:
        nonlocal committed
        chance = random.Random(seed)  # noqa: S311 - no secret
        for _ in range(40):
            chosen = sorted(chance.sample(accounts, chance.randint(1, 3)))  # sorted: no deadlocks
            async with runtime.writer.connect() as db:
                for account in chosen:
                    await change(db, account)
                    await asyncio.sleep(chance.random() * 0.01)
                if chance.random() < 0.2:
                    await db.rollback()
                else:
                    await db.commit()
                    committed += len(chosen)

    async with beside(run_relay(runtime)):
        await asyncio.gather(*(writer(seed) for seed in range(8)))
        await stream_holds(runtime, committed)
    assert_exact(versions(await published(runtime)), committed)


async def test_a_large_transaction_is_published_in_chunks_and_taken_up_after_a_crash(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "CHUNK_EVENTS", 50)
    monkeypatch.setattr(relay, "READ_AHEAD", 120)
    account = uuid4()
    async with runtime.writer.begin() as db:
        for _ in range(330):
            await change(db, account)
    publish, chunks, crashes = Publisher.publish, 0, 0

    async def crash_now_and_then(self: Publisher, messages: Sequence[Message], reconnects: int) -> int:
        nonlocal chunks, crashes
        chunks += 1
        assert len(messages) <= 50
        stored = await publish(self, messages, reconnects)
        if chunks % 3 == 0:
            crashes += 1
            raise ConnectionError("after the messages were stored, before that was noted")
        return stored

    monkeypatch.setattr(Publisher, "publish", crash_now_and_then)
    async with beside(run_relay(runtime)):
        await caught_up(runtime)
    assert crashes >= 2
    stored = versions(await published(runtime))
    # A chunk that is published again may be cut another way, and is then stored twice: consumers skip what they have.
    assert len(stored) <= 330 + crashes * 50
    assert_exact(list(dict.fromkeys(stored)), 330)


async def test_what_a_crash_left_half_published_does_not_block_what_committed_since(runtime: Runtime) -> None:
    """After the restart the window is another one: what is stored already lies in another order."""
    late, early = uuid4(), uuid4()
    async with runtime.writer.begin() as slow:
        await change(slow, late)
        async with runtime.writer.begin() as db:
            await change(db, early)
        async with beside(run_relay(runtime)):
            await stream_holds(runtime, 1)
        async with runtime.writer.begin() as db:  # as if the process had died before it noted what it published
            await db.execute(text("UPDATE relay_cursor SET published = NULL, target = NULL, window_position = 0"))
    async with runtime.writer.begin() as db:
        await change(db, early)
    async with beside(run_relay(runtime)):
        await caught_up(runtime)
    # What was stored may be there once more, in the message of the late one.
    assert list(dict.fromkeys(versions(await published(runtime)))) == [(early, 1), (late, 1), (early, 2)]


async def test_one_of_two_relays_leads_and_the_other_takes_over(
    runtime: Runtime, broker: Broker, ledger_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LEAD_SECONDS", 0.1)
    async with AsyncExitStack() as stack:
        standby = await stack.enter_async_context(ledger(ledger_url, broker.url))
        async with beside(run_relay(runtime)):
            await change_many(runtime, 20)
            await stream_holds(runtime, 20)
            await stack.enter_async_context(beside(run_relay(standby)))
            async with runtime.reader.connect() as db:
                leaders = await db.execute(
                    text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = :space AND granted"),
                    {"space": locks.SPACE},
                )
                assert leaders.scalar_one() == 1
        await change_many(runtime, 20)
        await stream_holds(runtime, 40)
    assert_exact(versions(await published(runtime)), 40)


async def test_an_idle_relay_writes_nothing(runtime: Runtime) -> None:
    async with beside(run_relay(runtime)):
        await change_many(runtime, 3)
        await caught_up(runtime)
        async with runtime.reader.connect() as db:
            before = (await db.execute(text("SELECT xmin FROM relay_cursor"))).scalar_one()
            await db.execute(text("SELECT pg_current_xact_id()"))  # others use up transaction ids meanwhile
            await asyncio.sleep(relay.POLL_SECONDS * 6)
            assert (await db.execute(text("SELECT xmin FROM relay_cursor"))).scalar_one() == before


async def test_the_relay_survives_a_broker_that_dies(runtime: Runtime, broker: Broker) -> None:
    async with beside(run_relay(runtime)):
        await change_many(runtime, 10)
        await stream_holds(runtime, 10)
        broker.kill()
        await change_many(runtime, 10)

        async def falls_behind() -> bool:
            return relay_age() > 0.3

        await until(falls_behind)
        broker.start()
        await stream_holds(runtime, 20)
        await caught_up(runtime)
        assert relay_age() == 0
    assert_exact(versions(await published(runtime)), 20)


async def test_the_relay_survives_the_loss_of_its_database_connections(runtime: Runtime) -> None:
    async with beside(run_relay(runtime)):
        await change_many(runtime, 10)
        await stream_holds(runtime, 10)
        async with runtime.writer.connect() as db:
            await db.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'ledger relay' AND datname = current_database()"
                )
            )
        await change_many(runtime, 10)
        await stream_holds(runtime, 20)
    assert_exact(versions(await published(runtime)), 20)


async def test_a_deleted_stream_is_made_anew_and_refilled_in_order(runtime: Runtime) -> None:
    async with beside(run_relay(runtime)):
        ids = await change_many(runtime, 30, accounts=3)
        await stream_holds(runtime, 30)
        await runtime.nats.jetstream().delete_stream("crm-ledger")
        async with runtime.writer.begin() as db:
            await change(db, ids[0])
        await stream_holds(runtime, 31)
        await caught_up(runtime)
    assert_exact(versions(await published(runtime)), 31)


async def test_a_stream_that_lost_its_end_is_refilled(runtime: Runtime) -> None:
    async with beside(run_relay(runtime)):
        await change_many(runtime, 10)
        await stream_holds(runtime, 10)
        await caught_up(runtime)
    async with runtime.writer.begin() as db:  # as if the broker had forgotten what it acknowledged
        await db.execute(text("UPDATE relay_cursor SET stream_sequence = stream_sequence + 5"))
    async with beside(run_relay(runtime)):
        await stream_holds(runtime, 20)
        await caught_up(runtime)
    stored = versions(await published(runtime))
    assert sorted(stored[:10]) == sorted(stored[10:])
    assert_exact(stored[:10], 10)
    assert_exact(stored[10:], 10)


async def test_a_stream_that_lost_its_end_between_two_chunks_is_refilled(
    runtime: Runtime, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the next chunks add must not hide that it is shorter than what was acknowledged."""
    read, chunks = cursor.rows, 0

    async def rows(connection: locks.Connection, keys: Sequence[cursor.Key]) -> list[asyncpg.Record]:
        nonlocal chunks
        chunks += 1
        if chunks == 2:
            await asyncio.to_thread(broker.remember)
        if chunks == 3:
            before = runtime.nats.stats["reconnects"]
            await asyncio.to_thread(broker.restart_as_remembered)
            await until(lambda: reconnected(before))
        return await read(connection, keys)

    async def reconnected(before: int) -> bool:
        return runtime.nats.is_connected and runtime.nats.stats["reconnects"] > before

    async def everything() -> bool:
        try:
            return {event.position for event in await published(runtime)} == set(range(1, 61))
        except (nats.errors.Error, TimeoutError):  # there is no stream yet, or no broker
            return False

    monkeypatch.setattr(cursor, "rows", rows)
    monkeypatch.setattr(relay, "CHUNK_EVENTS", 10)
    await change_many(runtime, 60)
    async with beside(run_relay(runtime)):
        await until(everything)


async def ask(runtime: Runtime, since: datetime | None = None) -> int:
    async with runtime.writer.begin() as db:
        return await history.ask_for_replay(db, since)


async def test_a_replay_repeats_the_log_in_order_before_anything_newer(runtime: Runtime) -> None:
    async with beside(run_relay(runtime)):
        await change_many(runtime, 10)
        await stream_holds(runtime, 10)
        since = datetime.now(UTC)
        ids = await change_many(runtime, 10, accounts=1)
        await stream_holds(runtime, 20)
        assert await ask(runtime, since) == 10
        await stream_holds(runtime, 30)
        async with runtime.writer.begin() as db:
            await change(db, ids[0])
        await stream_holds(runtime, 31)
    positions = [event.position for event in await published(runtime)]
    assert sorted(positions[:10]) == [*range(1, 11)]  # of several records, which may change places
    assert positions[10:] == [*range(11, 21), *range(11, 21), 21]


async def test_a_replay_soon_after_another_repeats_the_log_once_more(runtime: Runtime) -> None:
    async with beside(run_relay(runtime)):
        await change_many(runtime, 10)
        for expected in (10, 20, 30):
            await stream_holds(runtime, expected)
            await caught_up(runtime)
            if expected < 30:
                assert await ask(runtime) == 10


async def test_a_database_restored_into_another_cluster_is_not_relayed_blindly(
    runtime: Runtime,
) -> None:
    await change_many(runtime, 10)
    async with runtime.writer.begin() as db:  # transaction ids of the old cluster were far ahead of ours
        await db.execute(
            text(
                "UPDATE relay_cursor SET system_identifier = 1, published = '9000000000:9000000000:', "
                "stream_created = 'then', stream_sequence = 10"
            )
        )
    async with beside(run_relay(runtime)):
        await asyncio.sleep(1.0)
        with pytest.raises(Exception, match="stream not found"):
            await runtime.nats.jetstream().stream_info("crm-ledger")
    await ask(runtime)
    async with beside(run_relay(runtime)):
        await stream_holds(runtime, 10)
        await change_many(runtime, 5)
        await caught_up(runtime)
        await stream_holds(runtime, 15)
    assert_exact(versions(await published(runtime)), 15)


async def test_events_of_months_without_a_partition_are_kept_and_move_to_their_own(runtime: Runtime) -> None:
    async def partitions(db: AsyncConnection) -> dict[str, int]:
        rows = await db.execute(text("SELECT tableoid::regclass::text, count(*) FROM event GROUP BY 1"))
        return {row[0]: row[1] for row in rows}

    account: UUID = uuid4()
    values: dict[str, Any] = {"id": account, "at": datetime.now(UTC) + timedelta(days=31 * 4)}
    async with runtime.writer.begin() as db:
        await db.execute(
            text(
                "INSERT INTO event (recorded_at, type, aggregate_type, aggregate_id, aggregate_version) "
                "VALUES (:at, 'account.opened', 'account', :id, 1)"
            ),
            values,
        )
        assert await partitions(db) == {"event_default": 1}
        await db.execute(text("SELECT event_ensure_partitions(6)"))
        (name,) = await partitions(db)
        assert name == f"event_{values['at']:%Y_%m}"


@pytest.mark.parametrize("statement", ["UPDATE event SET type = 'a.b'", "DELETE FROM event", "TRUNCATE event"])
async def test_the_log_cannot_be_altered(runtime: Runtime, statement: str) -> None:
    await change_many(runtime, 1)
    with pytest.raises(Exception, match="append-only"):
        async with runtime.writer.begin() as db:
            await db.execute(text(statement))
