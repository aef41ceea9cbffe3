"""Whether the system serves, for people, load balancers and `crm up`."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.edge.errors import JsonResponse
from gateway.edge.services import Services

SERVING = "SERVING"


class Health:
    """GET /healthz and /livez."""

    def __init__(self, services: Services, own: Callable[[], dict[str, bool]]) -> None:
        """`own` says which of the edge's own parts are well."""
        self._services = services
        self._own = own

    def routes(self) -> list[Route]:
        return [
            Route("/healthz", self.healthz, methods=["GET"]),
            Route("/livez", self.livez, methods=["GET"]),
        ]

    async def healthz(self, _request: Request) -> Response:
        """200 once everything serves, else 503; either way what each part says."""
        parts = await self._services.health()
        parts |= {name: SERVING if well else "NOT_SERVING" for name, well in self._own().items()}
        well = all(status == SERVING for status in parts.values())
        body = {
            "status": SERVING if well else "NOT_SERVING",
            "parts": [{"name": name, "status": status} for name, status in sorted(parts.items())],
        }
        return JsonResponse(body, 200 if well else 503)

    async def livez(self, _request: Request) -> Response:
        """200 while this process can answer at all; it asks nobody else."""
        return JsonResponse({"status": SERVING})
