"""The browser application: the files that `web/` is built to, and the one page they start from."""

from __future__ import annotations

import hashlib
import mimetypes
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from gateway.edge.errors import PathNotFound

log = structlog.get_logger(__name__)
# In the built page, where the nonce of the answer goes.
NONCE_MARK = "CSP_NONCE"
# Names of files under it hold a hash of their content.
_HASHED = "assets/"
_FOREVER = "public, max-age=31536000, immutable"
# By preference, with the ending of the file that the build compressed.
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
# What belongs to the API: an address there that is not, is an error and no page.
_API = ("v1", "auth", "assets", ".well-known")
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
# The service worker has a policy of its own: it may ask us for the app's files, and nothing else.
_WORKER = "sw.js"
_WORKER_POLICY = "default-src 'none'; connect-src 'self'"
_PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


@dataclass(slots=True)
class _File:
    """A built file, whole and compressed."""

    kind: str
    cache: str
    etag: str
    content: bytes
    policy: str | None = None
    encoded: dict[str, bytes] = field(default_factory=dict)


class Web:
    """An ASGI application: GET of every address that nothing else answers.

    The files are read once: a build that happens meanwhile is taken up by the next start, and never half.
    """

    def __init__(self, folder: Path) -> None:
        self._files = _read(folder)
        page = self._files.pop("index.html", None)
        self._page = page.content.decode() if page else None
        if self._page is None:
            log.warning("no web app", folder=str(folder), mend="make install")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A file; else the page, whose own router knows the address. Raises PathNotFound within the API."""
        request = Request(scope)
        await self._answer(request, request.url.path.lstrip("/"))(scope, receive, send)

    def _answer(self, request: Request, path: str) -> Response:
        found = self._files.get(path)
        reading = request.method in ("GET", "HEAD")
        if reading and found is not None:
            return _send(request, found)
        if not reading or path.partition("/")[0].lower() in _API:
            raise PathNotFound("PATH_NOT_FOUND", "There is nothing at this address.")
        if self._page is None:
            raise PathNotFound("WEB_APP_MISSING", "The web app is not built here. Run `make install`, and start anew.")
        nonce = secrets.token_urlsafe(18)
        headers = {
            "cache-control": "no-store",
            "content-security-policy": policy(nonce),
            "cross-origin-opener-policy": "same-origin",
            "permissions-policy": _PERMISSIONS,
            "referrer-policy": "same-origin",
            "x-content-type-options": "nosniff",
        }
        return Response(self._page.replace(NONCE_MARK, nonce), media_type="text/html", headers=headers)


def policy(nonce: str) -> str:
    """What the page may do: nothing comes from elsewhere, no script stands in the page, styles carry the nonce."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "connect-src 'self'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )


def _send(request: Request, file: _File) -> Response:
    headers = {"cache-control": file.cache, "etag": file.etag, "x-content-type-options": "nosniff"}
    if file.policy:
        headers["content-security-policy"] = file.policy
    if file.encoded:
        headers["vary"] = "accept-encoding"
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    accepted = _accepted(request.headers.get("accept-encoding", ""))
    for name, content in file.encoded.items():
        if name in accepted:
            return Response(content, media_type=file.kind, headers={**headers, "content-encoding": name})
    return Response(file.content, media_type=file.kind, headers=headers)


def _accepted(header: str) -> set[str]:
    """The encodings a client takes: "gzip;q=0.5, br;q=0" is gzip alone."""
    names = set()
    for part in header.split(","):
        name, _, quality = part.partition(";")
        if quality.strip().replace(" ", "").removeprefix("q=").strip("0.") or not quality:
            names.add(name.strip().lower())
    return names


def _read(folder: Path) -> dict[str, _File]:
    """Every built file by its path below the folder; none when there is no build."""
    found: dict[str, _File] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        # Folders, what only the build itself reads, and compressed twins.
        if not path.is_file() or name.startswith(".") or path.suffix in (".br", ".gz", ".map"):
            continue
        content = path.read_bytes()
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        cache = _FOREVER if name.startswith(_HASHED) else "no-cache"
        # Weak: one tag stands for the content in every encoding.
        file = _File(kind, cache, f'W/"{hashlib.sha256(content).hexdigest()[:16]}"', content)
        if name == _WORKER:
            file.policy = _WORKER_POLICY
        for encoding, ending in _ENCODINGS:
            twin = path.with_name(path.name + ending)
            if twin.is_file():
                file.encoded[encoding] = twin.read_bytes()
        found[name] = file
    return found
