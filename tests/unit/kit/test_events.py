"""What of events needs no server: windows between snapshots, subjects, payloads, delays, kinds of errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.aio.msg import Msg
from sqlalchemy import exc

from crm.events.v1.event_pb2 import Event
from crmkit.errors import Unavailable
from crmkit.events import bundles, payload
from crmkit.events.apply import Consumer, says_nothing_about_the_event
from crmkit.events.locks import lock_number
from crmkit.events.log import NewEvent, write_events
from crmkit.events.pull import read_delivery
from crmkit.events.snapshot import NOTHING, Snapshot, Window, between
from crmkit.events.streams import PARTITIONS, partition_of, partition_subjects, subject


@st.composite
def histories(draw: st.DrawFn) -> tuple[Snapshot, Snapshot, int]:
    """Two snapshots of one history, the earlier first, and the next transaction id."""
    count = draw(st.integers(1, 25))
    # Each transaction begins at its number and ends at a later moment, or never.
    ends = [number + draw(st.integers(1, 30)) for number in range(count)]
    first = draw(st.integers(0, count))
    second = draw(st.integers(first, count))

    def taken_at(moment: int) -> Snapshot:
        running = tuple(3 + number for number in range(moment) if ends[number] > moment)
        return Snapshot(min(running, default=3 + moment), 3 + moment, running)

    return taken_at(first), taken_at(second), 3 + count


def covers(window: Window, xid: int) -> bool:
    return xid in window.late or (window.low <= xid < window.high and xid not in window.hidden)


@given(histories())
def test_a_window_holds_what_the_later_snapshot_sees_and_the_earlier_does_not(
    history: tuple[Snapshot, Snapshot, int],
) -> None:
    earlier, later, after = history
    window = between(earlier, later)
    for xid in range(3, after):
        assert covers(window, xid) == (later.sees(xid) and not earlier.sees(xid))
    if window.empty:
        assert not any(covers(window, xid) for xid in range(3, after))


@given(histories())
def test_the_first_window_holds_everything_that_is_committed(history: tuple[Snapshot, Snapshot, int]) -> None:
    _, later, after = history
    window = between(NOTHING, later)
    assert all(covers(window, xid) == later.sees(xid) for xid in range(3, after))


def test_nothing_lies_between_a_snapshot_and_itself() -> None:
    snapshot = Snapshot(5, 9, (5, 7))
    assert between(snapshot, snapshot).empty


def test_a_long_transaction_is_asked_for_by_its_id() -> None:
    window = between(Snapshot(10, 5_000, (10,)), Snapshot(5_100, 5_100, ()))
    assert window == Window(late=[10], low=5_000, high=5_100, hidden=[])


@given(st.uuids())
def test_a_record_keeps_to_one_partition(record: UUID) -> None:
    partition = partition_of(record)
    assert 0 <= partition < PARTITIONS
    assert subject("contacts", record, "contact.created") == f"crm.contacts.{partition}.contact.created"
    assert subject("contacts", record, "contact.created").startswith(partition_subjects("contacts", partition)[:-1])


def test_partitions_get_about_the_same() -> None:
    counts = [0] * PARTITIONS
    for _ in range(4_000):
        counts[partition_of(uuid4())] += 1
    assert min(counts) > 800


def row(**values: Any) -> Any:
    """As the relay reads it."""
    base = {
        "id": uuid4(), "position": 7, "type": "contact.updated", "aggregate_type": "contact", "aggregate_id": uuid4(),
        "aggregate_version": 3, "actor_id": None, "operation_id": None, "traceparent": "", "before": None,
        "after": None, "recorded_at": datetime(2026, 3, 1, 8, 30, 15, 123456, UTC),
    }  # fmt: skip
    return {**base, **values}


def test_a_payload_says_what_the_row_says() -> None:
    values = row(before='{"a": "ی"}', after='{"a": null}', actor_id=uuid4())
    event = payload.event_of(values, "contacts")
    assert event.record_time.ToDatetime(UTC) == values["recorded_at"]
    assert UUID(event.id) == values["id"]
    assert UUID(event.actor_id) == values["actor_id"]
    assert event.operation_id == ""
    assert (event.service, event.position, event.aggregate_version) == ("contacts", 7, 3)
    assert payload.before(event) == {"a": "ی"}
    assert payload.after(event) == {"a": None}
    assert payload.aggregate_id(event) == values["aggregate_id"]


def test_a_payload_tells_creation_and_erasure_from_empty_states() -> None:
    created = payload.event_of(row(after="{}"), "contacts")
    assert payload.before(created) is None
    assert payload.after(created) == {}


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1)))
def test_a_payload_keeps_the_microsecond(naive: datetime) -> None:
    instant = naive.replace(tzinfo=UTC)
    event = payload.event_of(row(recorded_at=instant), "contacts")
    assert event.record_time.ToDatetime(UTC) == instant


def test_a_message_of_the_time_before_bundles_is_one_event() -> None:
    event = payload.event_of(row(after="{}"), "contacts")
    assert list(payload.decode(event.SerializeToString())) == list(payload.decode(payload.encode([event]))) == [event]


# Few records and kinds: the interesting cases are those where they meet.
_RECORDS = [UUID(int=number) for number in range(1, 9)]
_CHANGES = st.lists(st.tuples(st.sampled_from(_RECORDS), st.sampled_from(["created", "updated", "deleted"])))


@given(_CHANGES, st.integers(1, 4))
def test_bundles_carry_every_event_once_and_those_of_a_record_in_order(
    changes: list[tuple[UUID, str]], most: int
) -> None:
    rows = [
        row(position=place, aggregate_id=record, type=f"contact.{verb}", after='"x"')
        for place, (record, verb) in enumerate(changes)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles, "MAX_EVENTS", most)
        messages = bundles.bundle(rows, "contacts")
    carried = [(message.subject, event) for message in messages for event in payload.decode(message.data)]
    assert sorted(event.position for _, event in carried) == list(range(len(rows)))
    assert all(to == subject("contacts", UUID(event.aggregate_id), event.type) for to, event in carried)
    for record in _RECORDS:
        positions = [event.position for _, event in carried if event.aggregate_id == str(record)]
        assert positions == sorted(positions)
    assert max((len(payload.decode(message.data)) for message in messages), default=0) <= most
    assert len({message.id for message in messages}) == len(messages)
    assert messages == bundles.bundle(rows, "contacts") or most < len(rows)


def test_a_large_event_goes_alone() -> None:
    record, large = uuid4(), '"' + "x" * bundles.MAX_SIZE + '"'
    rows = [row(aggregate_id=record, after=after) for after in ("{}", large, "{}", "{}")]
    sizes = [len(payload.decode(message.data)) for message in bundles.bundle(rows, "contacts")]
    assert sizes == [1, 1, 2]


def test_the_id_of_a_message_is_that_of_its_event_or_of_all_of_them_in_their_order() -> None:
    record = uuid4()
    one, other = row(aggregate_id=record), row(aggregate_id=record)
    assert [message.id for message in bundles.bundle([one], "contacts", ":r")] == [f"{one['id']}:r"]
    (both,), (turned,) = bundles.bundle([one, other], "contacts"), bundles.bundle([other, one], "contacts")
    assert len({both.id, turned.id, str(one["id"]), str(other["id"])}) == 4


async def handler(_db: Any, _events: list[Event]) -> None:
    """Never called here."""


def test_delays_grow_fourfold_up_to_an_hour_and_are_spread() -> None:
    consumer = Consumer("timeline", "contacts", handler)
    for attempts, seconds in ((1, 5), (2, 20), (3, 80), (6, 3600), (60, 3600)):
        delays = {consumer.delay(attempts) for _ in range(50)}
        assert len(delays) > 1
        assert all(timedelta(seconds=seconds) * 0.8 <= delay <= timedelta(seconds=seconds) * 1.2 for delay in delays)


def database_error(state: str, *, disconnected: bool = False) -> exc.DBAPIError:
    return exc.DBAPIError(None, None, SimpleNamespace(sqlstate=state), connection_invalidated=disconnected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConnectionRefusedError(), True),
        (TimeoutError(), True),
        (Unavailable("AWAY", "It is away."), True),
        (exc.TimeoutError(), True),
        (asyncpg.CannotConnectNowError("starting up"), True),
        (database_error("40P01"), True),  # deadlock
        (database_error("53300"), True),  # too many connections
        (database_error("", disconnected=True), True),
        (database_error("57014"), False),  # the handler's query took too long
        (database_error("23505"), False),  # a violated constraint
        (ValueError(), False),
        (KeyError("after"), False),
    ],
)
def test_errors_of_the_infrastructure_are_told_from_errors_of_events(error: Exception, expected: bool) -> None:
    assert says_nothing_about_the_event(error) is expected


@pytest.mark.parametrize(
    "reply",
    [
        "$JS.ACK.crm-contacts.timeline-0.2.40.17.1700000000000000000.5",
        "$JS.ACK._.ACCOUNT.crm-contacts.timeline-0.2.40.17.1700000000000000000.5.token",
    ],
)
def test_both_forms_of_delivery_metadata_are_read(reply: str) -> None:
    carried = [Event(id="first"), Event(id="second")]
    message = Msg(Client(), subject="s", reply=reply, data=payload.encode(carried), headers={"Nats-Msg-Id": "x"})
    delivery = read_delivery(message)
    assert delivery[:5] == (40, 17, 2, 5, "x")
    assert list(delivery.events) == carried


def test_lock_numbers_fit_postgresql() -> None:
    assert all(-(2**31) <= lock_number(str(number)) < 2**31 for number in range(500))


async def test_an_event_too_large_for_the_broker_is_refused_at_once() -> None:
    event = NewEvent("contact.created", "contact", uuid4(), 1, None, {"note": "ی" * 4_000_000})
    with pytest.raises(ValueError, match="exceed"):
        await write_events(None, [event], actor_id=None, operation_id=None, traceparent="", now=datetime.now(UTC))  # type: ignore[arg-type]
