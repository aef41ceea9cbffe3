"""The publisher stores messages in their order, also where some are refused or there already."""

from __future__ import annotations

import pytest
from nats.js.api import StreamConfig

from crmkit.events.publisher import Message, Publisher, PublishFailed
from crmkit.service import Runtime


async def test_a_message_refused_in_the_middle_is_not_overtaken(runtime: Runtime) -> None:
    js = runtime.nats.jetstream()
    await js.add_stream(StreamConfig(name="crm-ledger", subjects=["crm.ledger.>"], max_msg_size=200))
    sizes = [10, 10, 1000, 10, 10]
    messages = [Message("crm.ledger.0.account.opened", str(number), b"x" * size) for number, size in enumerate(sizes)]
    with pytest.raises(PublishFailed):
        await Publisher(runtime.nats, "crm-ledger").publish(messages, runtime.nats.stats["reconnects"])
    assert (await js.stream_info("crm-ledger")).state.messages == 2


async def stored_ids(runtime: Runtime) -> str:
    js = runtime.nats.jetstream()
    state = (await js.stream_info("crm-ledger")).state
    stored = [await js.get_msg("crm-ledger", sequence) for sequence in range(1, state.last_seq + 1)]
    return "".join((message.headers or {})["Nats-Msg-Id"] for message in stored)


@pytest.mark.parametrize(
    ("stored", "sent", "expected"),
    [
        ("", "abcdef", "abcdef"),
        ("abc", "abcdef", "abcdef"),
        ("abcdef", "abcdef", "abcdef"),
        # c committed late: d, e and f went before it, but g must not.
        ("abdef", "abcdefg", "abdefcg"),
        ("bdf", "abcdefgh", "bdfacegh"),
    ],
)
async def test_what_is_stored_already_does_not_let_a_message_overtake(
    runtime: Runtime, stored: str, sent: str, expected: str
) -> None:
    await runtime.nats.jetstream().add_stream(StreamConfig(name="crm-ledger", subjects=["crm.ledger.>"]))

    async def publish(ids: str) -> int:
        messages = [Message("crm.ledger.0.account.opened", name, b"x") for name in ids]
        return await Publisher(runtime.nats, "crm-ledger").publish(messages, runtime.nats.stats["reconnects"])

    await publish(stored)
    assert await publish(sent) == len(expected)
    assert await stored_ids(runtime) == expected


async def test_a_publisher_whose_count_is_wrong_counts_again(runtime: Runtime) -> None:
    js = runtime.nats.jetstream()
    await js.add_stream(StreamConfig(name="crm-ledger", subjects=["crm.ledger.>"]))
    publisher = Publisher(runtime.nats, "crm-ledger")
    for ids in ("ab", "cd", "ef"):
        messages = [Message("crm.ledger.0.account.opened", name, b"x") for name in ids]
        await publisher.publish(messages, runtime.nats.stats["reconnects"])
        await js.publish("crm.ledger.0.account.opened", b"by hand", headers={"Nats-Msg-Id": "-"})
    assert await stored_ids(runtime) == "ab-cdef"  # the second and third by hand are repetitions of the first
