"""One process of the stack: how it starts, when it is ready, when it must stop."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from cli.embedded.program import Program, StartFailed, tail
from cli.stack.health import healthy

START_SECONDS = 60.0


@dataclass(frozen=True)
class Unit:
    """A process to look after, or, with `once`, a step of the start that ends by itself."""

    name: str
    # Units that must be ready before this one starts.
    after: tuple[str, ...]
    # Stops in descending order of stage: whoever is called stops after its callers.
    stage: int
    # Builds the program; may take seconds, so it is called in a thread.
    program: Callable[[], Program]
    # The loopback port the probe (see health.PROBES) asks; 0 for a step.
    port: int = 0
    probe: str = ""
    # Done each time the process has become ready, before anybody relies on it.
    prepare: Callable[[], Awaitable[None]] | None = None
    # Done before the process is asked to end.
    drain: Callable[[], Awaitable[None]] | None = None
    once: bool = False
    # A step that comes after the stack serves: its failure is said, and harms nothing else.
    late: bool = False

    async def wait_ready(self, process: subprocess.Popen[bytes], log: Path) -> None:
        """Returns once the process does its work, or the step has ended well. Raises StartFailed."""
        until = asyncio.get_running_loop().time() + START_SECONDS
        while self.once or not await healthy(self.probe, self.port):
            code = process.poll()
            if self.once and code == 0:
                return
            if code is not None:
                raise StartFailed(f"{self.name} ended with {describe(code)}: {tail(log)}. Its log: {log}")
            if not self.once and asyncio.get_running_loop().time() > until:
                raise StartFailed(
                    f"{self.name} was not ready within {START_SECONDS:.0f} s: {tail(log)}. Its log: {log}"
                )
            await asyncio.sleep(0.05)
        if self.prepare is not None:
            await self.prepare()


def describe(code: int) -> str:
    """A return code of subprocess in words: "code 1", "signal 9"."""
    return f"code {code}" if code >= 0 else f"signal {-code}"
