"""Ends the stack's processes when `crm up` itself was killed and could not.

Run as `python -I -S guard.py` with a pipe as standard input, in a session of its own. `crm up` writes a line per
process it starts (`add <pid> <signal number>`) and loses (`gone <pid>`), and `bye` once it has stopped them itself.
When the pipe closes without a `bye`, what is left is asked to end, the last started first, and then killed.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

PATIENCE_SECONDS = 10.0


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie that nobody collects does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    if sys.platform != "linux":
        return True  # macOS: launchd collects zombies
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rsplit(b")", 1)[1].split()[0] != b"Z"
    except FileNotFoundError:
        return False


def end(pid: int, number: int) -> None:
    """Asks a process to end, waits, and kills what is left of its group."""
    try:
        os.kill(pid, number)
        until = time.monotonic() + PATIENCE_SECONDS
        while alive(pid) and time.monotonic() < until:
            time.sleep(0.05)
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def main() -> None:
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)  # it ends with the pipe, not before
    children: dict[int, int] = {}
    for line in sys.stdin:
        word, *numbers = line.split()
        if word == "bye":
            return
        if word == "add":
            children[int(numbers[0])] = int(numbers[1])
        else:
            children.pop(int(numbers[0]), None)
    for pid, number in reversed(children.items()):
        end(pid, number)


if __name__ == "__main__":
    main()
