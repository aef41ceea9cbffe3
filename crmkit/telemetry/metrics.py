"""The /metrics endpoint of a process and the gauges that have to be asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import asyncpg
from prometheus_client import start_http_server
from sqlalchemy import QueuePool
from sqlalchemy.ext.asyncio import AsyncEngine

from crmkit.telemetry import names


def serve_metrics(host: str, port: int) -> None:
    """Serves OpenMetrics text on its own port and thread; port 0 serves nothing."""
    if port:
        start_http_server(port, addr=host)


async def watch_process(pools: Mapping[str, AsyncEngine | asyncpg.Pool[Any]]) -> None:
    """Keeps the gauges of event loop and connection pools current, once a second, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + 1.0
        await asyncio.sleep(1.0)
        names.loop_lag.set(max(0.0, loop.time() - due))
        for name, pool in pools.items():
            used, most = _use(pool)
            names.db_pool_used.labels(name).set(used)
            names.db_pool_size.labels(name).set(most)


def _use(pool: AsyncEngine | asyncpg.Pool[Any]) -> tuple[int, int]:
    """Connections in use, and how many there may be."""
    if isinstance(pool, asyncpg.Pool):
        return pool.get_size() - pool.get_idle_size(), pool.get_max_size()
    queue = pool.pool
    assert isinstance(queue, QueuePool)  # noqa: S101 - what crmkit.db makes
    return queue.checkedout(), queue.size() + queue._max_overflow
