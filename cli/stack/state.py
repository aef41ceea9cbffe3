"""What is known of a running stack: `run/stack.json` for others to read, and a lock so that there is only one."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil


def same_process(pid: int, created: float) -> psutil.Process | None:
    """The process that had this id and start time (by the kernel's clock), if it still runs."""
    try:
        found = psutil.Process(pid)
        same = abs(found.create_time() - created) < 1.0 and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return found if same else None


@dataclass
class ProcessState:
    """One process of the stack. `created` is its start time by the kernel: a process id alone may be another's."""

    pid: int
    created: float
    state: str
    port: int
    probe: str
    restarts: int
    log: str
    stop_signal: int

    def process(self) -> psutil.Process | None:
        """The process, if it still is the one that was started."""
        return same_process(self.pid, self.created)


@dataclass
class StackState:
    """The stack as `crm up` last wrote it."""

    pid: int
    created: float
    address: str
    http_port: int
    data_dir: str
    processes: dict[str, ProcessState] = field(default_factory=dict)

    def supervisor(self) -> psutil.Process | None:
        """The `crm up` that wrote it, if it still runs."""
        return same_process(self.pid, self.created)

    def write(self, run: Path) -> None:
        """Replaces the file at once: a reader never sees half of it."""
        scratch = run / ".stack.json"
        scratch.write_text(json.dumps(asdict(self), indent=2))
        scratch.rename(run / "stack.json")


def read(run: Path) -> StackState | None:
    """The state that was written last, or None when there never was one."""
    try:
        content: dict[str, Any] = json.loads((run / "stack.json").read_text())
    except FileNotFoundError:
        return None
    processes = {name: ProcessState(**value) for name, value in content.pop("processes").items()}
    return StackState(**content, processes=processes)


class AlreadyRunning(Exception):
    """Another `crm up` looks after this folder."""


def lock(run: Path, patience_seconds: float = 30.0) -> int:
    """Takes the folder for us until the descriptor is closed. Raises AlreadyRunning.

    A killed `crm up` leaves its guard, which holds the lock while it ends what is left: that is worth waiting for.
    """
    run.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(run / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + patience_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            known = read(run)
            if known is None or known.supervisor() or time.monotonic() > until:
                os.close(descriptor)
                raise AlreadyRunning from None
            time.sleep(0.1)
        else:
            return descriptor


def end_orphans(run: Path) -> list[str]:
    """Ends processes that a killed `crm up` left behind, and returns their names. Call it with the lock held."""
    known = read(run)
    if known is None:
        return []
    found = {name: process for name, state in known.processes.items() if (process := state.process())}
    everything = [child for process in found.values() for child in (*process.children(recursive=True), process)]
    for name, process in found.items():
        process.send_signal(known.processes[name].stop_signal)
    psutil.wait_procs(list(found.values()), timeout=10)
    for process in everything:
        if process.is_running():
            process.kill()
    psutil.wait_procs(everything, timeout=5)
    return list(found)
