"""A program to run: what the supervisor of `crm up` and the fixtures of the tests both start."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


class StartFailed(Exception):
    """A program did not come up; the message is one sentence for a person, with the mend where we know it."""


@dataclass(frozen=True)
class Program:
    """How to start and stop one child process.

    `env` is the whole environment of the child, nothing is inherited. `uid` is set when the child must not run as
    root; `pass_fds` stay open in it.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 20.0
    uid: int | None = None
    gid: int | None = None
    pass_fds: tuple[int, ...] = field(default=())

    def start(self, log: Path | None) -> subprocess.Popen[bytes]:
        """Starts it in a session of its own (a Ctrl-C at the terminal reaches the supervisor only).

        Its output goes to `log`, or where ours goes when there is none.
        """
        with contextlib.ExitStack() as stack:
            output = None if log is None else stack.enter_context(log.open("ab"))
            return subprocess.Popen(  # noqa: S603 - the argument vector is ours, no shell
                self.argv,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=None if output is None else subprocess.STDOUT,
                cwd="/",
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                pass_fds=self.pass_fds,
                start_new_session=True,
            )

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Asks the process to end and waits; what is left of its session after `stop_seconds` is killed."""
        if process.poll() is None:
            process.send_signal(self.stop_signal)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(self.stop_seconds)
        kill_session(process.pid)
        process.wait()


def kill_session(leader: int) -> None:
    """Kills every process of the group that `leader` leads, itself included; no error when none is left."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS: a group of which only a zombie is left
        return


def base_environment() -> dict[str, str]:
    """What every child may see of our environment: where programs and our code are, the language, the home."""
    kept = ("PATH", "PYTHONPATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE")
    return {name: os.environ[name] for name in kept if name in os.environ}


def free_port() -> int:
    """A TCP port of the loopback that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def port_open(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    with socket.socket() as client:
        client.settimeout(1.0)
        return client.connect_ex(("127.0.0.1", port)) == 0


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path, seconds: float = 20.0) -> None:
    """Returns once the port accepts connections; raises StartFailed with the log's end when the process died first."""
    until = time.monotonic() + seconds
    while not port_open(port):
        if process.poll() is not None:
            raise StartFailed(f"it ended with code {process.returncode}: {tail(log)}")
        if time.monotonic() > until:
            raise StartFailed(f"port {port} did not open within {seconds:.0f} s: {tail(log)}")
        time.sleep(0.02)


def tail(log: Path, lines: int = 3) -> str:
    """The last lines of a log as one line, to stand in an error."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return " | ".join(line.strip()[:300] for line in text.splitlines()[-lines:]) or "its log is empty"
