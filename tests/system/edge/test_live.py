"""Live updates."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import requests
from nats.aio.client import Client

from crm.events.v1.event_pb2 import Event
from crmkit.access_mirror import access_bucket
from crmkit.events import payload
from gateway.edge.live.endpoint import MOST_OF_ONE_USER
from tests.system.gateway_stand import Stand, refused


@asynccontextmanager
async def following(stand: Stand, token: str, last_event_id: str = "") -> AsyncIterator[Callable[[], Any]]:
    """A stream of live updates: each call of what it gives awaits the next event as (name, data, id)."""
    headers = {"authorization": f"Bearer {token}", "last-event-id": last_event_id}
    response = await asyncio.to_thread(
        requests.get, stand.url + "/v1/live", headers=headers, stream=True, timeout=(5, 10)
    )
    assert response.status_code == 200, response.text
    lines = response.iter_lines()

    def read() -> tuple[str, dict[str, Any], str]:
        fields: dict[str, str] = {}
        for line in lines:
            name, _, value = line.decode().partition(": ")
            if name in ("id", "event", "data"):
                fields[name] = value
            elif not name and "event" in fields:
                return fields["event"], json.loads(fields["data"]), fields.get("id", "")
        return "closed", {}, ""

    try:
        yield lambda: asyncio.to_thread(read)
    finally:
        response.close()


async def publish(broker: Client, owner: UUID) -> str:
    record = str(uuid4())
    event = Event(
        id=str(uuid4()),
        type="contact.updated",
        aggregate_type="contact",
        aggregate_id=record,
        aggregate_version=2,
        after=json.dumps({"owner_id": str(owner), "given_name": "Secret"}),
    )
    await broker.publish("crm.contacts.0.contact.updated", payload.encode([event]))
    return record


async def test_a_change_is_seen_within_a_second_and_only_by_who_may(stand: Stand, broker: Client) -> None:
    me = uuid4()
    async with (
        following(stand, stand.token(me, role="representative")) as mine,
        following(stand, stand.token()) as everything,
    ):
        assert (await mine())[0] == (await everything())[0] == "ready"
        others, own = await publish(broker, uuid4()), await publish(broker, me)
        begun = time.monotonic()
        name, data, _ = await mine()
        assert time.monotonic() - begun < 1
        assert (name, data["aggregateId"], data["version"]) == ("change", own, "2")
        assert "Secret" not in str(data)
        assert [(await everything())[1]["aggregateId"] for _ in range(2)] == [others, own]


async def test_who_comes_back_gets_what_happened_meanwhile(stand: Stand, broker: Client) -> None:
    token = stand.token()
    async with following(stand, token) as changes:
        _, _, last = await changes()
    missed = await publish(broker, uuid4())
    await broker.flush()
    async with following(stand, token, last) as changes:
        found = [await changes(), await changes()]
    assert sorted(name for name, _, _ in found) == ["change", "ready"]
    assert missed in [data.get("aggregateId") for _, data, _ in found]
    async with following(stand, token, "deadbeef-7") as changes:
        assert [(await changes())[0], (await changes())[0]] == ["reset", "ready"]


async def test_live_updates_end_at_once_with_the_session(stand: Stand, broker: Client) -> None:
    me = uuid4()
    async with following(stand, stand.token(me)) as changes:
        await changes()
        bucket = await access_bucket(broker.jetstream())
        ended = json.dumps({"not_before_ms": int(time.time() * 1000) + 1000})
        await bucket.put(f"user.{me}", ended.encode())
        begun = time.monotonic()
        assert (await changes())[:2] == ("end", {"reason": "SESSION_ENDED"})
        assert (await changes())[0] == "closed"
        assert time.monotonic() - begun < 3


async def test_live_updates_need_a_sign_in(stand: Stand) -> None:
    refused(await stand.call("GET", "/v1/live", token=None), 401, 16, "SIGN_IN_REQUIRED")


async def test_one_user_cannot_take_the_live_updates_of_all(stand: Stand) -> None:
    me = uuid4()
    async with AsyncExitStack() as stack:
        for _ in range(MOST_OF_ONE_USER):
            await stack.enter_async_context(following(stand, stand.token(me)))
        refused(await stand.call("GET", "/v1/live", token=stand.token(me)), 429, 8, "TOO_MANY_CLIENTS")
        async with following(stand, stand.token()) as others:
            assert (await others())[0] == "ready"
