"""Sharing work among the processes of a service: each unit is done by one process, all of them do about as many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import structlog

from crmkit.cancellation import stop_if_cancelled
from crmkit.events.locks import SESSION_ERRORS, Connection, join, members, session, try_lock, unlock
from crmkit.settings import Settings

logger = structlog.get_logger(__name__)

SHARE_SECONDS = 2.0


class Leases:
    """Runs `work(unit)` for the share of the units that falls to this process.

    `work` runs until it is cancelled; if it ends or raises, it is begun again where there is room. The locks live on
    one connection: when it is lost, all work of this process stops at once.
    """

    def __init__(
        self, settings: Settings, group: str, units: Sequence[str], work: Callable[[str], Coroutine[Any, Any, None]]
    ) -> None:
        self._settings = settings
        self._group = group
        self._units = tuple(units)
        self._work = work
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Takes part until cancelled. Survives the loss of PostgreSQL."""
        while True:
            try:
                await self._take_part()
            except SESSION_ERRORS as error:
                stop_if_cancelled()
                logger.warning("leases lost", group=self._group, error=str(error) or type(error).__name__)
            finally:
                await self._stop(list(self._tasks))
            await asyncio.sleep(0.5)

    async def _take_part(self) -> None:
        async with session(self._settings, self._group) as connection:
            await join(connection, self._group)
            while True:
                await self._share(connection)
                await asyncio.sleep(SHARE_SECONDS)

    async def _share(self, connection: Connection) -> None:
        """Gives back what is too much or has ended, takes what is free up to our share."""
        ended = [unit for unit, task in self._tasks.items() if task.done()]
        share = -(-len(self._units) // max(1, await members(connection, self._group)))
        surplus = [unit for unit in self._tasks if unit not in ended][share:]
        for unit in (*ended, *surplus):
            await self._stop([unit])
            await unlock(connection, self._lock(unit))
        for unit in self._units:
            if len(self._tasks) < share and unit not in self._tasks and await try_lock(connection, self._lock(unit)):
                self._tasks[unit] = asyncio.create_task(self._work(unit), name=f"{self._group} {unit}")

    async def _stop(self, units: Sequence[str]) -> None:
        tasks = [self._tasks.pop(unit) for unit in units]
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                logger.error("work ended", group=self._group, error=repr(outcome), exc_info=outcome)

    def _lock(self, unit: str) -> str:
        return f"{self._group} {unit}"
