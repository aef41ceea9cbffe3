"""Reading one partition of a stream in order, through a pull consumer of JetStream.

The consumer is made anew whenever reading begins, from the position our own database knows: so nothing that was
under way before a crash comes late and out of order. It has a name of its own, so that two processes that both
believe to lead do not take messages from each other; the server forgets it soon after its reader is gone. The
server numbers its deliveries, and a gap or a reconnect ends the reading (`Interrupted`): a pull request does not
survive a server's restart.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import nats.errors
import orjson
from google.protobuf.message import DecodeError
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from crm.events.v1.event_pb2 import Event
from crmkit.events import payload
from crmkit.events.streams import partition_subjects, stream_name

EXPIRES_SECONDS = 5.0
# How long `next` waits before it lets its caller look after other things.
WAIT_SECONDS = 0.5
ACK_WAIT_SECONDS = 60.0
FORGET_SECONDS = 60.0
# Ends of a pull request that are part of its life; others mean that the consumer or its server is gone.
_REQUEST_ENDS = ("No Messages", "Request Timeout", "Batch Completed", "Message Size Exceeds MaxBytes")
# Of one request; more than the largest message there can be (`max_payload` of the server).
MAX_BYTES = 16 * 1024 * 1024
# Of one request, too: an import's messages have 100 events and up to 256 KiB each, and the server throws out a client
# for whom more than 64 MiB wait (`max_pending`). The readers of all partitions and consumers share one connection.
MOST_MESSAGES = 24


class Interrupted(Exception):
    """Reading must begin anew."""


class Delivery(NamedTuple):
    """One message as delivered."""

    sequence: int
    # Number of this delivery by this consumer, from 1 without gaps.
    delivery: int
    # 1 for the first time.
    times: int
    # Messages of the partition still to come after this one.
    pending: int
    id: str
    events: Sequence[Event]
    reply: str


def read_delivery(message: Msg) -> Delivery:
    """What a JetStream message carries and its reply subject says (server ADR-15, both forms).

    Raises google.protobuf.message.DecodeError.
    """
    tokens = message.reply.split(".")
    at = 4 if len(tokens) == 9 else 6
    times, sequence, delivery, _time, pending = (int(token) for token in tokens[at : at + 5])
    message_id = (message.headers or {}).get("Nats-Msg-Id", "")
    return Delivery(sequence, delivery, times, pending, message_id, payload.decode(message.data), message.reply)


class Pull:
    """Reads one partition from a sequence on. Use as an async context manager, from one task."""

    def __init__(self, client: Client, service: str, partition: int, reader: str, start_sequence: int) -> None:
        self._client = client
        self._stream = stream_name(service)
        self._name = f"{reader}-{partition}-{secrets.token_hex(4)}"
        self._config = ConsumerConfig(
            name=self._name,
            inactive_threshold=FORGET_SECONDS,
            filter_subject=partition_subjects(service, partition),
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=start_sequence,
            ack_policy=AckPolicy.ALL,
            ack_wait=ACK_WAIT_SECONDS,
            max_ack_pending=-1,
        )
        self._arrived: deque[Delivery] = deque()
        # Events in what has arrived.
        self._events = 0
        self._news = asyncio.Event()
        # Messages that the server may still send for the request under way.
        self._wanted = 0
        # So many events end the wait for more.
        self._enough = 1
        self._request_ends = 0.0
        self._last_delivery = 0
        self._failure: Exception | None = None

    async def __aenter__(self) -> Pull:
        js = self._client.jetstream()
        self._reconnects = self._client.stats["reconnects"]
        info = await js.add_consumer(self._stream, self._config)
        # Messages of the partition from our start on.
        self.pending = info.num_pending or 0
        self._inbox = self._client.new_inbox()
        self._subscription: Subscription = await self._client.subscribe(self._inbox, cb=self._receive)
        return self

    async def __aexit__(self, *_error: object) -> None:
        if self._client.is_connected:
            with contextlib.suppress(nats.errors.Error, TimeoutError):  # it is forgotten anyway
                await self._subscription.unsubscribe()
                await self._client.jetstream().delete_consumer(self._stream, self._name)

    async def next(self, most: int, linger: float = 0.0) -> list[Delivery]:
        """The next messages, as many as are there; waits up to WAIT_SECONDS for the first, then returns none.

        Messages are taken until they have at least `most` events. With `linger` it waits as many seconds more for
        others to come, until there are so many. Raises Interrupted, and DecodeError for what is no message of ours.
        """
        ends = asyncio.get_running_loop().time() + linger
        if not self._arrived:
            await self._wait(most)
        while linger and self._arrived and self._events < most:
            left = ends - asyncio.get_running_loop().time()
            if left <= 0:
                break
            await self._wait(most - self._events, most, left)
        batch: list[Delivery] = []
        taken = 0
        while self._arrived and taken < most:
            delivery = self._arrived.popleft()
            taken += len(delivery.events)
            if delivery.delivery != self._last_delivery + 1:
                raise Interrupted(f"delivery {delivery.delivery} came after {self._last_delivery}")
            self._last_delivery = delivery.delivery
            batch.append(delivery)
        self._events -= taken
        return batch

    async def acknowledge(self, last: Delivery) -> None:
        """Tells the server that everything up to `last` is done: for its statistics, we keep our own position."""
        await self._client.publish(last.reply, b"+ACK")

    async def _wait(self, most: int, enough: int = 1, seconds: float = WAIT_SECONDS) -> None:
        """Until `enough` events have arrived, the request for more messages, `most` at most, has ended, or the time is
        over."""
        self._enough = enough
        loop = asyncio.get_running_loop()
        if self._client.stats["reconnects"] != self._reconnects or not self._client.is_connected:
            raise Interrupted("the connection to NATS was lost")
        self._news.clear()
        if self._wanted <= 0:
            self._wanted = min(most, MOST_MESSAGES)
            self._request_ends = loop.time() + EXPIRES_SECONDS + 1.0
            request = {"batch": self._wanted, "max_bytes": MAX_BYTES, "expires": int(EXPIRES_SECONDS * 1e9)}
            await self._client.publish(
                f"$JS.API.CONSUMER.MSG.NEXT.{self._stream}.{self._name}", orjson.dumps(request), reply=self._inbox
            )
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            if loop.time() > self._request_ends:
                raise Interrupted("no answer to a pull request") from None
        if self._failure is not None:
            raise self._failure

    async def _receive(self, message: Msg) -> None:
        """Called by the client for every message on our inbox."""
        status = (message.headers or {}).get("Status") if not message.reply else None
        if status is None:
            self._wanted -= 1
            try:
                delivery = read_delivery(message)
            except DecodeError as error:
                self._failure = error
            else:
                self._arrived.append(delivery)
                self._events += len(delivery.events)
                if self._events < self._enough and self._wanted > 0:
                    return
        elif (description := (message.headers or {}).get("Description", status)) in _REQUEST_ENDS:
            self._wanted = 0
        else:
            self._failure = Interrupted(description)
        self._news.set()
