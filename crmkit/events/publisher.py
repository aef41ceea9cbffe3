"""Publishing to JetStream: many messages under way at once, stored in their order or not at all.

A message refused in the middle must not be overtaken by those behind it, so each names the one before
it (`Nats-Expected-Last-Msg-Id`): when one is refused, so are all that follow, and the caller repeats from there.
What was stored already is recognised by its `Nats-Msg-Id` and acknowledged without being stored again.
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
_WRONG_LAST_MESSAGE = 10070


class Message(NamedTuple):
    """What is published: `id` becomes the Nats-Msg-Id."""

    subject: str
    id: str
    data: bytes


class PublishFailed(Exception):
    """JetStream did not store the messages, or not all; none after the first refused one is stored."""

    def __init__(self, reason: str, code: int = 0) -> None:
        super().__init__(reason)
        self.code = code


class _Flight:
    """Messages under way."""

    def __init__(self, number: int, size: int) -> None:
        self.number = number
        self.awaited = size
        self.last_sequence = 0
        self.landed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def fail(self, error: Exception) -> None:
        if not self.landed.done():
            self.landed.set_exception(error)


class Publisher:
    """Publishes for one stream over one connection. Not for concurrent use."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._inbox = client.new_inbox()
        self._flight = _Flight(0, 0)
        self._subscribed = False

    async def publish(self, messages: Sequence[Message]) -> int:
        """Stores the messages in their order; returns the stream sequence of the last one.

        Raises PublishFailed (also when there is no stream, or it has no leader), TimeoutError when an answer is
        missing for ACK_SECONDS, and nats.errors.Error.
        """
        if not self._client.is_connected:
            raise PublishFailed("NATS is not connected")  # do not let the client buffer what we would send again
        if not self._subscribed:
            await self._client.subscribe(f"{self._inbox}.>", cb=self._acknowledged)
            self._subscribed = True
        try:
            return await self._fly(messages, chained=True)
        except PublishFailed as error:
            if error.code != _WRONG_LAST_MESSAGE:
                raise
        # Some were stored in another order before a crash. One at a time needs no chain.
        sequence = 0
        for message in messages:
            sequence = await self._fly([message], chained=False)
        return sequence

    async def _fly(self, messages: Sequence[Message], *, chained: bool) -> int:
        reconnects = self._client.stats["reconnects"]
        flight = self._flight = _Flight(self._flight.number + 1, len(messages))
        publish, inbox = self._client.publish, f"{self._inbox}.{flight.number}"
        previous = ""
        for message in messages:
            headers = {"Nats-Msg-Id": message.id}
            if chained and previous:
                headers["Nats-Expected-Last-Msg-Id"] = previous
            await publish(message.subject, message.data, reply=inbox, headers=headers)
            previous = message.id
            if flight.landed.done():
                break
        try:
            for _ in range(int(ACK_SECONDS / LOOK_SECONDS)):
                await asyncio.wait([flight.landed], timeout=LOOK_SECONDS)
                if flight.landed.done():
                    flight.landed.result()
                    return flight.last_sequence
                if self._client.stats["reconnects"] != reconnects or not self._client.is_connected:
                    raise PublishFailed("the connection to NATS was lost")  # and with it the acknowledgements
            raise TimeoutError("JetStream does not acknowledge")
        finally:
            flight.landed.cancel()

    async def _acknowledged(self, reply: Msg) -> None:
        flight = self._flight
        if int(reply.subject.rpartition(".")[2]) != flight.number or flight.landed.done():
            return
        if not reply.data:
            status = (reply.headers or {}).get("Status", "")
            flight.fail(PublishFailed("no stream takes the events" if status == "503" else f"status {status}"))
            return
        answer = orjson.loads(reply.data)
        if "error" in answer:
            problem = answer["error"]
            flight.fail(PublishFailed(problem.get("description", ""), problem.get("err_code", 0)))
            return
        flight.last_sequence = max(flight.last_sequence, answer["seq"])
        flight.awaited -= 1
        if not flight.awaited:
            flight.landed.set_result(None)
