"""kill -9 of writers, relay, consumers, NATS and PostgreSQL, over and over, while changes are written.

In the end every change that was acknowledged is in the log, every event of the log was applied, each once, and those of
an account in the order of its versions. CRM_TEST_KILLS sets the number of kills.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import psutil
import pytest

from cli.embedded.nats import Nats
from cli.embedded.postgres import Postgres
from cli.embedded.program import Program, base_environment, free_port, kill_session, tail
from crmkit.migrations.run import migrate
from tests.service.kit.ledger import LEDGER, assert_exact, ledger

KILLS = int(os.environ.get("CRM_TEST_KILLS", "30"))
MANY_KILLS = 1_000
ROOT = Path(__file__).parent.parent.parent
# One of two relays and of two consumers is on standby, or shares the partitions.
PROCESSES = ("writer", "relay-1", "relay-2", "consumer-1", "consumer-2")


class Stand:
    """Two servers and five processes of the ledger, each of which can be killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.acknowledged = folder / "acknowledged"
        self.postgres = Postgres(folder / "postgres", free_port(), secrets.token_urlsafe())
        self.nats = Nats(folder / "nats", free_port(), secrets.token_urlsafe())
        self.postgres.prepare()
        self.nats.prepare()
        self._programs: dict[str, Callable[[], Program]] = {
            "postgres": self.postgres.program,
            "nats": self.nats.program,
            **{name: lambda name=name: self._process(name) for name in PROCESSES},  # type: ignore[misc]
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.kills: Counter[str] = Counter()

    @property
    def victims(self) -> tuple[str, ...]:
        return tuple(self._programs)

    def _process(self, name: str) -> Program:
        role = name.partition("-")[0]
        arguments = (role, self.postgres.url("ledger"), self.nats.url, str(self.acknowledged))
        return Program(
            name,
            (sys.executable, "-m", "tests.faults.process", *arguments),
            {**base_environment(), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'gen'}"},
        )

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    async def start(self, name: str) -> None:
        """Starts it; servers are ready when this returns."""
        process = self._running[name] = self._programs[name]().start(self.log(name))
        if name == "postgres":
            await self.postgres.wait_ready(process, self.log(name))
        elif name == "nats":
            await asyncio.to_thread(self.nats.wait_ready, process, self.log(name))

    async def kill(self, name: str) -> None:
        """SIGKILL to it and all its children; PostgreSQL's do not belong to its process group."""
        process = self._running.pop(name)
        assert process.poll() is None, f"{name} ended by itself: {tail(self.log(name), 30)}"
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        for member in family:
            try:
                member.kill()
            except psutil.NoSuchProcess:
                continue
        await asyncio.to_thread(process.wait)
        await asyncio.to_thread(psutil.wait_procs, family, 10)
        self.kills[name.partition("-")[0]] += 1

    def stop(self) -> None:
        for process in self._running.values():
            kill_session(process.pid)
            process.wait()


@pytest.fixture
def stand() -> Iterator[Stand]:
    with tempfile.TemporaryDirectory(prefix="peyvand-faults-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        made = Stand(Path(name))
        yield made
        made.stop()


async def wreak_havoc(stand: Stand, kills: int) -> None:
    """Kills one, now and then two at once, and starts them again after a while."""
    while stand.kills.total() < kills:
        await asyncio.sleep(random.uniform(0.0, 1.2))  # noqa: S311
        names = random.sample(stand.victims, random.choice((1, 1, 1, 2)))  # noqa: S311
        for name in names:
            await stand.kill(name)
        await asyncio.sleep(random.choice((0.0, 0.1, 0.5)))  # noqa: S311
        for name in names:
            await stand.start(name)


async def settled(connection: asyncpg.Connection[asyncpg.Record], seconds: float = 60.0) -> None:
    """Waits until as many events were applied as the log holds."""
    counts = "SELECT (SELECT count(*) FROM event), (SELECT count(*) FROM told), (SELECT count(*) FROM parked_event)"
    until = asyncio.get_running_loop().time() + seconds
    while True:
        logged, applied, parked = await connection.fetchrow(counts) or (0, 0, 0)
        if applied >= logged:
            return
        assert asyncio.get_running_loop().time() < until, f"{logged} in the log, {applied} applied, {parked} parked"
        await asyncio.sleep(0.2)


async def kill_and_compare(stand: Stand, kills: int) -> None:
    await stand.start("postgres")
    await stand.start("nats")
    url = await stand.postgres.create_database("ledger")
    await asyncio.to_thread(migrate, LEDGER, url)
    async with ledger(url, stand.nats.url):
        pass  # makes its tables
    for name in PROCESSES:
        await stand.start(name)
    await wreak_havoc(stand, kills)
    await asyncio.sleep(1.0)
    await stand.kill("writer")
    connection = await asyncpg.connect(url)
    await settled(connection)
    await asyncio.sleep(1.0)  # a repetition would come now
    logged = await connection.fetch("SELECT aggregate_id, aggregate_version FROM event ORDER BY position")
    told = await connection.fetch("SELECT account, version FROM told ORDER BY place")
    events = {(UUID(str(row[0])), row[1]) for row in logged}
    acknowledged = stand.acknowledged.read_text().splitlines()
    lost = [line for line in acknowledged if (UUID(line.split()[0]), int(line.split()[1])) not in events]
    assert not lost, f"{len(lost)} acknowledged changes are not in the log, such as {lost[0]}"
    assert len(events) == len(logged)
    assert_exact([(UUID(str(row[0])), row[1]) for row in told], len(logged))
    assert await connection.fetchval("SELECT count(*) FROM dead_letter") == 0
    assert len(acknowledged) > kills
    await connection.close()
    print(f"\n{dict(stand.kills)}: {len(acknowledged)} acknowledged changes, {len(logged)} events, each applied once")  # noqa: T201


@pytest.mark.timeout(180 + 5 * KILLS)
async def test_nothing_acknowledged_is_lost_and_nothing_applied_twice(stand: Stand) -> None:
    await kill_and_compare(stand, KILLS)


@pytest.mark.long
@pytest.mark.timeout(180 + 5 * max(KILLS, MANY_KILLS))
async def test_nothing_is_lost_or_repeated_over_a_thousand_kills(stand: Stand) -> None:
    await kill_and_compare(stand, max(KILLS, MANY_KILLS))
