"""Every process has a user of its own at NATS, which lets it do its work and nothing else. A real server says so."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nats
import nats.errors
import pytest
from nats.aio.client import Client
from uuid_utils.compat import uuid7

from cli.embedded.nats import Nats, NatsUser
from cli.embedded.program import free_port
from crm.events.v1.event_pb2 import Event
from crmkit.access import AccessDirectory, Scope
from crmkit.access_mirror import BUCKET, access_bucket, mirror_access
from crmkit.broker import EDGE, edge_permissions, inbox_prefix, permissions_of
from crmkit.events import payload
from crmkit.events.consumer import Consumer
from crmkit.events.publisher import Message, Publisher
from crmkit.events.pull import Pull
from crmkit.events.streams import ensure_stream, partition_of, stored_message, stream_state, subject
from tests.conftest import running_program

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


async def _nothing(*_: Any) -> None:
    return None


USERS = {
    "contacts": permissions_of("contacts", ()),
    "identity": permissions_of("identity", ()),
    "activities": permissions_of("activities", (Consumer(name="timeline", source="contacts", handler=_nothing),)),
    EDGE: edge_permissions(),
}


class Broker:
    """A server with the users, and connections as them; `said` is what the server said against each."""

    def __init__(self, server: Nats) -> None:
        self._server = server
        self.said: dict[str, list[str]] = {name: [] for name in USERS}
        self.clients: dict[str, Client] = {}

    async def connect(self) -> None:
        for name, user in self._server.users.items():
            url = self._server.url_of(name, user.password)
            self.clients[name] = await nats.connect(url, inbox_prefix=inbox_prefix(url), error_cb=self._complaint(name))

    def _complaint(self, name: str) -> Callable[[Exception], Any]:
        async def complain(error: Exception) -> None:
            self.said[name].append(str(error).lower())

        return complain

    async def refuses(self, name: str, act: Callable[[Client], Any]) -> bool:
        """Whether the server refuses what `act` does as this user."""
        client, known = self.clients[name], len(self.said[name])
        with contextlib.suppress(nats.errors.Error):
            await act(client)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                while not self._violations(name, known):  # noqa: ASYNC110 - the client tells of it by a callback
                    await asyncio.sleep(0.01)
        return self._violations(name, known)

    def _violations(self, name: str, known: int) -> bool:
        return any("permissions violation" in error for error in self.said[name][known:])


@pytest.fixture(scope="module")
async def broker(run_folder: Path) -> AsyncIterator[Broker]:
    folder = run_folder / f"broker-{secrets.token_hex(4)}"
    users = {name: NatsUser(secrets.token_urlsafe(), allowed) for name, allowed in USERS.items()}
    server = Nats(folder, free_port(), secrets.token_urlsafe(), users=users)
    server.prepare()
    log = folder / "log"
    with running_program(server.program(), log) as process:
        server.wait_ready(process, log)
        made = Broker(server)
        await made.connect()
        yield made
        for client in made.clients.values():
            await client.close()


async def test_each_service_does_its_work_and_the_server_says_nothing_against_it(broker: Broker) -> None:
    contacts, activities = broker.clients["contacts"], broker.clients["activities"]
    for name in ("contacts", "identity", "activities"):
        for days in (7.0, 8.0):  # created, then changed
            await ensure_stream(broker.clients[name].jetstream(), name, replicas=1, days=days)
    id_ = uuid7()
    event = Event(id=str(id_), type="contact.created", aggregate_id=str(id_))
    event.record_time.FromDatetime(datetime.now(UTC))
    message = Message(subject("contacts", id_, "contact.created"), str(id_), payload.encode([event]))
    sequence = await Publisher(contacts, "crm-contacts").publish([message], contacts.stats["reconnects"])
    assert await stored_message(contacts.jetstream(), "contacts", sequence)
    assert await stream_state(activities.jetstream(), "contacts")
    assert await stored_message(activities.jetstream(), "contacts", sequence)
    partition = partition_of(id_)
    for _ in range(2):  # each reading makes its consumer and takes it away
        async with Pull(activities, "contacts", partition, "timeline", 1) as pull:
            (delivery,) = await pull.next(10)
            assert delivery.id == str(id_)
            await pull.acknowledge(delivery)
    await activities.flush()
    assert not any(broker.said.values())


async def test_identity_writes_the_bucket_and_everybody_reads_it(broker: Broker) -> None:
    bucket = await access_bucket(broker.clients["identity"].jetstream())
    await bucket.put("role.viewer", b'{"contact": {"read": "all"}}')
    gone = await bucket.put("role.gone", b"{}")
    await bucket.delete("role.gone", last=gone)
    await bucket.purge_deletes(olderthan=-1)
    assert await bucket.keys() == ["role.viewer"]
    heard: list[str] = []

    async def hear(message: Any) -> None:
        heard.append(message.subject)

    await broker.clients[EDGE].subscribe("crm.>", cb=hear)
    await broker.clients[EDGE].flush()
    for client in broker.clients.values():
        directory, loaded = AccessDirectory(), asyncio.Event()
        task = asyncio.create_task(mirror_access(client, directory, loaded))
        await asyncio.wait_for(loaded.wait(), 5)
        assert directory.roles == {"viewer": {"contact": {"read": Scope.ALL}}}
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await broker.clients["contacts"].publish("crm.contacts.0.contact.created", b"")
    async with asyncio.timeout(5):
        while not heard:  # noqa: ASYNC110 - the callback sets no event
            await asyncio.sleep(0.01)
    assert not any(broker.said.values())


ROLE = f"$KV.{BUCKET}.role.viewer"
FORBIDDEN = [
    *((name, ROLE) for name in ("edge", "contacts", "activities")),
    *((name, f"$JS.API.STREAM.DELETE.KV_{BUCKET}") for name in USERS),
    *((name, f"$JS.API.STREAM.PURGE.KV_{BUCKET}") for name in ("edge", "contacts", "activities")),
    *((name, f"$JS.API.STREAM.UPDATE.KV_{BUCKET}") for name in USERS),
    *((name, f"$JS.API.STREAM.CREATE.KV_{BUCKET}") for name in ("edge", "contacts", "activities")),
    *((name, "crm.identity.0.user.updated") for name in ("edge", "contacts", "activities")),
    *((name, "crm.contacts.0.contact.updated") for name in ("edge", "identity", "activities")),
    *((name, "$JS.API.STREAM.CREATE.crm-other") for name in USERS),
    *((name, "$JS.API.STREAM.UPDATE.crm-identity") for name in ("edge", "contacts", "activities")),
    *((name, "$JS.API.STREAM.PURGE.crm-contacts") for name in USERS),
    *((name, "$JS.API.STREAM.MSG.DELETE.crm-contacts") for name in USERS),
    *((name, "$JS.API.STREAM.MSG.GET.crm-contacts") for name in ("edge", "identity")),
    *((name, "$JS.API.CONSUMER.DURABLE.CREATE.crm-contacts.other") for name in USERS),
    *((name, "$JS.API.CONSUMER.CREATE.crm-contacts") for name in USERS),
    *((name, "$JS.API.CONSUMER.DELETE.crm-contacts.timeline-0") for name in ("edge", "contacts", "identity")),
    *((name, "_INBOX.identity.x") for name in USERS),
    *((name, "crm_system.contacts.ask") for name in ("edge", "identity", "activities")),
    *((name, "anything.else") for name in USERS),
]


@pytest.mark.parametrize(("name", "subject_"), FORBIDDEN)
async def test_what_is_not_its_own_nobody_says(broker: Broker, name: str, subject_: str) -> None:
    assert await broker.refuses(name, lambda client: client.publish(subject_, b"{}"))


@pytest.mark.parametrize(
    ("name", "subject_"),
    [
        *((name, "_INBOX.>") for name in USERS),
        *((name, "_INBOX.identity.>") for name in ("edge", "contacts", "activities")),
        *((name, ">") for name in USERS),
        *((name, f"$KV.{BUCKET}.>") for name in ("edge", "contacts", "activities")),
        ("contacts", "crm.identity.>"),
        ("activities", "crm.contacts.>"),
        ("identity", "crm.contacts.>"),
    ],
)
async def test_what_is_for_others_nobody_hears(broker: Broker, name: str, subject_: str) -> None:
    assert await broker.refuses(name, lambda client: client.subscribe(subject_))


async def test_a_refused_write_leaves_the_rights_as_they_were(broker: Broker) -> None:
    bucket = await access_bucket(broker.clients["identity"].jetstream())
    revision = await bucket.put("role.viewer", b'{"contact": {"read": "all"}}')
    wider = b'{"contact": {"read": "all", "delete": "all"}}'
    for name in ("edge", "contacts", "activities"):
        assert await broker.refuses(name, lambda client: client.publish(ROLE, wider))
    assert (await bucket.get("role.viewer")).revision == revision


async def test_an_entry_that_makes_no_sense_is_passed_over(broker: Broker) -> None:
    bucket = await access_bucket(broker.clients["identity"].jetstream())
    directory, loaded = AccessDirectory(), asyncio.Event()
    for key, value in (
        ("role.a", b"[]"),
        ("team.x", b"{}"),
        ("user.1", b"no"),
        (f"session.{uuid7()}", b"{}"),
        ("role.b", b'{"contact": "all"}'),
    ):
        await bucket.put(key, value)
    await bucket.put("role.viewer", b'{"contact": {"read": "own"}}')
    task = asyncio.create_task(mirror_access(broker.clients["contacts"], directory, loaded))
    await asyncio.wait_for(loaded.wait(), 5)
    assert directory.roles == {"viewer": {"contact": {"read": Scope.OWN}}}
    assert not directory.ended_sessions
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
