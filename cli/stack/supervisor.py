"""Starts the units in order, restarts what dies, and stops everything, whatever happens."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from cli.embedded.program import Program, StartFailed, kill_session, tail
from cli.stack import guard
from cli.stack.state import ProcessState, StackState
from cli.stack.unit import Unit, describe

FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 30.0
# A process that has been well for so long is forgiven its earlier deaths.
WELL_AFTER_SECONDS = 60.0

Say = Callable[[str], None]


async def _end_tasks(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancels tasks until they have ended: a library that swallows a cancellation must not keep the stack alive."""
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=1.0)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # it has been reported, or the stop is the answer to it


@dataclass
class Child:
    """A unit and its current process."""

    unit: Unit
    log: Path
    program: Program | None = None
    process: subprocess.Popen[bytes] | None = None
    state: str = "waiting"
    restarts: int = 0
    created: float = 0.0
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    exited: asyncio.Event = field(default_factory=asyncio.Event)


class Supervisor:
    """Looks after the units until it is told to stop. Use it from the main thread's event loop."""

    def __init__(self, units: Sequence[Unit], state: StackState, *, logs: Path, run: Path, lock: int, say: Say) -> None:
        self._children = {unit.name: Child(unit, logs / f"{unit.name}.log") for unit in units}
        self._state, self._run_folder, self._lock, self._say = state, run, lock, say
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()

    async def run(self, started: Callable[[], Awaitable[None]]) -> int:
        """Starts everything, calls `started`, and returns 0 after a stop that was asked for, 1 after a failed start."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop_asked)
        loop.add_signal_handler(signal.SIGCHLD, self._child_changed)
        self._guard = self._start_guard()
        asked = asyncio.create_task(self._stopping.wait())
        tasks: list[asyncio.Task[Any]] = [asked, asyncio.create_task(self._announce(started))]
        tasks += [asyncio.create_task(self._look_after(child)) for child in self._children.values()]
        pending, code = set(tasks), 0
        try:
            while not asked.done():
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()  # a failed start ends here
        except StartFailed as error:
            self._say(f"crm: {error}")
            code = 1
        finally:
            await _end_tasks(tasks)
            await self._stop_all()
        return code

    async def _announce(self, started: Callable[[], Awaitable[None]]) -> None:
        for child in self._children.values():
            if not child.unit.late:
                await child.ready.wait()
        await started()

    def _stop_asked(self) -> None:
        (self._hurry if self._stopping.is_set() else self._stopping).set()

    def _child_changed(self) -> None:
        for child in self._children.values():
            if child.process is not None and child.process.poll() is not None:
                child.exited.set()

    async def _look_after(self, child: Child) -> None:
        for name in child.unit.after:
            await self._children[name].ready.wait()
        begun = time.monotonic()
        try:
            await self._launch(child)
        except StartFailed as error:
            if not child.unit.late:
                raise
            self._say(f"crm: {error}")
            return
        self._say(
            f"  {child.unit.name:<16} {'done ' if child.unit.once else 'ready'}   {time.monotonic() - begun:4.1f} s"
        )
        child.ready.set()
        delay = FIRST_DELAY_SECONDS
        while not child.unit.once:
            ready_at = time.monotonic()
            await child.exited.wait()
            self._lost(child)
            if time.monotonic() - ready_at > WELL_AFTER_SECONDS:
                delay = FIRST_DELAY_SECONDS
            delay = await self._start_again(child, delay)

    async def _start_again(self, child: Child, delay: float) -> float:
        """Starts the process anew until it is ready. Returns the delay before the next death's restart."""
        assert child.process is not None  # noqa: S101 - it has just ended
        reason = f"{child.unit.name} ended with {describe(child.process.returncode)} ({tail(child.log, 1)})"
        while True:
            self._say(f"crm: {reason}; starting it again in {delay:g} s")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)
            child.restarts += 1
            try:
                await self._launch(child)
            except StartFailed as error:
                await self._end(child)
                reason = str(error)
            else:
                self._say(f"crm: {child.unit.name} is back")
                return delay

    async def _launch(self, child: Child) -> None:
        child.program = await asyncio.to_thread(child.unit.program)
        child.exited.clear()
        child.process = child.program.start(None if child.unit.late else child.log)
        self._tell_guard(f"add {child.process.pid} {child.program.stop_signal.value}")
        child.created = psutil.Process(child.process.pid).create_time()
        self._set_state(child, "starting")
        await child.unit.wait_ready(child.process, child.log)
        if child.unit.once:
            self._lost(child)
        self._set_state(child, "done" if child.unit.once else "running")

    def _lost(self, child: Child) -> None:
        """The process has ended by itself; whatever it had started must not outlive it."""
        assert child.process is not None  # noqa: S101 - called for a started child
        kill_session(child.process.pid)
        self._tell_guard(f"gone {child.process.pid}")
        self._set_state(child, "restarting")

    async def _stop_all(self) -> None:
        running = [child for child in self._children.values() if child.process and child.process.poll() is None]
        if running:
            self._say("Stopping")
        for stage in sorted({child.unit.stage for child in running}, reverse=True):
            await asyncio.gather(*(self._stop(child) for child in running if child.unit.stage == stage))
        self._tell_guard("bye")
        self._guard.wait()
        (self._run_folder / "stack.json").unlink(missing_ok=True)
        if running:
            self._say("Stopped")

    async def _stop(self, child: Child) -> None:
        if child.unit.drain is not None and not self._hurry.is_set():
            await child.unit.drain()
        await self._end(child)
        self._set_state(child, "stopped")

    async def _end(self, child: Child) -> None:
        """Asks the process to end; kills it after its time, or at once when there is a hurry."""
        assert child.process is not None and child.program is not None  # noqa: S101 - called for a started child
        if child.process.poll() is None:
            child.process.send_signal(child.program.stop_signal)
            waits = [asyncio.create_task(event.wait()) for event in (child.exited, self._hurry)]
            done, pending = await asyncio.wait(
                waits, timeout=child.program.stop_seconds, return_when=asyncio.FIRST_COMPLETED
            )
            for task in pending:
                task.cancel()
            if waits[0] not in done:
                self._say(f"crm: {child.unit.name} did not stop in time and was killed")
        kill_session(child.process.pid)
        child.process.wait()
        self._tell_guard(f"gone {child.process.pid}")

    def _start_guard(self) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-I", "-S", guard.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            text=True,
            start_new_session=True,
            pass_fds=(self._lock,),
        )

    def _tell_guard(self, line: str) -> None:
        assert self._guard.stdin is not None  # noqa: S101 - it is a pipe
        try:
            self._guard.stdin.write(f"{line}\n")
            self._guard.stdin.flush()
        except BrokenPipeError:
            self._say("crm: the process that cleans up after a killed crm up has died itself; nothing else is harmed")

    def _set_state(self, child: Child, state: str) -> None:
        child.state = state
        if child.unit.once or child.process is None or child.program is None:
            return
        self._state.processes[child.unit.name] = ProcessState(
            pid=child.process.pid,
            created=child.created,
            state=state,
            port=child.unit.port,
            probe=child.unit.probe,
            restarts=child.restarts,
            log=str(child.log),
            stop_signal=child.program.stop_signal.value,
        )
        known = self._state.processes
        self._state.processes = {name: known[name] for name in self._children if name in known}  # in the plan's order
        self._state.write(self._run_folder)
