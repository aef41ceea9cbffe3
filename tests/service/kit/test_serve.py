"""`crm serve` as a process: how it starts, how several of it share a port, and how it ends."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import grpc
import nats
import psutil
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from grpc_health.v1 import health_pb2, health_pb2_grpc
from prometheus_client.parser import text_string_to_metric_families
from uuid_utils.compat import uuid7

from cli.embedded.program import Program, base_environment, free_port, port_open
from crm.contacts.v1 import contact_pb2 as pb
from crm.contacts.v1.contact_service_pb2_grpc import ContactServiceStub
from crmkit.access import Principal
from crmkit.access_mirror import access_bucket
from crmkit.testing import ROLES
from crmkit.tokens import jwks, mint
from tests.conftest import Database, running_program

# Several Pythons start on a busy machine.
PATIENCE = 60.0


@dataclass
class Serving:
    """A `crm serve contacts` and how to look at it."""

    process: subprocess.Popen[bytes]
    log: Path
    port: int
    metrics_port: int
    key: Ed25519PrivateKey

    def said(self, event: str) -> list[dict[str, Any]]:
        """What it has logged under this name."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    def workers(self) -> list[psutil.Process]:
        """The processes it has started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[grpc.aio.Channel]:
        """A connection of its own: the kernel gives each to one of the processes."""
        options = (("grpc.use_local_subchannel_pool", 1),)
        async with grpc.aio.insecure_channel(f"127.0.0.1:{self.port}", options) as channel:
            yield channel

    @property
    def who(self) -> tuple[tuple[str, str], ...]:
        """Metadata of an administrator's call."""
        token = mint(self.key, Principal(uuid7(), uuid7(), frozenset({"administrator"}), None))[0]
        return (("authorization", f"Bearer {token}"),)

    async def calls_served(self, worker: int) -> float:
        """How many lists of contacts a process has answered, as its metrics say; -1 while they cannot be read."""
        try:
            reply = await asyncio.to_thread(
                requests.get, f"http://127.0.0.1:{self.metrics_port + worker}/metrics", timeout=5
            )
        except requests.ConnectionError:
            return -1
        samples = (sample for family in text_string_to_metric_families(reply.text) for sample in family.samples)
        return sum(
            sample.value
            for sample in samples
            if sample.name == "rpc_server_call_duration_seconds_count"
            and sample.labels["rpc_method"].endswith("/ListContacts")
        )

    async def ended(self) -> int:
        """The exit code, once the process has ended."""
        await until(lambda: self.process.poll() is not None)
        return self.process.wait()


async def until(condition: Callable[[], Any]) -> None:
    """Waits for what another process does."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - another process: there is no event to await
            await asyncio.sleep(0.02)


@asynccontextmanager
async def serving(
    folder: Path, *arguments: str, database_url: str, nats_url: str, **variables: str
) -> AsyncIterator[Serving]:
    """Runs `crm serve contacts --role api` and kills what is left of it."""
    key, port, metrics_port, log = Ed25519PrivateKey.generate(), free_port(), free_block(2), folder / "log"
    (folder / "jwks.json").write_bytes(jwks(key))
    (folder / "seal.key").write_bytes(bytes(32))
    environment = {
        **base_environment(),
        "CRM_DATABASE_URL": database_url,
        "CRM_NATS_URL": nats_url,
        "CRM_JWKS_FILE": str(folder / "jwks.json"),
        "CRM_SEAL_KEY_FILE": str(folder / "seal.key"),
        "CRM_GRPC_PORT": str(port),
        "CRM_METRICS_PORT": str(metrics_port),
        "CRM_DRAIN_SECONDS": "1",
        **variables,
    }
    command = (sys.executable, "-P", "-m", "cli.main", "serve", "contacts", "--role", "api", *arguments)
    log.touch()
    with running_program(Program("contacts", command, environment, stop_seconds=0.1), log) as process:
        yield Serving(process, log, port, metrics_port, key)


def free_block(size: int) -> int:
    """The first of some free ports in a row."""
    while True:
        port = free_port()
        if port + size < 65_000 and not any(port_open(port + place) for place in range(size)):
            return port


async def publish_rights(nats_url: str) -> None:
    """What identity would: services wait for it."""
    client = await nats.connect(nats_url)
    bucket = await access_bucket(client.jetstream())
    for role_id, matrix in ROLES.items():
        await bucket.put(f"role.{role_id}", json.dumps(matrix).encode())
    await client.close()


async def test_who_waits_for_the_rights_of_roles_ends_when_asked(
    tmp_path: Path, database: Database, own_nats_url: str
) -> None:
    url = await database("contacts")
    async with serving(tmp_path, database_url=url, nats_url=own_nats_url) as service:
        await until(lambda: service.said("rights are not known: identity has not published them yet"))
        service.process.send_signal(signal.SIGTERM)
        assert await service.ended() == 0
        assert service.said("stopped before it served")


async def test_who_waits_for_the_broker_ends_when_asked(tmp_path: Path) -> None:
    nowhere = f"nats://127.0.0.1:{free_port()}"
    async with serving(tmp_path, database_url="postgresql://nobody@127.0.0.1:1/x", nats_url=nowhere) as service:
        await until(lambda: service.said("NATS error"))
        service.process.send_signal(signal.SIGTERM)
        assert await service.ended() == 0


@pytest.mark.parametrize("how", ["option", "variable"])
async def test_two_processes_share_a_port_and_its_calls(
    tmp_path: Path, database: Database, own_nats_url: str, how: str
) -> None:
    url = await database("contacts")
    await publish_rights(own_nats_url)
    arguments = ("--workers", "2") if how == "option" else ()
    variables = {} if how == "option" else {"CRM_WORKERS": "2"}
    async with serving(tmp_path, *arguments, database_url=url, nats_url=own_nats_url, **variables) as service:
        await until(lambda: len(service.said("serving")) == 2)
        assert len(service.workers()) == 2

        async def list_contacts() -> None:
            async with service.connection() as channel:
                await ContactServiceStub(channel).ListContacts(pb.ListContactsRequest(), metadata=service.who)

        made = 0
        while min(await service.calls_served(0), await service.calls_served(1)) < 1:
            assert made < 200, "the connections all came to one process"
            await list_contacts()
            made += 1
        assert await service.calls_served(0) + await service.calls_served(1) == made

        service.workers()[0].kill()
        await until(lambda: service.said("a worker ended and is started again"))
        await until(lambda: len(service.said("serving")) == 3)
        assert len(service.workers()) == 2
        await list_contacts()


async def test_a_call_that_runs_ends_well_while_all_processes_drain(
    tmp_path: Path, database: Database, own_nats_url: str
) -> None:
    url = await database("contacts")
    await publish_rights(own_nats_url)
    async with (
        serving(tmp_path, "--workers", "2", database_url=url, nats_url=own_nats_url) as service,
        service.connection() as channel,
    ):
        await until(lambda: len(service.said("serving")) == 2)
        stub: Any = ContactServiceStub(channel)
        wanted = pb.CreateContactRequest(contact=pb.Contact(given_name="Leyla"))
        contact = await stub.CreateContact(wanted, metadata=service.who)

        other = await asyncpg.connect(url)
        held = other.transaction()
        await held.start()
        await other.execute("SELECT FROM contact WHERE id = $1 FOR UPDATE", contact.id)
        running = asyncio.ensure_future(
            stub.DeleteContact(pb.DeleteContactRequest(id=contact.id), metadata=service.who)
        )
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        watcher = await asyncpg.connect(url)
        async with asyncio.timeout(PATIENCE):
            while not await watcher.fetchval(waiting):  # noqa: ASYNC110 - the call is on its way to the row
                await asyncio.sleep(0.02)

        workers = service.workers()
        service.process.send_signal(signal.SIGTERM)
        await until(lambda: len(service.said("draining")) == 2)
        health: Any = health_pb2_grpc.HealthStub(channel)
        reply = await health.Check(health_pb2.HealthCheckRequest())
        assert reply.status == health_pb2.HealthCheckResponse.NOT_SERVING
        assert not running.done()
        await held.rollback()
        await running
        assert await service.ended() == 0
        assert not any(worker.is_running() for worker in workers)
        await asyncio.gather(other.close(), watcher.close())


async def test_a_stop_while_a_worker_is_about_to_be_started_again_starts_none(
    tmp_path: Path, database: Database, own_nats_url: str
) -> None:
    url = await database("contacts")
    async with serving(tmp_path, "--workers", "2", database_url=url, nats_url=own_nats_url) as service:
        await until(lambda: len(service.workers()) == 2)
        service.workers()[1].kill()
        await until(lambda: service.said("a worker ended and is started again"))
        service.process.send_signal(signal.SIGTERM)
        assert await service.ended() == 0


async def test_a_process_whose_event_loop_stands_still_is_killed_and_replaced(
    tmp_path: Path, database: Database, own_nats_url: str
) -> None:
    url = await database("contacts")
    await publish_rights(own_nats_url)
    silent = {"CRM_WORKER_SILENT_SECONDS": "3"}
    async with serving(tmp_path, "--workers", "2", database_url=url, nats_url=own_nats_url, **silent) as service:
        await until(lambda: len(service.said("serving")) == 2)
        hung, other = service.workers()
        hung.suspend()
        await until(lambda: service.said("a worker gives no sign of life and is killed"))
        await until(lambda: len(service.said("serving")) == 3)
        assert not hung.is_running()
        assert other.is_running()
        other.suspend()  # one that hangs while all are to end must not keep the service from ending
        service.process.send_signal(signal.SIGTERM)
        assert await service.ended() == 0


async def test_a_process_that_never_comes_up_ends_the_service_with_an_error(
    tmp_path: Path, database: Database, own_nats_url: str
) -> None:
    url = await database("contacts")
    await publish_rights(own_nats_url)
    async with serving(tmp_path, "--workers", "1", database_url=url, nats_url=own_nats_url) as service:
        # The second process of another service wants the port of metrics that this one has.
        await until(lambda: service.said("serving"))
        (folder := tmp_path / "second").mkdir()
        taken = {"CRM_METRICS_PORT": str(service.metrics_port - 1)}
        async with serving(folder, "--workers", "2", database_url=url, nats_url=own_nats_url, **taken) as second:
            assert await second.ended() == 1
            (given_up,) = second.said("a worker never came up, its own lines say why")
            assert (given_up["worker"], given_up["attempts"]) == (1, 4)
            waits = [line["seconds"] for line in second.said("a worker ended and is started again")]
            assert waits == [1.0, 2.0, 4.0]
            assert len(second.said("draining")) == 1


async def test_a_seal_key_that_is_too_short_stops_the_start(tmp_path: Path) -> None:
    short = tmp_path / "short.key"
    short.write_bytes(bytes(31))
    nowhere = {"database_url": "postgresql://nobody@127.0.0.1:1/x", "nats_url": f"nats://127.0.0.1:{free_port()}"}
    async with serving(tmp_path, CRM_SEAL_KEY_FILE=str(short), **nowhere) as service:
        assert await service.ended() == 2
        assert f"CRM_SEAL_KEY_FILE: {short} has 31 bytes, not 32" in service.log.read_text()


async def test_no_process_outlives_the_one_that_started_it(
    tmp_path: Path, database: Database, own_nats_url: str
) -> None:
    url = await database("contacts")
    await publish_rights(own_nats_url)
    async with serving(tmp_path, "--workers", "2", database_url=url, nats_url=own_nats_url) as service:
        await until(lambda: len(service.said("serving")) == 2)
        workers = service.workers()
        service.process.kill()
        service.process.wait()
        await until(lambda: not any(worker.is_running() for worker in workers))
        assert len(service.said("draining")) == 2
