"""What every level of tests stands on: a real PostgreSQL and real NATS servers.

`postgres` is started once a run. `database("contacts")` clones the migrated template of a service in about 30 ms, so
each test (or, with `module_database`, each module) has its own. A NATS server starts in 20 ms: `nats_url` is one for
the module, `own_nats_url` one for the test.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from importlib import import_module
from itertools import count
from pathlib import Path

import pytest

from cli.embedded.nats import Nats
from cli.embedded.postgres import Postgres
from cli.embedded.program import Program, free_port
from crmkit.migrations.run import migrate
from crmkit.service import Service

# Takes a Service, or the name of one in services/, and gives the URL of a new database with its tables.
Database = Callable[[Service | str], Awaitable[str]]


@pytest.fixture(scope="session")
def run_folder() -> Iterator[Path]:
    """A folder of this run that the servers' account may enter; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="peyvand-tests-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running_program(program: Program, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a program for the length of a `with` block."""
    process = program.start(log)
    try:
        yield process
    finally:
        program.stop(process)


@pytest.fixture(scope="session")
async def postgres(run_folder: Path) -> AsyncIterator[Postgres]:
    """The PostgreSQL of this run. It forgets everything at a crash: never use it to prove durability."""
    server = Postgres(run_folder / "postgres", free_port(), secrets.token_urlsafe(), durable=False)
    await asyncio.to_thread(server.prepare)
    log = run_folder / "postgres.log"
    with running_program(server.program(), log) as process:
        await server.wait_ready(process, log)
        yield server


def _load(name: str) -> Service:
    service: Service = import_module(f"services.{name}.service").SERVICE
    return service


class Clones:
    """Databases cloned from one migrated template a service."""

    def __init__(self, postgres: Postgres) -> None:
        self._postgres = postgres
        self._templates: dict[tuple[str, Path], str] = {}
        self._number = count(1)
        self._lock = asyncio.Lock()

    async def clone(self, service: Service) -> tuple[str, str]:
        """The name and URL of a new database with the service's tables."""
        async with self._lock:
            key = (service.name, service.migrations)
            if key not in self._templates:
                template = f"template_{service.name}_{len(self._templates)}"
                url = await self._postgres.create_database(template)
                await asyncio.to_thread(migrate, service, url)
                self._templates[key] = template
            name = f"{service.name}_{next(self._number)}"
            return name, await self._postgres.create_database(name, self._templates[key])

    @contextlib.asynccontextmanager
    async def factory(self) -> AsyncIterator[Database]:
        """Makes databases, and drops them when the block ends."""
        made: list[str] = []

        async def database(service: Service | str) -> str:
            name, url = await self.clone(_load(service) if isinstance(service, str) else service)
            made.append(name)
            return url

        yield database
        for name in made:
            await self._postgres.drop_database(name)


@pytest.fixture(scope="session")
def clones(postgres: Postgres) -> Clones:
    """The migrated templates of this run."""
    return Clones(postgres)


@pytest.fixture
async def database(clones: Clones) -> AsyncIterator[Database]:
    """`url = await database("contacts")`: a database of this test."""
    async with clones.factory() as factory:
        yield factory


@pytest.fixture(scope="module")
async def module_database(clones: Clones) -> AsyncIterator[Database]:
    """`url = await module_database("contacts")`: a database of this module, for tests that tolerate each other."""
    async with clones.factory() as factory:
        yield factory


@contextlib.contextmanager
def _nats(run_folder: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="nats-", dir=run_folder))
    server = Nats(folder, free_port(), secrets.token_urlsafe())
    server.prepare()
    log = folder / "log"
    with running_program(server.program(), log) as process:
        server.wait_ready(process, log)
        yield server.url


@pytest.fixture(scope="module")
def nats_url(run_folder: Path) -> Iterator[str]:
    """The URL of a NATS server of this module: streams of one module's services never meet another's."""
    with _nats(run_folder) as url:
        yield url


@pytest.fixture
def own_nats_url(run_folder: Path) -> Iterator[str]:
    """The URL of a NATS server of this test."""
    with _nats(run_folder) as url:
        yield url
