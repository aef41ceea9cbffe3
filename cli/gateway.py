"""Calls through the gateway, as a script would make them: HTTP with a bearer token."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import requests

from cli.exits import FAILED, NOT_RUNNING, fail

# Seconds to connect, and between two bytes of an answer.
_TIMEOUT = (5.0, 60.0)


class Gateway:
    """One gateway, and how to get a token for it."""

    def __init__(self, address: str, token: Callable[[], str]) -> None:
        """`token` is called again when the gateway no longer takes the one it gave: they live ten minutes."""
        self.address = address.rstrip("/")
        self._token = token
        self._http = requests.Session()
        self._sign_in()

    def _sign_in(self) -> None:
        self._http.headers["Authorization"] = f"Bearer {self._token()}"

    def call(self, method: str, path: str, **parameters: Any) -> requests.Response:
        """An answer of 2xx; ends the command with the gateway's own sentence for any other."""
        try:
            reply = self._http.request(method, self.address + path, timeout=_TIMEOUT, **parameters)
            if reply.status_code == requests.codes.unauthorized and not isinstance(parameters.get("data"), Iterable):
                self._sign_in()
                reply = self._http.request(method, self.address + path, timeout=_TIMEOUT, **parameters)
        except requests.RequestException as error:
            fail(f"the gateway at {self.address} does not answer: {error}", NOT_RUNNING)
        if not reply.ok:
            fail(_refusal(reply), FAILED)
        return reply

    def json(self, method: str, path: str, **parameters: Any) -> dict[str, Any]:
        """The JSON object of an answer."""
        answer: dict[str, Any] = self.call(method, path, **parameters).json()
        return answer


def _refusal(reply: requests.Response) -> str:
    try:
        return str(reply.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"{reply.request.method} {reply.url}: {reply.status_code} {reply.text[:300]}"


def connect(address: str, token: str) -> Gateway:
    """The gateway at `address` with `token`; without an address the local stack's, as its administrator."""
    if address:
        if not token:
            fail("give a token for this gateway in CRM_TOKEN", 2)
        return Gateway(address, lambda: token)
    from cli.stack.local import running  # noqa: PLC0415 - only the local stack needs it
    from cli.token import token as local_token  # noqa: PLC0415

    settings, known = running()
    return Gateway(f"http://127.0.0.1:{known.http_port}", lambda: token or local_token(settings.admin_email))
