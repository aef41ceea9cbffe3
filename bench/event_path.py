"""The way of many events, without the rest of the stack: from the log of contacts to what activities makes of them.

    python -m bench.event_path [EVENTS] [created|updated]        # 50000 created unless told

Events are written in one transaction, as an import or a bulk change does. A relay, and the consumers of activities in
another process, carry and apply them. Printed are events a second, and the processor time that an event costs each
process. The floor is the storing of the same bytes by JetStream in messages of 256 KiB.
"""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import nats
import psutil
import uvloop
from nats.js import JetStreamContext
from nats.js.api import StreamConfig
from nats.js.errors import NotFoundError
from pydantic import SecretStr

from bench.import_rows import processor_seconds, running_postgres
from cli.embedded.nats import Nats
from cli.embedded.program import Program, base_environment, free_port
from crmkit.events.consumer import run_consumers
from crmkit.events.relay import run_relay
from crmkit.events.streams import PARTITIONS, stream_name
from crmkit.migrations.run import migrate
from crmkit.serve import load_service, open_runtime
from crmkit.settings import Settings
from crmkit.tokens import generate_key, jwks, load_key
from services.activities.service import SERVICE as ACTIVITIES
from services.contacts.service import SERVICE as CONTACTS

_PATIENCE_SECONDS = 120.0
_USER = "019aa000-0000-7000-8000-000000000001"
_FLOOR_MESSAGE = 256 * 1024
_KINDS = {"created": None, "updated": "Buyer"}
# Contacts as an import leaves them; an update gives them another title.
_WRITE = """
    INSERT INTO event (type, aggregate_type, aggregate_id, aggregate_version, actor_id, operation_id, before, after)
    SELECT 'contact.' || $2, 'contact', made.id, CASE $3::text IS NULL WHEN true THEN 1 ELSE 2 END, $4, $4,
           CASE $3::text IS NULL WHEN true THEN NULL ELSE made.state || jsonb_build_object('job_title', $3::text) END,
           made.state
    FROM (
        SELECT seed.id, jsonb_build_object(
            'id', seed.id, 'given_name', 'Nigar ' || n, 'family_name', 'Mammadova', 'honorific', '',
            'display_name', 'Nigar ' || n || ' Mammadova',
            'emails', jsonb_build_array(jsonb_build_object('address', 'nigar' || n || '@example.org', 'label', 'work')),
            'phones', jsonb_build_array(jsonb_build_object('number', '+99450' || (2000000 + n), 'label', 'mobile')),
            'addresses', jsonb_build_array(jsonb_build_object('city', 'Bakı', 'country', 'AZ', 'lines', '[]'::jsonb)),
            'companies', '[]'::jsonb, 'job_title', 'Head of Purchasing', 'owner_id', $4::uuid, 'team_id', null,
            'tags', '["bench", "spring"]'::jsonb, 'language', 'az', 'time_zone', '', 'birthday', null,
            'source', 'bench', 'lifecycle_stage', 'LIFECYCLE_STAGE_LEAD', 'consents', '[]'::jsonb,
            'social_profiles', '[]'::jsonb, 'custom', '{}'::jsonb,
            'audit', jsonb_build_object('create_time', now(), 'update_time', now(), 'version', 1)) AS state
        FROM (SELECT n, uuidv7() AS id FROM generate_series(1, $1::int) AS n OFFSET 0) AS seed) AS made
"""
_RELAYED = "SELECT pg_visible_in_snapshot(CAST($1 AS text)::xid8, published) FROM relay_cursor"
_WEIGHT = "SELECT avg(octet_length(before::text)), avg(octet_length(after::text)) FROM event"


async def _work(role: str, database_url: str, nats_url: str, folder: Path) -> None:
    """What one of the processes does until it is ended."""
    settings = Settings(
        database_url=SecretStr(database_url),
        nats_url=SecretStr(nats_url),
        jwks_file=folder / "jwks.json",
        seal_key_file=folder / "seal.key",
    )
    service = CONTACTS if role == "relay" else ACTIVITIES
    async with open_runtime(load_service(service.name), settings, "worker") as runtime:
        gc.collect()
        gc.freeze()  # as a served process does
        if role == "relay":
            await run_relay(runtime)
        else:
            await run_consumers(runtime, service.consumers)


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Waits for what other processes do; fails after _PATIENCE_SECONDS."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while not await holds():  # noqa: ASYNC110 - nothing to await but time
            await asyncio.sleep(0.05)


class _Stand:
    """The servers and the processes."""

    def __init__(self, database: asyncpg.Connection[asyncpg.Record], js: JetStreamContext) -> None:
        self.database = database
        self.js = js
        self.processes: dict[str, psutil.Process] = {}

    async def ready(self) -> None:
        """Waits until every partition is read by every consumer, so that the starts are not measured."""
        await _until(self._all_read)

    async def carry(self, events: int, kind: str) -> tuple[float, Mapping[str, float]]:
        """Writes events and waits until all is applied; seconds, and processor seconds by process."""
        async with self.database.transaction():
            written = await self.database.fetchval("SELECT pg_current_xact_id()::text")
            await self.database.execute(_WRITE, events, kind, _KINDS[kind], _USER)
        begun, before = time.monotonic(), self._usage()
        await _until(lambda: self.database.fetchval(_RELAYED, written))
        await _until(self._all_taken)
        used = self._usage()
        return time.monotonic() - begun, {name: used[name] - before[name] for name in used}

    async def _all_read(self) -> bool:
        consumers = [consumer for consumer in ACTIVITIES.consumers if consumer.source == CONTACTS.name]
        return len(await self._readers()) >= PARTITIONS * len(consumers)

    async def _all_taken(self) -> bool:
        return not any(await self._readers())

    async def _readers(self) -> list[int]:
        """What each reader has still to take or to acknowledge."""
        try:
            found = await self.js.consumers_info(stream_name(CONTACTS.name))
        except NotFoundError:
            return []
        return [(one.num_pending or 0) + (one.num_ack_pending or 0) for one in found]

    def _usage(self) -> Mapping[str, float]:
        return {name: processor_seconds(process) for name, process in self.processes.items()}


@asynccontextmanager
async def _standing(folder: Path) -> AsyncIterator[_Stand]:
    (folder / "jwks.json").write_bytes(jwks(load_key(generate_key())))
    (folder / "seal.key").write_bytes(bytes(32))
    broker = Nats(folder / "nats", free_port(), secrets.token_urlsafe())
    broker.prepare()
    async with AsyncExitStack() as stack:
        postgres, postgres_pid = await stack.enter_async_context(running_postgres(folder))
        urls = {}
        for service in (CONTACTS, ACTIVITIES):
            urls[service.name] = await postgres.create_database(service.name)
            await asyncio.to_thread(migrate, service, urls[service.name])
        pids = {"postgresql": postgres_pid}
        names = ["nats-server", "relay", "consumers"]
        for name in names:
            if name == "nats-server":
                program = broker.program()
            else:
                url = urls[CONTACTS.name if name == "relay" else ACTIVITIES.name]
                arguments = ("-m", "bench.event_path", "--role", name, url, broker.url, str(folder))
                environment = {**base_environment(), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
                program = Program(name, (sys.executable, *arguments), environment)
            log = folder / f"{name}.log"
            process = program.start(log)
            stack.callback(program.stop, process)
            pids[name] = process.pid
            if name == "nats-server":
                await asyncio.to_thread(broker.wait_ready, process, log)
        database = await asyncpg.connect(urls[CONTACTS.name])
        stack.push_async_callback(database.close)
        client = await nats.connect(broker.url)
        stack.push_async_callback(client.close)
        stand = _Stand(database, client.jetstream())
        stand.processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        await stand.ready()
        yield stand


async def _floor(stand: _Stand, events: int) -> str:
    """JetStream storing as many bytes as the events have, in large messages, one after the other."""
    weight = sum(float(size or 0) for size in await stand.database.fetchrow(_WEIGHT) or ())
    await stand.js.add_stream(StreamConfig(name="floor", subjects=["floor"]))
    before, begun = processor_seconds(stand.processes["nats-server"]), time.monotonic()
    for _ in range(max(1, round(weight * events / _FLOOR_MESSAGE))):
        await stand.js.publish("floor", b"x" * _FLOOR_MESSAGE)
    used = processor_seconds(stand.processes["nats-server"]) - before
    return (
        f"floor: JetStream stores the same {weight:,.0f} bytes per event at "
        f"{events / (time.monotonic() - begun):,.0f} events/s with {used / events * 1e6:.1f} µs of nats-server"
    )


async def measure(events: int, kind: str, folder: Path) -> None:
    """Prints what carrying `events` costs."""
    async with _standing(folder) as stand:
        await stand.carry(2_000, kind)
        seconds, used = await stand.carry(events, kind)
        total = sum(used.values())
        print(f"{events:,} events {kind}: {events / seconds:,.0f} events/s in {seconds:.1f} s")
        print(f"processor time per event {total / events * 1e6:.0f} µs:", end=" ")
        print(", ".join(f"{name} {spent / events * 1e6:.0f}" for name, spent in used.items()))
        print(await _floor(stand, events), flush=True)


def main() -> None:
    if sys.argv[1:2] == ["--role"]:
        role, database_url, nats_url, shared = sys.argv[2:6]
        uvloop.run(_work(role, database_url, nats_url, Path(shared)))
        return
    events = next((int(word) for word in sys.argv[1:] if word.isdigit()), 50_000)
    kind = next((word for word in sys.argv[1:] if word in _KINDS), "created")
    with TemporaryDirectory(prefix="peyvand-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs under another account where we are root
        asyncio.run(measure(events, kind, folder))


if __name__ == "__main__":
    main()
