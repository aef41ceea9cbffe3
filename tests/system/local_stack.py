"""The whole stack as `crm up` runs it, on ports and with data of its own."""

from __future__ import annotations

import contextlib
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from cli.embedded.program import port_open
from cli.stack.settings import OFFSETS

ADMINISTRATOR = "admin@example.com"
START_SECONDS = 120


def free_base_port() -> int:
    """A port whose neighbours the stack needs are free as well."""
    while True:
        base = 20_000 + secrets.randbelow(400) * 30
        if not any(port_open(base + offset) for offset in (0, *OFFSETS.values())):
            return base


@dataclass
class LocalStack:
    """A running stack, and how to talk to it as its users do."""

    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    port: int
    folder: Path

    @property
    def url(self) -> str:
        """The gateway."""
        return f"http://127.0.0.1:{self.port}"

    def crm(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Runs `crm …` against this stack."""
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=check,
        )

    def token(self, email: str = ADMINISTRATOR) -> str:
        """An access token of a user, as `crm token` prints it."""
        return self.crm("token", "--email", email).stdout.strip()

    def call(self, method: str, path: str, token: str | None = None, **options: Any) -> requests.Response:
        """An HTTP request through the gateway, as the administrator unless `token` is given."""
        headers = {"authorization": f"Bearer {token or self.token()}", **options.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=60, **options)

    def stop(self) -> None:
        """Stops it as Ctrl-C does, and waits until it is gone."""
        self.process.terminate()
        self.process.wait(90)


@contextlib.contextmanager
def local_stack(folder: Path, **variables: str) -> Iterator[LocalStack]:
    """Starts a stack with data in `folder` and CRM_* `variables`; stops it at the end of the block."""
    port = free_base_port()
    environment = {
        **os.environ,
        "CRM_DATA_DIR": str(folder),
        "CRM_HTTP_PORT": str(port),
        "CRM_HTTP_HOST": "127.0.0.1",
        "CRM_DRAIN_SECONDS": "0",
        **variables,
    }
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "up"], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    stack = LocalStack(process, environment, port, folder)
    try:
        _wait_until_serving(stack)
        yield stack
    finally:
        stack.stop()


def _wait_until_serving(stack: LocalStack) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if stack.process.poll() is not None:
            break
        with contextlib.suppress(requests.RequestException):
            if requests.get(f"{stack.url}/healthz", timeout=2).status_code == 200:
                return
        time.sleep(0.1)  # another process: nothing to await but its answer
    raise AssertionError(f"the stack did not serve:\n{(stack.folder / 'up.log').read_text()[-3000:]}")
