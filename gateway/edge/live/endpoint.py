"""GET /v1/live: server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from crmkit.errors import ResourceExhausted, Unavailable
from gateway.edge.bodies import query
from gateway.edge.identity import Caller, Identities
from gateway.edge.live.feed import Feed
from gateway.edge.live.hub import Hub

# How long a first client waits for the subscription, seconds.
FLOWING_SECONDS = 5.0
# Streams of one user: many more than there are tabs and devices, and too few to leave none for the others.
MOST_OF_ONE_USER = 40
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


class Live:
    """Live updates of what the caller may read."""

    def __init__(self, hub: Hub, feed: Feed, identities: Identities, *, clients: int, heartbeat_seconds: float) -> None:
        self._hub = hub
        self._feed = feed
        self._identities = identities
        self._clients = clients
        self._heartbeat_seconds = heartbeat_seconds

    def routes(self) -> list[Route]:
        return [Route("/v1/live", self.live, methods=["GET"])]

    async def live(self, request: Request) -> Response:
        """`ready`, then a `change` for every change; `reset` when some were missed; `end` before the end."""
        caller = self._identities.require(request)
        query(request)
        if len(self._hub) >= self._clients or self._hub.streams_of(caller) >= MOST_OF_ONE_USER:
            raise ResourceExhausted("TOO_MANY_CLIENTS", "Too many live connections. Try again shortly.", 5.0)
        stream = self._stream(caller, request.headers.get("last-event-id", ""))
        first = await anext(stream)

        async def text() -> AsyncIterator[bytes]:
            try:
                yield first
                async for part in stream:
                    yield part
            finally:
                await stream.aclose()

        return StreamingResponse(text(), media_type="text/event-stream", headers=_HEADERS)

    async def _stream(self, caller: Caller, last_event_id: str) -> AsyncGenerator[bytes]:
        client = None
        self._hub.expect(caller)
        try:
            await self._flowing()
            client = self._hub.join(caller, last_event_id)
            yield b"retry: 2000\n\n"
            while True:
                try:
                    async with asyncio.timeout(self._heartbeat_seconds):
                        text = await client.next()
                except TimeoutError:
                    text = b": alive\n\n"
                if not text:
                    return
                yield text
        finally:
            self._hub.leave(caller, client)

    async def _flowing(self) -> None:
        try:
            async with asyncio.timeout(FLOWING_SECONDS):
                await self._feed.flowing.wait()
        except TimeoutError as error:
            raise Unavailable("LIVE_UNAVAILABLE", "Live updates are not available at the moment.") from error
