"""Applying a batch of events: in order, in one transaction with the note that they were taken."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import nats.errors
import structlog
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm.events.v1.event_pb2 import Event
from crmkit.errors import DeadlineExceeded, Unavailable
from crmkit.events import inbox, parked, payload
from crmkit.events.inbox import Floor
from crmkit.telemetry import names

if TYPE_CHECKING:
    from crmkit.service import Runtime

logger = structlog.get_logger(__name__)

Handler = Callable[[AsyncConnection, list[Event]], Awaitable[None]]

_LONGEST_DELAY_SECONDS = 3600.0
# Classes of SQLSTATE that say nothing about the event: connection, conflict of transactions, resources,
# operator's intervention (but for 57014, a query that took too long), system.
_TRANSIENT_CLASSES = ("08", "40", "53", "57", "58")
_TRANSIENT_STATES = ("55P03", "25P03", "25P04")
_QUERY_CANCELED = "57014"
_INFRASTRUCTURE = (
    OSError,  # connections and time-outs
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # interrupted between two steps of a statement
    exc.TimeoutError,  # no connection in the pool
    exc.PendingRollbackError,  # the connection broke within a savepoint
    nats.errors.Error,
    Unavailable,
    DeadlineExceeded,
)


@dataclass(frozen=True)
class Consumer:
    """Something a service does about the events of another, or of its own.

    `handler(db, events)` gets a run of events in order, those of one aggregate always in the order of their changes,
    and writes their effects through `db`; the kit commits. It must not commit, and must do outside of the
    database only what may happen twice. When it raises, the run is halved until the event at fault
    stands alone; that one is parked.
    """

    # Unique in the service's database; letters, digits and dashes.
    name: str
    # The service that publishes the events.
    source: str
    handler: Handler
    # Whether the handler does anything about an event; pure. What it does not want is passed over without a trace.
    wants: Callable[[Event], bool] | None = None
    # Called once the effects of a run are committed, with the wanted events of it, which may have been applied before:
    # at most once, not when the process dies in between, not for events that were parked. For what may be lost, such as
    # hints (crmkit/events/hints.py); what it raises is logged.
    afterwards: Callable[[Runtime, Sequence[Event]], Awaitable[None]] | None = None
    # Messages are taken whole: there may be some events more (crmkit/events/bundles.py).
    batch_size: int = 500
    # After the last failed attempt the event is a dead letter. The delays grow fourfold up to an hour: with these
    # values the attempts span about two and a half hours.
    max_attempts: int = 8
    first_retry_seconds: float = 5.0

    def delay(self, attempts: int) -> timedelta:
        """How long to wait after this many failed attempts, from 1; within a fifth either way, to spread the load."""
        seconds = min(self.first_retry_seconds * 4.0 ** min(attempts - 1, 20), _LONGEST_DELAY_SECONDS)
        return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - no secret


class Overtaken(Exception):
    """Another process has moved the floor: this one no longer leads the partition."""


def says_nothing_about_the_event(error: BaseException) -> bool:
    """Whether the error is of the infrastructure: the same events may well succeed when it has recovered."""
    if isinstance(error, exc.DBAPIError):
        return error.connection_invalidated or _is_transient(getattr(error.orig, "sqlstate", None))
    if isinstance(error, asyncpg.PostgresError):  # raised as it is while connecting
        return _is_transient(error.sqlstate)
    return isinstance(error, _INFRASTRUCTURE)


def _is_transient(state: str | None) -> bool:
    if not state or state == _QUERY_CANCELED:
        return False
    return state in _TRANSIENT_STATES or state[:2] in _TRANSIENT_CLASSES


async def apply_batch(
    engine: AsyncEngine, consumer: Consumer, partition: int, events: Sequence[Event], *, old: Floor, new: Floor
) -> int:
    """Applies the wanted events not taken before and moves the floor, all or nothing; returns how many were new.

    Raises Overtaken and errors of the infrastructure; errors of the handler park their events.
    """
    wanted = events if consumer.wants is None else [event for event in events if consumer.wants(event)]
    async with engine.begin() as db:
        if not await inbox.advance(db, consumer.name, partition, old, new):
            raise Overtaken(f"{consumer.name} partition {partition} is read by another process")
        fresh = await inbox.take(db, consumer.name, wanted) if wanted else []
        if fresh:
            blocked = await parked.blocked(db, consumer.name, partition, set(map(payload.aggregate_id, fresh)))
            await _apply(db, consumer, partition, fresh, blocked)
    names.consumer_applied.labels(consumer.name).inc(len(fresh))
    return len(fresh)


async def _apply(
    db: AsyncConnection, consumer: Consumer, partition: int, events: list[Event], blocked: set[UUID]
) -> None:
    """Applies what can be, parks what fails and what stands behind it; `blocked` grows."""
    ready = []
    for event in events:
        if blocked and payload.aggregate_id(event) in blocked:
            await parked.park(
                db, consumer.name, partition, event, attempts=0, delay=timedelta(0), error="waits for an earlier event"
            )
        else:
            ready.append(event)
    if not ready:
        return
    error = await _attempt(db, consumer, ready)
    if error is None:
        return
    if len(ready) == 1:
        event = ready[0]
        logger.warning("event parked", consumer=consumer.name, event_id=event.id, type=event.type, error=error)
        await parked.park(db, consumer.name, partition, event, attempts=1, delay=consumer.delay(1), error=error)
        blocked.add(payload.aggregate_id(event))
        return
    middle = len(ready) // 2
    await _apply(db, consumer, partition, ready[:middle], blocked)
    await _apply(db, consumer, partition, ready[middle:], blocked)


async def _attempt(db: AsyncConnection, consumer: Consumer, events: list[Event]) -> str | None:
    """Runs the handler in a savepoint; what it said when it failed, None when it did not."""
    try:
        async with db.begin_nested():
            await consumer.handler(db, events)
    except Exception as error:
        if says_nothing_about_the_event(error):
            raise
        return f"{type(error).__name__}: {error}"
    return None


async def retry_parked(engine: AsyncEngine, consumer: Consumer, partition: int, most: int = 100) -> None:
    """Tries the parked events whose time has come, each aggregate as far as it goes."""
    async with engine.begin() as db:
        heads = await parked.due(db, consumer.name, partition, most)
    for head in heads:
        event_id: UUID | None = head
        while event_id is not None:
            event_id = await _retry(engine, consumer, event_id)


async def _retry(engine: AsyncEngine, consumer: Consumer, event_id: UUID) -> UUID | None:
    """One attempt at a parked event; the next event of its aggregate when it succeeded and there is one."""
    async with engine.begin() as db:
        held = await parked.hold(db, consumer.name, event_id)
        if held is None:
            return None
        error = await _attempt(db, consumer, [held.event])
        if error is None:
            names.consumer_applied.labels(consumer.name).inc()
            return await parked.release(db, consumer.name, held.event)
        attempts = held.attempts + 1
        said = {"consumer": consumer.name, "event_id": held.event.id, "type": held.event.type, "error": error}
        if attempts < consumer.max_attempts:
            await parked.postpone(
                db, consumer.name, held.event, attempts=attempts, delay=consumer.delay(attempts), error=error
            )
            logger.warning("event failed again", attempts=attempts, **said)
        else:
            await parked.bury(db, consumer.name, held.event, attempts=attempts, error=error)
            logger.error("event given up: see `crm events dead-letters`", attempts=attempts, **said)
        return None
