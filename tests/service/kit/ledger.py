"""A service of the tests: accounts whose every change is an event, and a consumer that keeps what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.events.v1.event_pb2 import Event
from crmkit.events import payload
from crmkit.events.log import NewEvent, write_events
from crmkit.serve import open_runtime
from crmkit.service import Runtime, Service
from crmkit.settings import Settings
from crmkit.tokens import generate_key, jwks, load_key

LEDGER = Service(name="ledger", servicers=(), migrations=Path(__file__).parent / "migrations")
PATIENCE = 20.0

CREATE = (
    "CREATE TABLE IF NOT EXISTS account (id uuid PRIMARY KEY, version bigint NOT NULL)",
    "CREATE TABLE IF NOT EXISTS told (place bigserial PRIMARY KEY, event_id uuid, account uuid, version bigint)",
)


@asynccontextmanager
async def ledger(database_url: str, nats_url: str, *, create: bool = True, **settings: Any) -> AsyncIterator[Runtime]:
    """The parts of a process of the service; nothing runs in it yet. `create` makes the tables of the tests."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "jwks.json").write_bytes(jwks(load_key(generate_key())))
        (Path(folder) / "seal.key").write_bytes(bytes(32))
        values = {
            "database_url": SecretStr(database_url),
            "nats_url": SecretStr(nats_url),
            "jwks_file": Path(folder) / "jwks.json",
            "seal_key_file": Path(folder) / "seal.key",
            **settings,
        }
        async with open_runtime(LEDGER, Settings(**values), "all") as runtime:
            if create:
                async with runtime.writer.begin() as db:
                    for statement in CREATE:
                        await db.execute(text(statement))
            yield runtime


@asynccontextmanager
async def beside(*work: Coroutine[Any, Any, None]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Runs coroutines for the length of a block; a failure of one fails the block."""
    tasks = [asyncio.create_task(part) for part in work]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


async def change(db: AsyncConnection, account: UUID, **state: Any) -> int:
    """Changes an account, or opens it, with the event that says so; returns its version."""
    row = await db.execute(
        text(
            "INSERT INTO account VALUES (:id, 1) "
            "ON CONFLICT (id) DO UPDATE SET version = account.version + 1 RETURNING version"
        ),
        {"id": account},
    )
    version = int(row.scalar_one())
    verb = "opened" if version == 1 else "changed"
    event = NewEvent(f"account.{verb}", "account", account, version, None, {"version": version, **state})
    await write_events(db, [event], actor_id=None, operation_id=None, traceparent="", now=datetime.now(UTC))
    return version


async def change_many(runtime: Runtime, count: int, accounts: int = 7) -> list[UUID]:
    """`count` changes in as many transactions, over some accounts in turn."""
    ids = [uuid4() for _ in range(accounts)]
    for number in range(count):
        async with runtime.writer.begin() as db:
            await change(db, ids[number % accounts])
    return ids


async def note(db: AsyncConnection, events: list[Event]) -> None:
    """The consumer's handler: keeps what it was told, in the order it was told."""
    await db.execute(
        text(
            "INSERT INTO told (event_id, account, version) SELECT * FROM unnest"
            "(CAST(:ids AS uuid[]), CAST(:accounts AS uuid[]), CAST(:versions AS bigint[]))"
        ),
        {
            "ids": [UUID(event.id) for event in events],
            "accounts": [UUID(event.aggregate_id) for event in events],
            "versions": [event.aggregate_version for event in events],
        },
    )


async def told(runtime: Runtime) -> list[tuple[UUID, int]]:
    """Account and version of everything the consumer was told, in order."""
    async with runtime.reader.connect() as db:
        return [(row[0], row[1]) for row in await db.execute(text("SELECT account, version FROM told ORDER BY place"))]


async def written(runtime: Runtime) -> int:
    """How many events the log holds."""
    async with runtime.reader.connect() as db:
        return int((await db.execute(text("SELECT count(*) FROM event"))).scalar_one())


def assert_exact(seen: list[tuple[UUID, int]], events: int) -> None:
    """Every event once, and those of an account in the order of its versions."""
    assert len(seen) == events
    last: dict[UUID, int] = {}
    for account, version in seen:
        assert version == last.get(account, 0) + 1, f"version {version} of {account} came after {last.get(account, 0)}"
        last[account] = version


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> None:
    """Waits until the condition holds; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - what is awaited lies in other processes
            await asyncio.sleep(0.05)


async def published(runtime: Runtime) -> list[Event]:
    """Every event on the service's stream, in order."""
    js = runtime.nats.jetstream()
    state = (await js.stream_info("crm-ledger")).state
    found: list[Event] = []
    if not state.messages:
        # A stream nothing was published on yet begins at 0, which is no sequence to ask for.
        return found
    for sequence in range(state.first_seq, state.last_seq + 1):
        found += payload.decode((await js.get_msg("crm-ledger", sequence)).data or b"")
    return found


def versions(events: list[Event]) -> list[tuple[UUID, int]]:
    """Account and version of events."""
    return [(UUID(event.aggregate_id), event.aggregate_version) for event in events]
