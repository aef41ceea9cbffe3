"""Who learns of a change, and what happens to those who fall behind."""

import asyncio
import json
import time
from typing import Any
from uuid import UUID, uuid4

import pytest

from crm.events.v1.event_pb2 import Event
from crmkit.access import AccessDirectory, Principal
from crmkit.events.hints import hint
from gateway.edge.identity import Caller
from gateway.edge.live.hub import REMEMBERED, WAITING, Client, Hub

TEAM = uuid4()


@pytest.fixture
def access() -> AccessDirectory:
    directory = AccessDirectory()
    for role, scope in (("manager", "team"), ("representative", "own"), ("viewer", "all"), ("nobody", "none")):
        directory.set_role(role, {"contact": {"read": scope}, "user": {"read": scope}, "session": {"read": scope}})
    directory.set_role("administrator", {"user": {"read": "all", "administer": "all"}})
    return directory


@pytest.fixture
def hub(access: AccessDirectory) -> Hub:
    return Hub(access)


def caller(role: str, user_id: UUID | None = None, *, seconds: int = 600) -> Caller:
    teams = (TEAM,) if role == "manager" else ()
    principal = Principal(user_id or uuid4(), uuid4(), frozenset({role}), teams[0] if teams else None, teams)
    return Caller(principal, int(time.time() * 1000), int(time.time()) + seconds, "")


def event(before: dict[str, Any] | None, after: dict[str, Any] | None, kind: str = "contact") -> Event:
    made = Event(id=str(uuid4()), type=f"{kind}.updated", aggregate_type=kind, aggregate_id=str(uuid4()))
    if before is not None:
        made.before = json.dumps(before)
    if after is not None:
        made.after = json.dumps(after)
    return made


def events_of(text: bytes) -> list[tuple[str, dict[str, Any], str]]:
    """Name, data and id of each server-sent event."""
    found = []
    for block in text.decode().strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["event"], json.loads(fields["data"]), fields.get("id", "")))
    return found


async def received(client: Client) -> list[str]:
    """What waits for a client, without the greeting."""
    return [data.get("aggregateId", name) for name, data, _ in events_of(await client.next()) if name != "ready"]


async def test_a_change_reaches_whom_the_scope_of_reading_reaches(hub: Hub) -> None:
    owner = uuid4()
    clients = {role: hub.join(caller(role), "") for role in ("manager", "representative", "viewer", "nobody")}
    clients["owner"] = hub.join(caller("representative", owner), "")
    change = event(None, {"owner_id": str(owner), "team_id": str(TEAM)})
    hub.publish(change)
    knowing = {role for role, client in clients.items() if await received(client)}
    assert knowing == {"manager", "viewer", "owner"}


async def test_who_loses_a_record_learns_of_it(hub: Hub) -> None:
    old = uuid4()
    client = hub.join(caller("representative", old), "")
    change = event({"owner_id": str(old)}, {"owner_id": str(uuid4())})
    hub.publish(change)
    assert await received(client) == [change.aggregate_id]


async def test_kinds_of_records_that_a_role_does_not_read_stay_unknown(hub: Hub) -> None:
    client = hub.join(caller("viewer"), "")
    hub.publish(event(None, {}, "secret"))
    assert await received(client) == []


async def test_a_hint_about_a_timeline_reaches_who_may_read_timelines(hub: Hub, access: AccessDirectory) -> None:
    owner = uuid4()
    access.set_role("reader", {"activity": {"read": "own"}})
    seen, unseen = hub.join(caller("reader", owner), ""), hub.join(caller("reader"), "")
    other = hub.join(caller("viewer"), "")
    told = hint("timeline", uuid4(), owner_id=owner, team_id=None)
    hub.publish(told)
    assert await received(seen) == [told.aggregate_id]
    assert (await received(unseen), await received(other)) == ([], [])


def user_event(verb: str, user_id: UUID) -> Event:
    state = json.dumps({"id": str(user_id), "team_id": str(TEAM)})
    return Event(
        id=str(uuid4()),
        type=f"user.{verb}",
        aggregate_type="user",
        aggregate_id=str(user_id),
        before=state,
        after=state,
    )


def session_event(verb: str, user_id: UUID | None) -> Event:
    session = str(uuid4())
    after = json.dumps({"id": session, "user_id": str(user_id) if user_id else ""})
    return Event(id=str(uuid4()), type=f"session.{verb}", aggregate_type="session", aggregate_id=session, after=after)


ALI = uuid4()


@pytest.mark.parametrize(
    ("event_", "knowing"),
    [
        *(
            (user_event(verb, ALI), {"administrator", "ali"})
            for verb in ("password_changed", "password_reset", "unlocked")
        ),
        *((session_event(verb, ALI), {"administrator", "ali"}) for verb in ("signed_in", "signed_out", "locked")),
        (session_event("locked", None), {"administrator"}),
        (user_event("updated", ALI), {"administrator", "manager", "viewer"}),
    ],
)
async def test_only_oneself_and_an_administrator_learn_of_passwords_and_sessions(
    hub: Hub, event_: Event, knowing: set[str]
) -> None:
    clients = {role: hub.join(caller(role), "") for role in ("administrator", "manager", "viewer", "nobody")}
    clients["ali"] = hub.join(caller("nobody", ALI), "")
    hub.publish(event_)
    assert {role for role, client in clients.items() if await received(client)} == knowing


async def test_who_comes_back_does_not_learn_of_them_either(hub: Hub) -> None:
    client = hub.join(caller("viewer"), "")
    last = events_of(await client.next())[-1][2]
    hub.publish(session_event("signed_in", uuid4()))
    assert await received(hub.join(caller("viewer"), last)) == []


async def test_a_user_who_reads_only_the_own_profile_learns_of_its_changes(hub: Hub) -> None:
    ali = uuid4()
    client, other = hub.join(caller("representative", ali), ""), hub.join(caller("representative"), "")
    hub.publish(user_event("updated", ali))
    assert await received(client) == [str(ali)]
    assert await received(other) == []


async def test_a_change_tells_no_state(hub: Hub) -> None:
    client = hub.join(caller("viewer"), "")
    hub.publish(event({"given_name": "Ali"}, {"given_name": "Ali-Reza"}))
    text = await client.next()
    assert b"Ali" not in text
    name, data, _ = events_of(text)[1]
    assert name == "change"
    assert set(data) == {"type", "aggregateType", "aggregateId", "version", "operationId", "time"}


async def test_an_event_published_twice_is_told_once(hub: Hub) -> None:
    client = hub.join(caller("viewer"), "")
    change = event(None, {})
    hub.publish(change)
    hub.publish(change)
    assert await received(client) == [change.aggregate_id]


async def test_who_comes_back_gets_what_was_missed(hub: Hub) -> None:
    comer = caller("viewer")
    client = hub.join(comer, "")
    hub.publish(event(None, {}))
    last = events_of(await client.next())[-1][2]
    hub.leave(comer, client)
    missed = event(None, {})
    hub.publish(missed)
    assert await received(hub.join(caller("viewer"), last)) == [missed.aggregate_id]


@pytest.mark.parametrize("last", ["nonsense", "00000000-5", "-", "x-1"])
async def test_who_comes_back_too_late_starts_over(hub: Hub, last: str) -> None:
    assert await received(hub.join(caller("viewer"), last)) == ["reset"]


async def test_what_is_no_longer_remembered_means_starting_over(hub: Hub) -> None:
    first = events_of(await hub.join(caller("viewer"), "").next())[0][2]
    for _ in range(REMEMBERED + 1):
        hub.publish(event(None, {}))
    assert await received(hub.join(caller("viewer"), first)) == ["reset"]


async def test_who_follows_is_not_forgotten_when_another_leaves_before_joining(hub: Hub) -> None:
    one, other = caller("viewer"), caller("viewer")
    hub.expect(one)
    hub.expect(other)
    hub.leave(other, None)
    client = hub.join(one, "")
    assert hub.somebody.is_set(), "events flow only while it is"
    assert (len(hub), hub.streams_of(one), hub.streams_of(other)) == (1, 1, 0)
    hub.leave(one, client)
    assert not hub.somebody.is_set()
    assert len(hub) == 0


async def test_a_place_to_go_on_from_that_no_stream_has_means_starting_over(hub: Hub) -> None:
    first = events_of(await hub.join(caller("viewer"), "").next())[0][2]
    epoch = first.partition("-")[0]
    for place in (f"{epoch}-{'9' * 5000}", f"{epoch}-", f"{epoch}--1", f"{epoch}-1e3", "-", "x" * 5000):
        assert await received(hub.join(caller("viewer"), place)) == ["reset"], place


async def test_a_slow_client_is_told_to_start_over_and_goes_on(hub: Hub) -> None:
    client = hub.join(caller("viewer"), "")
    for _ in range(WAITING):
        hub.publish(event(None, {}))
    last = event(None, {})
    hub.publish(last)
    assert await received(client) == ["reset", last.aggregate_id]


async def test_a_lost_connection_to_the_broker_means_starting_over(hub: Hub) -> None:
    client = hub.join(caller("viewer"), "")
    hub.restart()
    assert await received(client) == ["reset"]


async def test_a_stream_ends_with_the_session_and_with_the_token(hub: Hub, access: AccessDirectory) -> None:
    kept, expired, dismissed = caller("viewer"), caller("viewer", seconds=-1), caller("viewer")
    clients = [hub.join(who, "") for who in (kept, expired, dismissed)]
    access.not_before_ms[dismissed.principal.user_id] = dismissed.issued_ms
    hub.sweep()
    assert [client.ended for client in clients] == [False, True, True]
    reasons = [events_of(await client.next())[-1][1].get("reason") for client in clients]
    assert reasons == [None, "TOKEN_EXPIRED", "SESSION_ENDED"]
    assert await clients[1].next() == b""


async def test_a_role_that_changes_counts_at_once(hub: Hub, access: AccessDirectory) -> None:
    client = hub.join(caller("viewer"), "")
    access.set_role("viewer", {})
    hub.publish(event(None, {}))
    assert await received(client) == []


async def test_a_waiting_client_wakes_up(hub: Hub) -> None:
    client = hub.join(caller("viewer"), "")
    await client.next()
    waiting = asyncio.create_task(client.next())
    await asyncio.sleep(0)
    hub.publish(event(None, {}))
    assert b"event: change" in await asyncio.wait_for(waiting, 1)


def notification(user_id: UUID) -> Event:
    return event(None, {"user_id": str(user_id)}, "notification")


async def test_a_notification_reaches_only_its_person_whatever_the_rights_of_others(
    hub: Hub, access: AccessDirectory
) -> None:
    access.set_role("administrator", {"notification": {"read": "all"}, "user": {"administer": "all"}})
    ali = uuid4()
    client, administrator = hub.join(caller("nobody", ali), ""), hub.join(caller("administrator"), "")
    told = notification(ali)
    hub.publish(told)
    assert await received(client) == [told.aggregate_id]
    assert await received(administrator) == []


async def test_the_end_of_an_import_reaches_whom_the_right_to_import_reaches(hub: Hub, access: AccessDirectory) -> None:
    ali = uuid4()
    access.set_role("representative", {"contact": {"read": "all", "import": "own"}})
    mine, other, viewer = (
        hub.join(caller(role, user), "")
        for role, user in (("representative", ali), ("representative", None), ("viewer", None))
    )
    ended = event(None, {"owner_id": str(ali)}, "import")
    hub.publish(ended)
    assert await received(mine) == [ended.aggregate_id]
    assert await received(other) == await received(viewer) == []
