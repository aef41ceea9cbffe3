"""A consumer of the ledger that keeps what it was told, and ways to wait for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.events.v1.event_pb2 import Event
from crmkit.events.consumer import Consumer
from crmkit.service import Runtime
from tests.service.kit.ledger import (
    note,
    published,
    told,
    until,
)

TELLER = Consumer("teller", "ledger", note, first_retry_seconds=0.02, max_attempts=3)


def teller(handler: Callable[[AsyncConnection, list[Event]], Any] = note, **more: Any) -> Consumer:
    values: dict[str, Any] = {"first_retry_seconds": 0.02, "max_attempts": 3, **more}
    return Consumer("teller", "ledger", handler, **values)


async def told_all(runtime: Runtime, count: int) -> None:
    async def enough() -> bool:
        return len(await told(runtime)) >= count

    await until(enough)


async def one(runtime: Runtime, sql: str, **values: Any) -> Any:
    async with runtime.reader.connect() as db:
        return (await db.execute(text(sql), values)).scalar_one()


async def until_sql(runtime: Runtime, sql: str, **values: Any) -> None:
    async def holds() -> bool:
        return bool(await one(runtime, sql, **values))

    await until(holds)


async def until_stream(runtime: Runtime, events: int) -> None:
    async def holds() -> bool:
        return len(await published(runtime)) >= events

    await until(holds)


async def until_all_is_read(runtime: Runtime) -> None:
    """Waits until the consumers have done with everything on the stream: they acknowledge after the commit."""

    async def holds() -> bool:
        readers = await runtime.nats.jetstream().consumers_info("crm-ledger")
        return all(reader.num_pending == 0 and reader.num_ack_pending == 0 for reader in readers)

    await until(holds)


class Poison:
    """A handler that fails on some accounts until it is healed."""

    def __init__(self, *accounts: UUID) -> None:
        self.accounts = {str(account) for account in accounts}
        self.calls: Counter[int] = Counter()

    async def __call__(self, db: AsyncConnection, events: list[Event]) -> None:
        self.calls[len(events)] += 1
        await note(db, events)  # what a failing handler wrote must be undone
        for event in events:
            if event.aggregate_id in self.accounts:
                raise ValueError(f"cannot take {event.type}")
