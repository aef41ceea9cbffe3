"""Events from NATS to the hub: one subscription a process, and only while somebody listens."""

from __future__ import annotations

import asyncio

import nats
import nats.errors
import structlog
from google.protobuf.message import DecodeError
from nats.aio.client import Client
from nats.aio.msg import Msg

from crmkit.broker import inbox_prefix
from crmkit.events import payload
from gateway.edge.live.hub import Hub

SUBJECTS = "crm.>"
# Events that may wait in this process; beyond, NATS drops and every client starts over.
PENDING_MESSAGES = 20_000
# Kept after the last client left, so that one who comes back finds what it missed, seconds.
LINGER_SECONDS = 60.0
log = structlog.get_logger(__name__)


class Feed:
    """Follows the events of all services.

    A plain subscription sees what relays publish to JetStream, at once and without a consumer to keep alive.
    What is lost while the connection is down or this process is too slow is made up for by a reset: clients
    read again what they show.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.flowing = asyncio.Event()

    async def connect(self, url: str) -> Client:
        """Connects, and keeps trying and reconnecting for as long as the process lives."""
        return await nats.connect(
            url,
            name="edge",
            inbox_prefix=inbox_prefix(url),
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.25,
            ping_interval=10,
            disconnected_cb=self._lost,
            reconnected_cb=self._restored,
            error_cb=self._problem,
        )

    async def _lost(self) -> None:
        log.warning("NATS connection lost")

    async def _restored(self) -> None:
        log.info("NATS connection restored")
        self._hub.restart()

    async def _problem(self, problem: Exception) -> None:
        log.warning("NATS error", error=str(problem) or type(problem).__name__)
        if isinstance(problem, nats.errors.SlowConsumerError):
            self._hub.restart()

    async def run(self, client: Client) -> None:
        """Subscribes while there are clients, until cancelled."""
        while True:
            await self._hub.somebody.wait()
            try:
                subscription = await client.subscribe(SUBJECTS, cb=self._take, pending_msgs_limit=PENDING_MESSAGES)
                await client.flush()
            except (nats.errors.Error, OSError) as error:
                log.warning("live updates not subscribed", error=str(error))
                await asyncio.sleep(0.5)  # the broker is away: nothing to await but time
                continue
            self._hub.restart()
            self.flowing.set()
            try:
                await self._until_nobody()
            finally:
                self.flowing.clear()
            await subscription.unsubscribe()

    async def _until_nobody(self) -> None:
        while True:
            await asyncio.sleep(LINGER_SECONDS)
            if not self._hub.somebody.is_set():
                return

    async def _take(self, received: Msg) -> None:
        try:
            events = payload.decode(received.data)
        except DecodeError:
            log.warning("not a message of events", subject=received.subject)
            return
        for event in events:
            self._hub.publish(event)


async def sweep(hub: Hub) -> None:
    """Ends what has to end, once a second, until cancelled."""
    while True:
        await asyncio.sleep(1.0)
        hub.sweep()
