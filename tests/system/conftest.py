"""The whole stack as `crm up` runs it, for tests that look at it from outside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from cli.embedded.program import port_open
from cli.stack.settings import OFFSETS, ROOT
from tests.system.otlp_receiver import Receiver, receiving

START_SECONDS = 90


class Stack:
    """A `crm up` of its own data folder and ports. `lines` is what it has said so far."""

    def __init__(self, data: Path, http_port: int, *command: str, **variables: str) -> None:
        self.data, self.http_port = data, http_port
        self.address = f"http://localhost:{http_port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
        self.environment = {**kept, "CRM_DATA_DIR": str(data), "CRM_HTTP_PORT": str(http_port), **variables}
        self.process = subprocess.Popen(
            command or (sys.executable, "-m", "cli.main", "up"),
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._said = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._said:
                self.lines.append(line.rstrip())
                self._said.notify_all()
        self.process.wait()
        with self._said:
            self._said.notify_all()

    def wait_for(self, words: str, seconds: float = START_SECONDS) -> str:
        """The first line with these words, said or yet to be said."""

        def found() -> str | None:
            return next((line for line in self.lines if words in line), None)

        with self._said:
            self._said.wait_for(lambda: found() or self.process.poll() is not None, seconds)
            line = found()
        assert line is not None, f"{words!r} was not said: {self.lines}"
        return line

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Sends the signal, and returns the exit code once it has ended."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(60)
        self._reader.join(10)
        return code

    def crm(self, *arguments: str, code: int = 0) -> str:
        """Runs a `crm` command against this stack; returns its standard output."""
        outcome = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert outcome.returncode == code, outcome.stdout + outcome.stderr
        return outcome.stdout

    def token(self, email: str = "admin@example.com") -> str:
        """A bearer token of a user."""
        return self.crm("token", "--email", email).strip()

    def call(self, method: str, path: str, token: str | None = None, **options: Any) -> requests.Response:
        """An HTTP request through the gateway, as the administrator unless a token is given."""
        headers = {"authorization": f"Bearer {token or self.token()}", **options.pop("headers", {})}
        return requests.request(method, self.address + path, headers=headers, timeout=60, **options)

    def port(self, name: str) -> int:
        """The port of a setting such as "contacts_metrics_port"."""
        return self.http_port + OFFSETS[name]

    def status(self, code: int = 0) -> dict[str, Any]:
        """What `crm status --json` says."""
        return dict(json.loads(self.crm("status", "--json", code=code)))

    def pid(self, name: str) -> int:
        """The process id of a part."""
        return int(json.loads((self.data / "run" / "stack.json").read_text())["processes"][name]["pid"])

    def descendants(self) -> list[psutil.Process]:
        """Every process it has started, at any depth."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def open_ports(self) -> list[int]:
        """The ports of this stack that somebody listens on."""
        return [port for port in (self.http_port, *(self.http_port + n for n in OFFSETS.values())) if port_open(port)]


def free_block(beyond: int = 20000) -> int:
    """A port that is free together with those that follow it, as a stack takes them."""
    for port in range(beyond, 32000, 40):
        if not any(port_open(port + offset) for offset in (0, *OFFSETS.values())):
            return port
    raise AssertionError("there is no room for a stack's ports")


@pytest.fixture(scope="session")
def traces() -> Iterator[Receiver]:
    """What the stack of this level tells of its traces."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def stack(run_folder: Path, traces: Receiver) -> Iterator[Stack]:
    """One running stack for all tests of this level. What a test does to it must be undone or invisible to others."""
    collector = {"CRM_OTLP_ENDPOINT": f"127.0.0.1:{traces.port}", "CRM_TRACE_SAMPLE_RATIO": "1"}
    running = Stack(run_folder / "stack", free_block(), **collector)
    try:
        running.wait_for("Everything serves")
        yield running
    finally:
        running.end()
