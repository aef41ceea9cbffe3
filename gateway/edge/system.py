"""How the whole system is, for its administrators: every service is asked at once, and one that does not answer is
marked so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import grpc
import structlog
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crm.system.v1 import system_service_pb2 as messages
from crm.system.v1.system_service_pb2_grpc import SystemServiceStub
from crmkit.access import AccessDirectory, Scope
from crmkit.errors import InvalidArgument, PermissionDenied
from gateway.edge.bodies import json_object, query
from gateway.edge.errors import JsonResponse
from gateway.edge.health import SERVING
from gateway.edge.identity import Caller, Identities
from gateway.edge.services import CALL_SECONDS, Services, metadata

# What each service gets to tell how it is, seconds.
STATUS_SECONDS = 3.0
log = structlog.get_logger(__name__)


class System:
    """GET /v1/system/status, GET /v1/system/deadLetters and POST /v1/system/deadLetters:retry."""

    def __init__(
        self, services: Services, identities: Identities, access: AccessDirectory, own: Callable[[], dict[str, bool]]
    ) -> None:
        """`own` says which of the edge's own parts are well."""
        self._services = services
        self._identities = identities
        self._access = access
        self._own = own
        self._started = datetime.now(UTC)

    def routes(self) -> list[Route]:
        return [
            Route("/v1/system/status", self.status, methods=["GET"]),
            Route("/v1/system/deadLetters", self.dead_letters, methods=["GET"]),
            Route("/v1/system/deadLetters:retry", self.retry, methods=["POST"]),
        ]

    async def status(self, request: Request) -> Response:
        """200 whatever is down; `status` is SERVING when everything serves and tells how it is."""
        sent = metadata(self._permitted(request, "read").token)
        query(request)
        names = self._services.names
        health, answers = await asyncio.gather(
            self._services.health(STATUS_SECONDS), asyncio.gather(*(self._ask(name, sent) for name in names))
        )
        parts = [{"name": name, "health": health[name], **answer} for name, answer in zip(names, answers, strict=True)]
        own = self._own()
        well = all(own.values()) and all(part["health"] == SERVING and "status" in part for part in parts)
        edge = {
            "version": version("peyvand"),
            "startTime": _text(self._started),
            "parts": [{"name": name, "status": SERVING if fine else "NOT_SERVING"} for name, fine in own.items()],
        }
        body = {
            "status": SERVING if well else "DEGRADED",
            "time": _text(datetime.now(UTC)),
            "edge": edge,
            "services": parts,
        }
        return JsonResponse(body)

    async def dead_letters(self, request: Request) -> Response:
        """A page of one service's dead letters."""
        caller = self._permitted(request, "read")
        given = query(request, "service", "pageSize", "pageToken")
        size = given.get("pageSize", "0")
        if not size.isdecimal() or not size.isascii() or len(size) > 4:
            raise InvalidArgument("PAGE_SIZE_INVALID", "pageSize takes 1 to 1,000.", field="pageSize")
        wanted = messages.ListDeadLettersRequest(page_size=int(size), page_token=given.get("pageToken", ""))
        stub = self._stub(given.get("service", ""))
        reply = await stub.ListDeadLetters(wanted, metadata=metadata(caller.token), timeout=CALL_SECONDS)
        return JsonResponse(_json(reply))

    async def retry(self, request: Request) -> Response:
        """Gives dead letters of one service back to their consumers."""
        caller = self._permitted(request, "administer")
        query(request)
        given = await json_object(request, {"service": str, "eventIds": list, "all": bool})
        ids = given.get("eventIds", [])
        if not all(isinstance(one, str) for one in ids):
            raise InvalidArgument("REQUEST_INVALID", "This must be a list of strings.", field="eventIds")
        stub = self._stub(given.get("service", ""))
        wanted = messages.RetryDeadLettersRequest(event_ids=ids, all=given.get("all", False))
        reply = await stub.RetryDeadLetters(wanted, metadata=metadata(caller.token), timeout=CALL_SECONDS)
        return JsonResponse(_json(reply))

    def _permitted(self, request: Request, action: str) -> Caller:
        """The caller, who may do this to the system; the services check it again."""
        caller = self._identities.require(request)
        if self._access.scope(caller.principal, "system", action) is Scope.NONE:
            message = f"Your roles do not let you {action} system."
            raise PermissionDenied("PERMISSION_DENIED", message, object="system", action=action)
        return caller

    def _stub(self, service: str) -> Any:
        if service not in self._services.names:
            known = ", ".join(self._services.names)
            raise InvalidArgument("SERVICE_UNKNOWN", f"service takes one of {known}.", field="service")
        return SystemServiceStub(self._services.channel(service))

    async def _ask(self, service: str, sent: tuple[tuple[str, str], ...]) -> dict[str, Any]:
        """What a service tells of itself, or why it does not."""
        stub: Any = SystemServiceStub(self._services.channel(service))
        try:
            reply = await stub.GetStatus(messages.GetStatusRequest(), metadata=sent, timeout=STATUS_SECONDS)
        except grpc.aio.AioRpcError as error:
            log.warning("status without a service", service=service, code=error.code().name)
            return {"error": {"code": error.code().name, "message": error.details() or ""}}
        return {"status": _json(reply)}


def _json(message: Message) -> dict[str, Any]:
    return MessageToDict(message, always_print_fields_with_no_presence=True)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
