"""A process of the ledger, to be killed: `python -m tests.faults.process ROLE DATABASE_URL NATS_URL FILE`.

ROLE is writer, relay or consumer. The writer appends "account version" to FILE for every change whose commit it was
told of.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import uvloop

from crmkit.events.apply import says_nothing_about_the_event
from crmkit.events.consumer import Consumer, run_consumers
from crmkit.events.relay import run_relay
from crmkit.service import Runtime
from crmkit.telemetry.logs import configure_logs
from tests.service.kit.ledger import change, ledger, note

WRITERS = 6
ACCOUNTS = [uuid5(UUID(int=0), str(number)) for number in range(24)]


async def write(runtime: Runtime, acknowledged: int) -> None:
    """Changes accounts for ever: one or a few in a transaction, some transactions slow, some rolled back."""
    while True:
        chosen = sorted(random.sample(ACCOUNTS, random.choice((1, 1, 1, 4))))  # noqa: S311 - sorted: no deadlocks
        try:
            async with runtime.writer.connect() as db:
                changes = []
                for account in chosen:
                    changes.append((account, await change(db, account)))
                    await asyncio.sleep(random.choice((0, 0, 0.02)))  # noqa: S311
                if random.random() < 0.1:  # noqa: S311
                    await db.rollback()
                    continue
                await db.commit()
            os.write(acknowledged, "".join(f"{account} {version}\n" for account, version in changes).encode())
        except Exception as error:
            if not says_nothing_about_the_event(error):
                raise
            await asyncio.sleep(0.05)  # PostgreSQL is away


async def main(role: str, database_url: str, nats_url: str, file: Path) -> None:
    async with ledger(database_url, nats_url, create=False) as runtime:
        work: list[Coroutine[Any, Any, None]]
        if role == "writer":
            acknowledged = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            work = [write(runtime, acknowledged) for _ in range(WRITERS)]
        elif role == "relay":
            work = [run_relay(runtime)]
        else:
            work = [run_consumers(runtime, [Consumer("teller", "ledger", note)])]
        await asyncio.gather(*work)


if __name__ == "__main__":
    configure_logs(sys.argv[1], "info", "text")
    uvloop.run(main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4])))
