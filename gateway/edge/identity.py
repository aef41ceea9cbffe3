"""Who makes a request. Envoy checked the token; the edge checks it again, as every service does."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from crmkit.access import AccessDirectory, Principal
from crmkit.errors import Unauthenticated
from crmkit.tokens import Verifier


@dataclass(frozen=True, slots=True)
class Caller:
    """The signed-in user of a request, with the token to call services with."""

    principal: Principal
    issued_ms: int
    # Seconds since the epoch.
    expiry: int
    token: str


class Identities:
    """Reads callers from requests."""

    def __init__(self, verifier: Verifier, access: AccessDirectory) -> None:
        self._verifier = verifier
        self._access = access

    def require(self, request: Request) -> Caller:
        """Raises Unauthenticated (SIGN_IN_REQUIRED, TOKEN_INVALID, TOKEN_EXPIRED, SESSION_ENDED)."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("SIGN_IN_REQUIRED", "Sign in to do this.")
        verified = self._verifier.verify(token)
        principal = self._access.admit(verified.principal, verified.issued_ms)
        return Caller(principal, verified.issued_ms, verified.expiry, token)
