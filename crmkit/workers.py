"""Several processes of one service on one port: the kernel gives each its share of the connections."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

import structlog

# Set for each of the processes: its number from 0. The first does the work of the worker role, where the role has it.
INDEX_VARIABLE = "CRM_WORKER_INDEX"
# The file descriptor that ends when the process that started them does.
ALIVE_VARIABLE = "CRM_WORKER_ALIVE"
# Back-off: a process that ends at once must not be started again in a tight loop.
RESTART_SECONDS = 1.0
log = structlog.get_logger(__name__)


def worker_index() -> int | None:
    """The number of this process among those that `run_workers` started; None when it is none of them."""
    index = os.environ.get(INDEX_VARIABLE)
    return None if index is None else int(index)


def when_parent_ends(stop: Callable[[], None]) -> None:
    """Calls `stop` should the process that runs `run_workers` be killed: nobody else would end this one."""
    alive = os.environ.get(ALIVE_VARIABLE)
    if alive is not None:
        loop, descriptor = asyncio.get_running_loop(), int(alive)

        def ended() -> None:
            loop.remove_reader(descriptor)
            stop()

        loop.add_reader(descriptor, ended)


async def run_workers(count: int) -> None:
    """Runs our own command line `count` times, and again what ends, until SIGTERM or SIGINT; then ends all of it."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    # Nothing is ever written: its other end closes with us, which those who read it notice.
    alive, ours = os.pipe()
    try:
        await asyncio.gather(*(_keep(index, alive, stopping) for index in range(count)))
    finally:
        os.close(alive)
        os.close(ours)


async def _keep(index: int, alive: int, stopping: asyncio.Event) -> None:
    environment = {**os.environ, INDEX_VARIABLE: str(index), ALIVE_VARIABLE: str(alive)}
    asked = asyncio.create_task(stopping.wait())
    while not stopping.is_set():
        process = await asyncio.create_subprocess_exec(
            sys.executable, *sys.orig_argv[1:], env=environment, pass_fds=(alive,)
        )
        ended = asyncio.create_task(process.wait())
        await asyncio.wait((asked, ended), return_when=asyncio.FIRST_COMPLETED)
        if stopping.is_set():
            with suppress(ProcessLookupError):  # it has ended by itself meanwhile
                process.terminate()
            await ended
            return
        log.warning("a worker ended and is started again", worker=index, exit_code=ended.result())
        await asyncio.wait((asked,), timeout=RESTART_SECONDS)
