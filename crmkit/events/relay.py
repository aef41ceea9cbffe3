"""The relay: publishes the event log of a service on its JetStream stream, each event after its commit, in order.

One process leads: it holds a session advisory lock on the connection it works with, so who lost the lock cannot
save. It looks for new events every POLL_SECONDS and is not woken by NOTIFY, whose lock would let commits reach
the disk one by one only. How it finds what is new, and why nothing is lost or out of order: docs/adr/0002.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import nats.errors
import structlog

from crmkit.cancellation import stop_if_cancelled
from crmkit.events import cursor as log
from crmkit.events.bundles import bundle
from crmkit.events.cursor import Cursor, Key
from crmkit.events.locks import RELAY, SESSION_ERRORS, Connection, session, try_lock
from crmkit.events.publisher import Publisher, PublishFailed
from crmkit.events.streams import ensure_stream, stored_message, stream_name
from crmkit.events.tables import ensure_partitions
from crmkit.service import Runtime
from crmkit.telemetry import names

logger = structlog.get_logger(__name__)

POLL_SECONDS = 0.05
LEAD_SECONDS = 1.0
CHUNK_EVENTS = 1_000
CHUNK_BYTES = 16 * 1024 * 1024
READ_AHEAD = 50_000
# A refill begins this much before the last message that is still there.
REFILL_MARGIN = timedelta(hours=1)
_INTERRUPTIONS = (*SESSION_ERRORS, nats.errors.Error, PublishFailed)


class OtherCluster(Exception):
    """The database was restored into another PostgreSQL cluster, where transaction ids start anew."""


class _Age:
    """How long the oldest event known to be unpublished has been waiting."""

    def __init__(self) -> None:
        self.oldest: float | None = None
        names.relay_age.set_function(lambda: 0.0 if self.oldest is None else max(0.0, time.time() - self.oldest))


async def run_relay(runtime: Runtime) -> None:
    """Leads, or stands by to lead, until cancelled. Survives the loss of PostgreSQL and NATS."""
    age, publisher = _Age(), Publisher(runtime.nats, stream_name(runtime.service.name))
    pause = 0.1
    async with asyncio.TaskGroup() as group:
        group.create_task(_keep_partitions(runtime))
        while True:
            try:
                async with _leading(runtime) as connection:
                    relay = Relay(runtime, connection, publisher, age)
                    await relay.begin()
                    pause = 0.1
                    while True:
                        await relay.step()
            except OtherCluster as error:
                logger.error("relay stopped", error=str(error))  # noqa: TRY400 - for a person; the stack says nothing
                pause = 10.0
            except _INTERRUPTIONS as error:
                logger.warning("relay interrupted", error=str(error) or type(error).__name__)
            except Exception:  # a defect must not end the process, and its cause must not go unseen
                logger.exception("relay failed")
                pause = 10.0
            stop_if_cancelled()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)


@asynccontextmanager
async def _leading(runtime: Runtime) -> AsyncIterator[Connection]:
    """A connection that holds the relay's lock; waits until it does."""
    async with session(runtime.settings, f"{runtime.service.name} relay") as connection:
        while not await try_lock(connection, RELAY):  # noqa: ASYNC110
            await asyncio.sleep(LEAD_SECONDS)  # waiting inside PostgreSQL would hold back its vacuum
        yield connection


async def _keep_partitions(runtime: Runtime) -> None:
    """Makes next months' partitions, now and daily."""
    while True:
        try:
            async with runtime.writer.begin() as db:
                await ensure_partitions(db)
        except Exception as error:  # the default partition takes the rows; tried again soon
            logger.warning("partitions not made", error=str(error))
            await asyncio.sleep(60)
        else:
            await asyncio.sleep(86_400)


class Relay:
    """One leadership: from taking the lock to losing it."""

    def __init__(self, runtime: Runtime, connection: Connection, publisher: Publisher, age: _Age) -> None:
        self._service = runtime.service.name
        self._settings = runtime.settings
        self._client = runtime.nats
        self._connection = connection
        self._publisher = publisher
        self._age = age
        self._chunk = CHUNK_EVENTS
        # Tells the messages of a replay from the first ones, and from those of the replay before, which JetStream would
        # take for the same.
        self._replay_run = secrets.token_hex(4)
        self._reconnects = -1
        self._cursor: Cursor

    async def begin(self) -> None:
        """Takes up where the last leader left off. Raises OtherCluster."""
        cursor = self._cursor = await log.load(self._connection)
        here = await log.cluster(self._connection)
        if cursor.system_identifier is None:
            cursor.system_identifier = here
        elif cursor.system_identifier != here:
            await self._adopt(here)
        await self._open_window()
        waiting = await log.window_keys(self._connection, cursor, 1)
        self._age.oldest = waiting[0][1].timestamp() if waiting else None
        await self._verify_stream()

    async def step(self) -> None:
        """Publishes what is new; takes at least POLL_SECONDS unless there is much."""
        due = asyncio.get_running_loop().time() + POLL_SECONDS
        if self._client.stats["reconnects"] != self._reconnects:
            await self._verify_stream()
        if self._cursor.replay_until is not None:
            await self._replay()
        replay_requested = await self._open_window()
        published = await self._publish_window()
        if replay_requested:
            await self._begin_requested_replay()
        elif published < CHUNK_EVENTS:
            await asyncio.sleep(due - asyncio.get_running_loop().time())

    async def _open_window(self) -> bool:
        """Opens a window up to now unless one is open; returns whether an operator asked for a replay."""
        snapshot, replay_requested = await log.poll(self._connection)
        if self._cursor.target is None:
            self._cursor.target = snapshot
        return replay_requested

    async def _publish_window(self) -> int:
        """Publishes what the window's end sees and its beginning does not; returns how many events that were."""
        cursor = self._cursor
        published = 0
        while keys := await log.window_keys(self._connection, cursor, READ_AHEAD):
            async for position in self._publish(keys):
                cursor.window_position = position
                if position != keys[-1][0]:
                    await log.save(self._connection, cursor)
            published += len(keys)
            if len(keys) < READ_AHEAD:
                break
        cursor.close_window()
        if published:
            await log.save(self._connection, cursor)
        self._age.oldest = None
        return published

    async def _replay(self) -> None:
        """Publishes again what the replay still lacks. Nothing newer goes out before: order is kept."""
        cursor = self._cursor
        logger.info("replay", after=cursor.replay_position, until=cursor.replay_until)
        while keys := await log.replay_keys(self._connection, cursor, READ_AHEAD):
            async for position in self._publish(keys, f":{self._replay_run}"):
                cursor.replay_position = position
                await log.save(self._connection, cursor)
        cursor.replay_position = cursor.replay_until = None
        await log.save(self._connection, cursor)
        logger.info("replay done")

    async def _publish(self, keys: list[Key], suffix: str = "") -> AsyncIterator[int]:
        """Publishes the events of these keys in chunks; yields the position up to which JetStream has stored them."""
        start = 0
        while start < len(keys):
            chunk = keys[start : start + self._chunk]
            self._age.oldest = chunk[0][1].timestamp()
            messages = bundle(await log.rows(self._connection, chunk), self._service, suffix)
            last_sequence = await self._publisher.publish(messages, self._reconnects)
            self._cursor.stream_sequence = max(self._cursor.stream_sequence, last_sequence)
            names.relay_published.inc(len(chunk))
            average = sum(len(message.data) for message in messages) // len(chunk) + 1
            self._chunk = max(1, min(CHUNK_EVENTS, CHUNK_BYTES // average))
            start += len(chunk)
            yield chunk[-1][0]

    async def _verify_stream(self) -> None:
        """Creates or updates the stream, and refills it where it has lost what we had published."""
        reconnects = self._client.stats["reconnects"]
        cursor, js = self._cursor, self._client.jetstream()
        days = self._settings.event_stream_days
        state = await ensure_stream(js, self._service, replicas=self._settings.event_stream_replicas, days=days)
        known = cursor.stream_created is not None
        since = datetime.now(UTC) - timedelta(days=days)
        if known and cursor.stream_created != state.created:
            logger.warning("the stream is a new one: refilling it from the log", since=since)
        elif known and state.last_sequence < cursor.stream_sequence:
            last = await stored_message(js, self._service, state.last_sequence)
            since = since if last is None else max(since, last.record_time - REFILL_MARGIN)
            logger.warning("the stream has lost its end: refilling it from the log", since=since)
        else:
            known = False
        cursor.stream_created, cursor.stream_sequence = state.created, state.last_sequence
        if known:
            # An open window may have been published in part: it begins again, after the refill.
            cursor.target, cursor.window_position = None, 0
            await self._begin_replay(since)
        self._reconnects = reconnects

    async def _begin_requested_replay(self) -> None:
        """Begins the replay an operator asked for; every event seen so far has just been published."""
        async with self._connection.transaction():
            requested, since = await log.take_request(self._connection)
            if requested:
                await self._begin_replay(since)

    async def _begin_replay(self, since: datetime | None) -> None:
        """Sets the cursor to publish again what was recorded since, of what has been published."""
        cursor, self._replay_run = self._cursor, secrets.token_hex(4)
        first = await log.first_position_since(self._connection, since)
        if first is not None:
            running = first if cursor.replay_position is None else cursor.replay_position + 1
            cursor.replay_position = min(first, running) - 1
            cursor.replay_until = await log.last_position(self._connection)
        await log.save(self._connection, cursor)

    async def _adopt(self, here: int) -> None:
        """Takes the log for one of this cluster, where an operator asked for a replay; raises OtherCluster else."""
        cursor = self._cursor
        requested, since = await log.requested_replay(self._connection)
        if not requested:
            raise OtherCluster(
                f"the database of {self._service} was restored into another PostgreSQL cluster, and what has been "
                f"published is not known here. Run `crm events replay --service {self._service}` (with --since a time "
                "before the backup to repeat less); consumers skip what they have applied"
            )
        async with self._connection.transaction():
            floor, snapshot = await log.settle(self._connection)
            cursor.system_identifier, cursor.published, cursor.floor_position = here, snapshot, floor
            cursor.target, cursor.window_position = None, 0
            cursor.replay_position = cursor.replay_until = None
            await log.take_request(self._connection)
            await self._begin_replay(since)
