"""The stack under measurement: `crm up` with data of its own, beside whatever else runs here."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import requests

from cli.stack.local import database_url
from cli.stack.secrets import Secrets
from cli.stack.settings import ROOT, StackSettings
from cli.token import token as make_token

ADMINISTRATOR = "admin@example.com"
TOKEN_SECONDS = 300.0


class BenchFailed(Exception):
    """The measurement cannot be made; the message says why, for a person."""


@dataclass(frozen=True)
class Stack:
    """A running stack."""

    settings: StackSettings
    started_in_seconds: float
    _tokens: list[tuple[str, float]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return "127.0.0.1"

    @property
    def port(self) -> int:
        return self.settings.http_port

    @property
    def gateway(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def seal_key(self) -> bytes:
        """What page tokens of this stack are sealed with."""
        return Secrets(self.settings.secrets).seal_key_file.read_bytes()[:32]

    def token(self) -> str:
        """An access token of the administrator, valid for the next 5 minutes at least."""
        age = time.monotonic() - self._tokens[0][1] if self._tokens else TOKEN_SECONDS
        if age >= TOKEN_SECONDS:
            self._tokens[:] = [(make_token(ADMINISTRATOR), time.monotonic())]
        return self._tokens[0][0]

    def database(self, service: str) -> str:
        return database_url(service)

    def get(self, path: str) -> requests.Response:
        return requests.get(self.gateway + path, headers=self._headers, timeout=60)

    def post(self, path: str, body: object) -> requests.Response:
        return requests.post(self.gateway + path, json=body, headers=self._headers, timeout=60)

    def patch(self, path: str, body: object) -> requests.Response:
        return requests.patch(self.gateway + path, json=body, headers=self._headers, timeout=60)

    @property
    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token()}"}

    def crm(self, *arguments: str) -> str:
        """What a `crm` command prints; raises BenchFailed with its last words when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments], capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise BenchFailed(f"crm {' '.join(arguments)}: {(done.stderr or done.stdout)[-800:]}")
        return done.stdout


@contextlib.contextmanager
def running(data_dir: Path, http_port: int, environment: dict[str, str]) -> Iterator[Stack]:
    """Starts the stack, stops it at the end of the block; the environment of this process tells `crm` where it is."""
    os.environ.update(CRM_DATA_DIR=str(data_dir), CRM_HTTP_PORT=str(http_port), **environment)
    settings = StackSettings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    log = settings.data_dir / "bench-up.log"
    begun = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, "-m", "cli.main", "up"], stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait(process, f"http://127.0.0.1:{http_port}/healthz", log)
        yield Stack(settings, time.monotonic() - begun)
    finally:
        process.terminate()
        process.wait(60)


def _wait(process: subprocess.Popen[bytes], health: str, log: Path) -> None:
    """Until everything serves; the first start also makes the databases."""
    until = time.monotonic() + 180
    while time.monotonic() < until:
        if process.poll() is not None:
            raise BenchFailed(f"the stack did not start:\n{log.read_text()[-1500:]}")
        with contextlib.suppress(requests.RequestException):
            if requests.get(health, timeout=2).status_code == 200:
                return
        time.sleep(0.05)  # another process: nothing to await but its answer
    raise BenchFailed(f"the stack did not serve within 180 s, see {log} in {ROOT}")
