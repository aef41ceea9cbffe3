"""Pages and documents that anybody may read."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gateway.edge.openapi.document import document
from gateway.edge.reference import reference
from gateway.edge.settings import EdgeSettings

_CSS = (files("gateway.edge") / "page.css").read_text()
_CSS_HASH = base64.b64encode(hashlib.sha256(_CSS.encode()).digest()).decode()
_CSP = (
    f"default-src 'none'; style-src 'sha256-{_CSS_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Pages:
    """GET /docs, /openapi.json and /.well-known/jwks.json."""

    def __init__(self, settings: EdgeSettings) -> None:
        self._jwks_file = settings.jwks_file
        self._openapi = _Fixed(orjson.dumps(document()), "application/json")
        self._docs = _Fixed(_page("Peyvand API", reference(document())).encode(), "text/html; charset=utf-8")

    def routes(self) -> list[Route]:
        return [
            Route("/docs", self._docs.answer, methods=["GET"]),
            Route("/openapi.json", self._openapi.answer, methods=["GET"]),
            Route("/.well-known/jwks.json", self.jwks, methods=["GET"]),
        ]

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


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_CSS}</style></head><body>{body}</body></html>"
    )
