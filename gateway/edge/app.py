"""The edge: what is HTTP by nature, and nothing that the transcoder can do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import grpc
import structlog
from nats.aio.client import Client
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from crmkit.access import AccessDirectory
from crmkit.access_mirror import mirror_access
from crmkit.cancellation import stop_if_cancelled
from crmkit.errors import DomainError
from crmkit.tokens import Verifier
from gateway.edge.errors import domain_response, rpc_response
from gateway.edge.files import Files
from gateway.edge.health import Health
from gateway.edge.identity import Identities
from gateway.edge.live.endpoint import Live
from gateway.edge.live.feed import Feed, sweep
from gateway.edge.live.hub import Hub
from gateway.edge.middleware import Observed, http_error
from gateway.edge.pages import Pages
from gateway.edge.search import Search
from gateway.edge.services import Services
from gateway.edge.sessions import Sessions
from gateway.edge.settings import EdgeSettings
from gateway.edge.system import System
from gateway.edge.web import Web

FOLLOW_AGAIN_SECONDS = 1.0
log = structlog.get_logger(__name__)


class Edge:
    """The parts of one edge process, and how they live."""

    def __init__(self, settings: EdgeSettings) -> None:
        self.settings = settings
        self.services = Services(settings.targets)
        self.access = AccessDirectory()
        self.access_loaded = asyncio.Event()
        self.hub = Hub(self.access)
        self.feed = Feed(self.hub)
        self._nats: Client | None = None

    def routes(self) -> list[Route]:
        """Every address of the edge."""
        settings = self.settings
        identities = Identities(Verifier(settings.jwks_file), self.access)
        live = Live(
            self.hub,
            self.feed,
            identities,
            clients=settings.live_clients,
            heartbeat_seconds=settings.live_heartbeat_seconds,
        )
        return [
            *Sessions(self.services, secure=settings.secure).routes(),
            *Files(self.services, identities, settings.upload_bytes).routes(),
            *Search(self.services, identities, self.access, settings.search_seconds).routes(),
            *System(self.services, identities, self.access, self.own_health).routes(),
            *live.routes(),
            *Health(self.services, self.own_health).routes(),
            *Pages(settings).routes(),
        ]

    def own_health(self) -> dict[str, bool]:
        """The edge's own parts: whether the rights of roles are known, and NATS is there."""
        return {"access": self.access_loaded.is_set(), "nats": self._nats is not None and self._nats.is_connected}

    @asynccontextmanager
    async def running(self, _app: Starlette) -> AsyncIterator[None]:
        """Follows rights and events while the app runs; requests are served before NATS is there."""
        following = asyncio.create_task(self._keep_following())
        try:
            yield
        finally:
            self.hub.close()
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            await self.services.close()

    async def _keep_following(self) -> None:
        """Whatever ends the following, it begins anew: without it the edge knows neither rights nor events."""
        while True:
            try:
                await self._follow()
            except Exception:
                log.exception("rights and events are not followed")
            stop_if_cancelled()
            await asyncio.sleep(FOLLOW_AGAIN_SECONDS)

    async def _follow(self) -> None:
        self._nats = client = await self.feed.connect(self.settings.nats_url.get_secret_value())
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(mirror_access(client, self.access, self.access_loaded))
                group.create_task(self.feed.run(client))
                group.create_task(sweep(self.hub))
        finally:
            await client.close()


def build_app(settings: EdgeSettings) -> Starlette:
    """The ASGI application. Raises OSError when the key set cannot be read."""
    edge = Edge(settings)
    routes = edge.routes()
    app = Starlette(
        routes=routes,
        lifespan=edge.running,
        middleware=[Middleware(Observed, routes=routes)],
        exception_handlers={
            DomainError: domain_response,
            grpc.aio.AioRpcError: rpc_response,
            HTTPException: http_error,
        },
    )
    # /docs/ is not /docs: a redirect would repeat whatever the Host header says.
    app.router.redirect_slashes = False
    app.router.default = Web(settings.web_folder)
    app.state.edge = edge
    return app
