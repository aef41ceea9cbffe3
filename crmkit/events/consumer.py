"""Consumers: what a service does about events, each event once, those of an aggregate in order (docs/events.md).

A consumer reads the partitions of a stream side by side; each partition is read by one process at a time. Its position
is kept in the service's own database and moves in the transaction of the effects, so a crash at any point
neither loses nor repeats one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog

from crm.events.v1.event_pb2 import Event
from crmkit.cancellation import stop_if_cancelled
from crmkit.events import inbox, parked
from crmkit.events.apply import (
    Consumer,
    Overtaken,
    apply_batch,
    retry_parked,
    says_nothing_about_the_event,
)
from crmkit.events.inbox import Floor
from crmkit.events.leases import Leases
from crmkit.events.pull import Delivery, Interrupted, Pull
from crmkit.events.streams import PARTITIONS, StreamState, partition_subjects, stored_message, stream_state
from crmkit.service import Runtime
from crmkit.telemetry import names
from crmkit.telemetry.tracing import consume_span

__all__ = ["Consumer", "run_consumers"]

logger = structlog.get_logger(__name__)

PARKED_SECONDS = 5.0
COUNT_SECONDS = 15.0
CLEAN_SECONDS = 3600.0
NOTE_SECONDS = 1800.0
# So many events at once are of an import: those behind them are waited for a little, since a transaction of hundreds
# takes hardly more than one of ten.
BULK_EVENTS = 10
BULK_LINGER_SECONDS = 0.5


async def run_consumers(runtime: Runtime, consumers: Sequence[Consumer]) -> None:
    """Runs this process's share of the consumers until cancelled. Survives the loss of PostgreSQL and NATS."""
    readers = {
        f"{consumer.name}-{partition}": _Reader(runtime, consumer, partition)
        for consumer in consumers
        for partition in range(PARTITIONS)
    }
    if not readers:
        return
    leases = Leases(
        runtime.settings, f"{runtime.service.name} consumers", list(readers), lambda unit: readers[unit].run()
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(leases.run())
        for consumer in consumers:
            group.create_task(_keep_house(runtime, consumer))


async def _keep_house(runtime: Runtime, consumer: Consumer) -> None:
    """Counts what is parked and dead, and lets the inbox forget what is old."""
    clean_at = asyncio.get_running_loop().time() + CLEAN_SECONDS
    while True:
        try:
            async with runtime.writer.begin() as db:
                waiting, dead = await parked.counts(db, consumer.name)
            names.consumer_parked.labels(consumer.name).set(waiting)
            names.dead_letters.labels(consumer.name).set(dead)
            if asyncio.get_running_loop().time() >= clean_at:
                await _clean_inbox(runtime, consumer)
                clean_at += CLEAN_SECONDS
        except Exception as error:
            trace = None if says_nothing_about_the_event(error) else error
            logger.warning("consumer's tables not tended", consumer=consumer.name, error=str(error), exc_info=trace)
        await asyncio.sleep(COUNT_SECONDS)


async def _clean_inbox(runtime: Runtime, consumer: Consumer) -> None:
    before = datetime.now(UTC) - timedelta(days=inbox.REMEMBERED_DAYS)
    more = True
    while more:
        async with runtime.writer.begin() as db:
            more = await inbox.clean(db, consumer.name, before)


class _Reader:
    """Reads one partition for one consumer."""

    def __init__(self, runtime: Runtime, consumer: Consumer, partition: int) -> None:
        self._runtime = runtime
        self._consumer = consumer
        self._partition = partition
        self._js = runtime.nats.jetstream()
        self._retry_at = 0.0
        self._note_at = 0.0
        # Prometheus adds up the partitions, wherever they are read.
        self._lag = names.consumer_lag.labels(consumer.name, str(partition))

    async def run(self) -> None:
        """Reads until cancelled; begins anew after every interruption, later and later while they last."""
        pause = 0.1
        try:
            while True:
                try:
                    await self._read()
                except (Interrupted, Overtaken) as reason:
                    logger.info("reading anew", **self._who, reason=str(reason))
                    pause = 0.1
                except Exception as error:
                    if not says_nothing_about_the_event(error):
                        raise
                    cause = getattr(error, "orig", None) or error  # without the statement
                    logger.warning("reading interrupted", **self._who, error=str(cause) or type(cause).__name__)
                    pause = min(pause * 2, 5.0)
                stop_if_cancelled()
                await asyncio.sleep(pause)
        finally:
            self._lag.set(0)

    @property
    def _who(self) -> dict[str, object]:
        return {"consumer": self._consumer.name, "partition": self._partition}

    async def _read(self) -> None:
        """From finding our place in the stream to the first interruption."""
        consumer, runtime = self._consumer, self._runtime
        state = await stream_state(self._js, consumer.source)
        if state is None:
            await asyncio.sleep(1.0)  # its owner has not started yet
            raise Interrupted("the stream does not exist")
        async with runtime.writer.begin() as db:
            floor, last_read = await inbox.read_floor(db, consumer.name, self._partition)
        start = await self._start(floor, last_read, state)
        async with Pull(runtime.nats, consumer.source, self._partition, consumer.name, start) as pull:
            self._lag.set(pull.pending)
            batch: list[Delivery] = []
            while True:
                bulk = sum(len(delivery.events) for delivery in batch) >= BULK_EVENTS
                linger = BULK_LINGER_SECONDS if bulk else 0.0
                batch = await pull.next(consumer.batch_size, linger)
                new = [delivery for delivery in batch if delivery.times == 1]
                if len(new) < len(batch):
                    names.consumer_redelivered.labels(consumer.name).inc(len(batch) - len(new))
                if new:
                    reached = Floor(state.created, new[-1].sequence, new[-1].id)
                    await self._apply(floor, reached, new)
                    floor = reached
                if batch:
                    await pull.acknowledge(batch[-1])
                    self._lag.set(batch[-1].pending)
                else:
                    await self._note_reading()
                await self._retry_parked()

    async def _start(self, floor: Floor, last_read: datetime, state: StreamState) -> int:
        """The sequence to read from: after the floor, or from the beginning of a stream that is another one."""
        if floor.stream_sequence == 0:
            return 1
        if floor.stream_created == state.created and floor.stream_sequence <= state.last_sequence:
            if floor.stream_sequence < state.first_sequence:
                oldest = await stored_message(self._js, self._consumer.source, state.first_sequence)
                if oldest is not None and oldest.record_time > last_read:
                    logger.warning("the stream may have dropped events before they were read: replay them", **self._who)
                return floor.stream_sequence + 1
            found = await stored_message(self._js, self._consumer.source, floor.stream_sequence)
            if found is not None and found.id == floor.message_id:
                return floor.stream_sequence + 1
        logger.warning("the stream is not the one we knew: reading all of it", **self._who)
        return 1

    async def _apply(self, floor: Floor, reached: Floor, deliveries: Sequence[Delivery]) -> None:
        consumer = self._consumer
        events = [event for delivery in deliveries for event in delivery.events]
        subject = partition_subjects(consumer.source, self._partition)
        with (
            names.consumer_duration.labels(consumer.name).time(),
            consume_span(consumer.name, subject, [event.traceparent for event in events]),
        ):
            fresh = await apply_batch(self._runtime.writer, consumer, self._partition, events, old=floor, new=reached)
        if fresh:
            await self._tell(events)

    async def _tell(self, events: Sequence[Event]) -> None:
        """What the consumer does afterwards; that it failed changes nothing about what was applied."""
        consumer = self._consumer
        if consumer.afterwards is None:
            return
        try:
            wants = consumer.wants
            await consumer.afterwards(self._runtime, [one for one in events if wants is None or wants(one)])
        except Exception as error:
            trace = None if says_nothing_about_the_event(error) else error
            logger.warning("effects not told", **self._who, error=str(error), exc_info=trace)

    async def _note_reading(self) -> None:
        """Now and then, so that a quiet partition is not taken for one that nobody read."""
        now = asyncio.get_running_loop().time()
        if now >= self._note_at:
            async with self._runtime.writer.begin() as db:
                await inbox.still_reading(db, self._consumer.name, self._partition)
            self._note_at = now + NOTE_SECONDS

    async def _retry_parked(self) -> None:
        """Tries parked events, not more often than the shortest delay between attempts makes sense of."""
        now = asyncio.get_running_loop().time()
        if now >= self._retry_at:
            await retry_parked(self._runtime.writer, self._consumer, self._partition)
            self._retry_at = now + min(self._consumer.first_retry_seconds, PARKED_SECONDS)
