"""Fixtures of the event tests."""

from __future__ import annotations

import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from cli.embedded.nats import Nats
from cli.embedded.program import free_port
from crmkit.service import Runtime
from tests.conftest import Database
from tests.service.kit.ledger import LEDGER, ledger


class Broker:
    """A NATS server that a test stops and starts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = Nats(folder, free_port(), secrets.token_urlsafe())
        self._server.prepare()
        self._log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self.url = self._server.url

    def start(self) -> None:
        self._process = self._server.program().start(self._log)
        self._server.wait_ready(self._process, self._log)

    def kill(self) -> None:
        """SIGKILL, at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def remember(self) -> None:
        """Keeps what it has stored by now, for `restart_as_remembered`."""
        shutil.copytree(self._folder, self._remembered)

    def restart_as_remembered(self) -> None:
        """As after the machine lost power: what was acknowledged since is gone."""
        self.kill()
        shutil.rmtree(self._folder)
        shutil.move(self._remembered, self._folder)
        self.start()

    @property
    def _remembered(self) -> Path:
        return self._folder.with_name(f"{self._folder.name}-remembered")


@pytest.fixture
def broker(run_folder: Path) -> Iterator[Broker]:
    """A running NATS server of this test."""
    server = Broker(Path(tempfile.mkdtemp(prefix="broker-", dir=run_folder)))
    server.start()
    yield server
    server.kill()


@pytest_asyncio.fixture
async def ledger_url(database: Database) -> str:
    """A database of this test with the ledger's tables."""
    return await database(LEDGER)


@pytest_asyncio.fixture
async def runtime(ledger_url: str, broker: Broker) -> AsyncIterator[Runtime]:
    """A process of the ledger."""
    async with ledger(ledger_url, broker.url) as parts:
        yield parts
