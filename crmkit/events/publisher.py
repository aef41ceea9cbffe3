"""Publishing to JetStream: many messages under way at once, and yet stored in their order.

A message that is refused or lost must not be overtaken by those behind it. So each says how many messages the stream
must hold before it (`Nats-Expected-Last-Sequence`) and which one is the last of them (`Nats-Expected-Last-Msg-Id`):
when one is not stored, none behind it is, and they are sent again. A message that the stream has already, from before
a crash, is recognised by its `Nats-Msg-Id` and not stored again; then the count is not what those behind it
say, and they are sent again too. From then on messages go one by one until the first new one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import NamedTuple

import orjson
from nats.aio.client import Client
from nats.aio.msg import Msg

ACK_SECONDS = 5.0
# How often the connection is looked at meanwhile.
LOOK_SECONDS = 0.25
# Wrong last message id, wrong last sequence.
_NOT_IN_TURN = (10070, 10071)


class Message(NamedTuple):
    """What is published: `id` becomes the Nats-Msg-Id."""

    subject: str
    id: str
    data: bytes


class PublishFailed(Exception):
    """JetStream did not store the messages, or only the first few; none behind one that is not stored."""


class _Flight:
    """Messages under way and what has been said of them."""

    def __init__(self, number: int) -> None:
        self.number = number
        # All sent, once known.
        self.size: int | None = None
        self.answers = 0
        # By place: True for a message that the stream had already.
        self.accepted: dict[int, bool] = {}
        self.refused = False
        self.last_sequence = 0
        self.landed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def answered(self) -> None:
        self.answers += 1
        self.settle()

    def settle(self) -> None:
        if self.answers == self.size and not self.landed.done():
            self.landed.set_result(None)

    def fail(self, error: Exception) -> None:
        if not self.landed.done():
            self.landed.set_exception(error)


class Publisher:
    """Publishes on one stream, as the only one who does, over one connection. Not for concurrent use."""

    def __init__(self, client: Client, stream: str) -> None:
        self._client = client
        self._stream = stream
        self._inbox = client.new_inbox()
        self._subscribed = False
        self._flight = _Flight(0)
        # Sequence of the last message in the stream; None when we do not know.
        self._last: int | None = None

    async def publish(self, messages: Sequence[Message], reconnects: int) -> int:
        """Stores the messages in their order; returns the sequence of the last message in the stream.

        `reconnects`: the client's, when the stream was last compared with what had been published. Raises PublishFailed
        (also when there were more since: a server that restarted may have lost the end of the stream, which what comes
        after would hide; and when there is no stream, or it has no leader), TimeoutError when an answer is missing for
        ACK_SECONDS, and nats.errors.Error.
        """
        if not self._client.is_connected:
            raise PublishFailed("NATS is not connected")  # do not let the client buffer what we would send again
        if self._client.stats["reconnects"] != reconnects:
            raise PublishFailed("the connection to NATS was lost meanwhile")
        if not self._subscribed:
            await self._client.subscribe(f"{self._inbox}.>", cb=self._answer)
            self._subscribed = True
        try:
            await self._publish(messages)
        except BaseException:
            self._last = None  # what is under way may still be stored
            raise
        return self._last or 0

    async def _publish(self, messages: Sequence[Message]) -> None:
        place, one_by_one, stalled = 0, False, 0
        while place < len(messages):
            flight = await self._fly(messages[place : place + 1] if one_by_one else messages[place:])
            accepted = 0
            while accepted in flight.accepted:
                one_by_one = flight.accepted[accepted]
                accepted += 1
            place += accepted
            stalled = 0 if accepted else stalled + 1
            if stalled:
                self._last = None
            if stalled > 3:
                raise PublishFailed(f"somebody else publishes on {self._stream}")

    async def _fly(self, messages: Sequence[Message]) -> _Flight:
        """Sends messages and waits for the answer to each."""
        reconnects = self._client.stats["reconnects"]
        if self._last is None:
            info = await self._client.jetstream().stream_info(self._stream)
            self._last = info.state.last_seq
        flight = self._flight = _Flight(self._flight.number + 1)
        publish, inbox, previous, sent = self._client.publish, f"{self._inbox}.{flight.number}", "", 0
        for message in messages:
            headers = {"Nats-Msg-Id": message.id, "Nats-Expected-Last-Sequence": str(self._last + sent)}
            if previous:
                headers["Nats-Expected-Last-Msg-Id"] = previous
            await publish(message.subject, message.data, reply=f"{inbox}.{sent}", headers=headers)
            previous, sent = message.id, sent + 1
            if flight.refused:
                break
        flight.size = sent
        flight.settle()
        try:
            for _ in range(int(ACK_SECONDS / LOOK_SECONDS)):
                await asyncio.wait([flight.landed], timeout=LOOK_SECONDS)
                if flight.landed.done():
                    flight.landed.result()
                    self._last = max(self._last, flight.last_sequence)
                    return flight
                if self._client.stats["reconnects"] != reconnects or not self._client.is_connected:
                    raise PublishFailed("the connection to NATS was lost")  # and with it the answers
            raise TimeoutError("JetStream does not answer")
        finally:
            flight.landed.cancel()

    async def _answer(self, reply: Msg) -> None:
        """Called by the client for every answer."""
        _, number, place = reply.subject.rsplit(".", 2)
        flight = self._flight
        if int(number) != flight.number:
            return
        if not reply.data:
            status = (reply.headers or {}).get("Status", "")
            flight.fail(PublishFailed("no stream takes the events" if status == "503" else f"status {status}"))
            return
        answer = orjson.loads(reply.data)
        if problem := answer.get("error"):
            if problem.get("err_code") not in _NOT_IN_TURN:
                flight.fail(PublishFailed(problem.get("description", "")))
            flight.refused = True
        else:
            repeated = flight.accepted[int(place)] = answer.get("duplicate", False)
            if not repeated:
                flight.last_sequence = max(flight.last_sequence, answer["seq"])
        flight.answered()
