"""Pages and documents that anybody may read."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files

import grpc
import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crm.identity.v1 import identity_service_pb2 as pb
from crm.identity.v1 import identity_service_pb2_grpc as pb_grpc
from crmkit.errors import Unauthenticated
from gateway.edge.identity import Identities
from gateway.edge.openapi.document import document
from gateway.edge.reference import reference
from gateway.edge.services import Services, metadata
from gateway.edge.settings import EdgeSettings

_CSS = (files("gateway.edge") / "page.css").read_text()
_CSS_HASH = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()
_CSP = (
    f"default-src 'none'; style-src 'sha256-{_CSS_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Pages:
    """GET /, /docs, /openapi.json and /.well-known/jwks.json."""

    def __init__(self, settings: EdgeSettings, services: Services, identities: Identities) -> None:
        self._jwks_file = settings.jwks_file
        self._sessions = pb_grpc.SessionServiceStub(services.channel("identity"))
        self._identities = identities
        self._openapi = _Fixed(orjson.dumps(document()), "application/json")
        self._docs = _Fixed(_page("Peyvand API", reference(document())).encode(), "text/html; charset=utf-8")

    def routes(self) -> list[Route]:
        return [
            Route("/", self.home, methods=["GET"]),
            Route("/docs", self._docs.answer, methods=["GET"]),
            Route("/openapi.json", self._openapi.answer, methods=["GET"]),
            Route("/.well-known/jwks.json", self.jwks, methods=["GET"]),
        ]

    async def home(self, request: Request) -> Response:
        """What this is, where to go, and who is signed in."""
        name = await self._who(request)
        state = f"Signed in as <strong>{escape(name)}</strong>." if name else "Not signed in."
        body = (
            '<main class="narrow"><h1>Peyvand</h1><p>Customer relationship management for teams that run it '
            f"themselves: contacts, companies, and everything that happened with them.</p><p>{state}</p><p>"
            '<a href="/docs">API reference</a> · <a href="/openapi.json">OpenAPI</a> · <a href="/healthz">Health</a>'
            "</p></main>"
        )
        return _html(_page("Peyvand", body), "no-store")

    async def _who(self, request: Request) -> str:
        """The name of the signed-in user; empty when nobody is, or identity does not say so."""
        try:
            caller = self._identities.require(request)
            me = await self._sessions.GetMe(pb.GetMeRequest(), timeout=1.0, metadata=metadata(caller.token))
        except (Unauthenticated, grpc.aio.AioRpcError):
            return ""
        return me.user.display_name

    async def jwks(self, _request: Request) -> Response:
        """The keys as they are now; verifiers may keep them for five minutes."""
        keys = self._jwks_file.read_bytes()
        return Response(keys, media_type="application/json", headers={"cache-control": "public, max-age=300"})


class _Fixed:
    """A document that does not change while the process lives."""

    def __init__(self, content: bytes, media_type: str) -> None:
        self._content = content
        self._media_type = media_type
        self._etag = f'W/"{hashlib.sha256(content).hexdigest()[:16]}"'

    async def answer(self, request: Request) -> Response:
        headers = {"etag": self._etag, "cache-control": "no-cache", "content-security-policy": _CSP}
        if request.headers.get("if-none-match") == self._etag:
            return Response(status_code=304, headers=headers)
        return Response(self._content, media_type=self._media_type, headers=headers)


def _html(text: str, cache: str) -> Response:
    headers = {"content-security-policy": _CSP, "cache-control": cache}
    return Response(text, media_type="text/html; charset=utf-8", headers=headers)


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_CSS}</style></head><body>{body}</body></html>"
    )
