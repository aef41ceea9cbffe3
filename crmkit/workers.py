"""Several processes of one service on one port: the kernel gives each its share of the connections.

The process that starts them watches each: one that ends is started again, one whose event loop stands still is killed
and started again, and one that has never come up ends them all.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

import structlog

# Set for each of the processes: its number from 0. The first does the work of the worker role, where the role has it.
INDEX_VARIABLE: Final = "CRM_WORKER_INDEX"
# The file descriptor that ends when the process that started them does.
ALIVE_VARIABLE: Final = "CRM_WORKER_ALIVE"
# The file descriptor that takes signs of life: BEAT every BEAT_SECONDS, READY once when it serves.
PULSE_VARIABLE: Final = "CRM_WORKER_PULSE"
BEAT, READY, BEAT_SECONDS = b".", b"R", 1.0
# How long a process may take to its first sign of life: it imports everything before.
START_SECONDS: Final = 60.0
# Back-off between ends of a process, doubled from the first to the second; over when it has served so long.
RESTART_SECONDS, LONGEST_RESTART_SECONDS, STEADY_SECONDS = 1.0, 60.0, 60.0
# Starts after which a process that has never served is given up: the settings are wrong, not the moment.
ATTEMPTS: Final = 4
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


def beat_for_parent() -> None:
    """From now on the process that runs `run_workers` hears that this one's event loop runs."""
    if os.environ.get(PULSE_VARIABLE) is not None:
        loop = asyncio.get_running_loop()

        def beat() -> None:
            _tell(BEAT)
            loop.call_later(BEAT_SECONDS, beat)

        beat()


def tell_parent_ready() -> None:
    """Tells the process that runs `run_workers` that this one serves."""
    _tell(READY)


def _tell(sign: bytes) -> None:
    pulse = os.environ.get(PULSE_VARIABLE)
    if pulse is not None:
        # A parent that is gone, or does not listen for long, is no reason to stop here.
        with suppress(BrokenPipeError, BlockingIOError):
            os.write(int(pulse), sign)


async def run_workers(count: int, silent_seconds: float) -> int:
    """Runs our own command line `count` times, and again what ends, until SIGTERM or SIGINT; then ends all of it.

    A process that gives no sign of life for `silent_seconds` is killed. Returns the exit code: 1 when a process never
    came up.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    # Nothing is ever written: its other end closes with us, which those who read it notice.
    alive, ours = os.pipe()
    try:
        came_up = await asyncio.gather(*(_keep(index, alive, silent_seconds, stopping) for index in range(count)))
    finally:
        os.close(alive)
        os.close(ours)
    return 0 if all(came_up) else 1


async def _keep(index: int, alive: int, silent_seconds: float, stopping: asyncio.Event) -> bool:
    """One of the processes, until all are to stop. False when it is given up, which stops all."""
    asked, loop = asyncio.create_task(stopping.wait()), asyncio.get_running_loop()
    failures, ever_ready = 0, False
    while not stopping.is_set():
        started = loop.time()
        with _pulse() as (pulse, given):
            environment = {**os.environ, INDEX_VARIABLE: str(index), ALIVE_VARIABLE: str(alive)}
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, *sys.orig_argv[1:]),
                env={**environment, PULSE_VARIABLE: str(given)},
                pass_fds=(alive, given),
            )
            code = await _Watch(index, process, pulse, silent_seconds).until_ended(asked)
        if stopping.is_set():
            break
        ever_ready |= pulse.ready
        failures = 1 if pulse.ready and loop.time() - started > STEADY_SECONDS else failures + 1
        if not ever_ready and failures == ATTEMPTS:
            log.error("a worker never came up, its own lines say why", worker=index, exit_code=code, attempts=ATTEMPTS)
            stopping.set()
            return False
        wait = min(RESTART_SECONDS * 2 ** (failures - 1), LONGEST_RESTART_SECONDS)
        log.warning("a worker ended and is started again", worker=index, exit_code=code, seconds=wait)
        await asyncio.wait((asked,), timeout=wait)
    return True


@dataclass(slots=True)
class _Pulse:
    """What was heard of a process, and when (the event loop's time)."""

    heard: float
    beating: bool = False
    ready: bool = False


@contextmanager
def _pulse() -> Iterator[tuple[_Pulse, int]]:
    """Listens to a process; the second is the file descriptor to give it."""
    loop = asyncio.get_running_loop()
    pulse, (listening, given) = _Pulse(loop.time()), os.pipe()
    os.set_blocking(given, False)

    def hear() -> None:
        signs = os.read(listening, 4096)
        pulse.heard, pulse.beating, pulse.ready = loop.time(), True, pulse.ready or READY in signs

    loop.add_reader(listening, hear)
    try:
        yield pulse, given
    finally:
        loop.remove_reader(listening)
        os.close(listening)
        os.close(given)


@dataclass(slots=True)
class _Watch:
    """Waits for the end of a process, and brings it about where it has to."""

    index: int
    process: asyncio.subprocess.Process
    pulse: _Pulse
    silent_seconds: float
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    async def until_ended(self, asked: asyncio.Task[bool]) -> int:
        """The exit code. Once `asked` is done the process is told to end."""
        ended = asyncio.create_task(self.process.wait())
        told = False
        while not ended.done():
            waited_for = {ended} if told else {ended, asked}
            # Not longer than a beat: the first one shortens what is left.
            await asyncio.wait(waited_for, timeout=min(self._left(), BEAT_SECONDS), return_when=asyncio.FIRST_COMPLETED)
            if asked.done() and not told and not ended.done():
                told = True
                with suppress(ProcessLookupError):  # it has ended by itself meanwhile
                    self.process.terminate()
            if not ended.done() and self._left() <= 0:
                log.error("a worker gives no sign of life and is killed", worker=self.index)
                with suppress(ProcessLookupError):
                    self.process.kill()
                await ended
        return ended.result()

    def _left(self) -> float:
        """Seconds it may go on in silence."""
        most = self.silent_seconds if self.pulse.beating else max(self.silent_seconds, START_SECONDS)
        return max(self.pulse.heard + most - self.loop.time(), 0.0)
