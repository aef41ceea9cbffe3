"""Around every request of the edge: trace, metrics, and an answer to whatever was raised."""

from __future__ import annotations

import time
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crmkit.errors import DomainError, Internal
from crmkit.telemetry import names
from crmkit.telemetry.tracing import context_of
from gateway.edge.errors import MethodNotAllowed, PathNotFound, domain_response

log = structlog.get_logger(__name__)
_tracer = trace.get_tracer("gateway.edge")
_NOWHERE = "none"
# The client left before there was an answer.
CLIENT_GONE = 499


class Observed:
    """Names each request by its route, never by its path: paths hold ids.

    A stream lives for hours, so span and duration end with the headers.
    """

    def __init__(self, app: ASGIApp, routes: list[Route]) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = time.perf_counter()
        method, route = scope["method"], self._route(scope)
        carrier = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        attributes = {names.HTTP_METHOD: method, names.HTTP_ROUTE: route}
        span = _tracer.start_span(f"{method} {route}", context_of(carrier), kind=SpanKind.SERVER, attributes=attributes)

        status = 0

        async def observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _finish(span, begun, method, route, status)
            await send(message)

        with trace.use_span(span, end_on_exit=False):
            try:
                await self._app(scope, receive, observed)
            except ClientDisconnect:
                if not status:
                    _finish(span, begun, method, route, CLIENT_GONE)
            except Exception as error:
                if status:
                    log.warning("answer broken off", route=route, error=repr(error.__cause__ or error))
                    raise  # too late for another answer: the broken stream tells the client
                log.exception("unhandled error", route=route)
                await domain_response(Request(scope), _defect(error))(scope, receive, observed)

    def _route(self, scope: Scope) -> str:
        for route in self._routes:
            if route.matches(scope)[0] is not Match.NONE:
                return route.path
        return _NOWHERE


def _finish(span: Span, begun: float, method: str, route: str, status: int) -> None:
    span.set_attribute(names.HTTP_STATUS, status)
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))
    span.end()
    # Anybody can invent methods for paths that are not ours.
    labels = names.http_duration.labels(route, method if route != _NOWHERE else "any", str(status))
    labels.observe(time.perf_counter() - begun)


def _defect(error: Exception) -> Internal:
    """Told as nothing but a defect, whatever it was."""
    defect = Internal()
    defect.__cause__ = error
    return defect


def http_error(request: Request, error: Any) -> Response:
    """What the router itself refuses, in the one shape."""
    refusal: DomainError
    if error.status_code == 405:
        refusal = MethodNotAllowed(
            "METHOD_NOT_ALLOWED", "This address does not take this method; see the header Allow."
        )
    else:
        refusal = PathNotFound("PATH_NOT_FOUND", "There is nothing at this address.")
    answer = domain_response(request, refusal)
    answer.headers.update(error.headers or {})
    return answer
