"""What a consumer tells once its effects are committed, and hints, which nobody keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from nats.aio.msg import Msg

from crm.events.v1.event_pb2 import Event
from crmkit.events import payload
from crmkit.events.consumer import run_consumers
from crmkit.events.hints import hint, publish_hints
from crmkit.events.relay import run_relay
from crmkit.service import Runtime
from tests.service.kit.ledger import beside, change_many, told, until
from tests.service.kit.teller import teller, told_all


async def test_what_is_done_afterwards_finds_the_effects_committed(runtime: Runtime) -> None:
    seen: list[Event] = []

    async def afterwards(runtime: Runtime, events: Sequence[Event]) -> None:
        there = set(await told(runtime))
        seen.extend(events)
        assert {(UUID(event.aggregate_id), event.aggregate_version) for event in events} <= there

    consumer = teller(afterwards=afterwards)
    async with beside(run_relay(runtime), run_consumers(runtime, [consumer])):
        await change_many(runtime, 30, accounts=3)
        await told_all(runtime, 30)

        async def all_seen() -> bool:
            return len(seen) >= 30

        await until(all_seen)


async def test_what_fails_afterwards_holds_nothing_up(runtime: Runtime) -> None:
    async def afterwards(runtime: Runtime, events: Sequence[Event]) -> None:
        raise RuntimeError("nobody to tell")

    consumer = teller(afterwards=afterwards)
    async with beside(run_relay(runtime), run_consumers(runtime, [consumer])):
        await change_many(runtime, 30, accounts=3)
        await told_all(runtime, 30)
        await change_many(runtime, 30, accounts=3)
        await told_all(runtime, 60)


async def test_a_hint_reaches_who_listens_and_is_not_kept(runtime: Runtime) -> None:
    heard: asyncio.Queue[Msg] = asyncio.Queue()
    subscription = await runtime.nats.subscribe("crm.ledger.>", cb=heard.put)
    await runtime.nats.flush()
    sent = [hint("statement", UUID(int=number), owner_id=UUID(int=9), team_id=None) for number in range(150)]
    async with beside(run_relay(runtime)):
        await change_many(runtime, 1, accounts=1)
        await publish_hints(runtime, sent)
        found: list[Event] = []
        async with asyncio.timeout(10):
            # The hints, and the event of the change, which the stream holds once it is heard.
            while len(found) < 151:
                found += payload.decode((await heard.get()).data)
    await subscription.unsubscribe()
    assert [one.aggregate_id for one in found if one.aggregate_type == "statement"] == [
        str(UUID(int=number)) for number in range(150)
    ]
    assert payload.after(sent[0]) == {"owner_id": str(UUID(int=9)), "team_id": None}
    assert (await runtime.nats.jetstream().stream_info("crm-ledger")).state.messages == 1
