"""Access tokens: JSON Web Tokens signed with Ed25519 (RFC 8037), verified by every service itself."""

from __future__ import annotations

import base64
import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import orjson
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from crmkit.access import Principal
from crmkit.errors import Unauthenticated

ISSUER = "peyvand"
AUDIENCE = "crm"
LIFETIME_SECONDS = 600
_CACHE_SIZE = 10_000
# How long a key that was taken out of the file may still be believed.
LOOK_SECONDS = 3.0
log = structlog.get_logger(__name__)


def generate_key() -> bytes:
    """A new Ed25519 private key, PKCS#8 PEM."""
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def load_key(pem: bytes) -> Ed25519PrivateKey:
    """Reads a PKCS#8 PEM. Raises ValueError when it is not an Ed25519 key."""
    key = load_pem_private_key(pem, None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the signing key must be Ed25519")  # noqa: TRY004 - the file's content is wrong, not a type in our code
    return key


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def public_jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    """The public half as an RFC 8037 JSON Web Key; `kid` is its RFC 7638 thumbprint."""
    x = _base64url(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    thumbprint = hashlib.sha256(orjson.dumps({"crv": "Ed25519", "kty": "OKP", "x": x})).digest()
    return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": _base64url(thumbprint), "alg": "EdDSA", "use": "sig"}


def jwks(*keys: Ed25519PrivateKey) -> bytes:
    """The RFC 7517 key set of the public halves, as JSON."""
    return orjson.dumps({"keys": [public_jwk(key) for key in keys]})


def mint(
    key: Ed25519PrivateKey,
    principal: Principal,
    *,
    lifetime_seconds: int = LIFETIME_SECONDS,
    issued_ms: int | None = None,
) -> tuple[str, int]:
    """Signs an access token. Returns it and its expiry in seconds since the epoch.

    `issued_ms` (milliseconds since the epoch, now when None) is what endings of sessions are compared with, so it
    should come from the clock that dates them.
    """
    now_ms = time.time_ns() // 1_000_000 if issued_ms is None else issued_ms
    expiry = now_ms // 1000 + lifetime_seconds
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(principal.user_id),
        "iat": now_ms // 1000,
        "iat_ms": now_ms,
        "exp": expiry,
        "roles": sorted(principal.role_ids),
    }
    if principal.session_id is not None:
        claims["sid"] = str(principal.session_id)
    if principal.team_id is not None:
        claims["team"] = str(principal.team_id)
    return jwt.encode(claims, key, algorithm="EdDSA", headers={"kid": public_jwk(key)["kid"]}), expiry


@dataclass(frozen=True, slots=True)
class VerifiedToken:
    """A token whose signature, issuer, audience and time were checked; whether it holds, AccessDirectory knows."""

    principal: Principal
    issued_ms: int
    expiry: int


class Verifier:
    """Checks tokens against a key set file, and remembers checked ones.

    The file is looked at every LOOK_SECONDS, and at once for an unknown key id: a new key is believed from then
    on, and one that is gone no longer, whatever was remembered.
    """

    def __init__(self, jwks_file: Path) -> None:
        """Raises OSError, ValueError or KeyError when the file cannot be read."""
        self._file = jwks_file
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._checked: OrderedDict[str, VerifiedToken] = OrderedDict()
        self._version = self._stat()
        self._look_at = time.monotonic() + LOOK_SECONDS
        self._read_keys()

    def verify(self, token: str) -> VerifiedToken:
        """Raises Unauthenticated (TOKEN_EXPIRED or TOKEN_INVALID)."""
        if time.monotonic() >= self._look_at:
            self._look()
        known = self._checked.get(token)
        if known is not None:
            if known.expiry > time.time():
                return known
            del self._checked[token]
        verified = self._check(token)
        self._checked[token] = verified
        if len(self._checked) > _CACHE_SIZE:
            self._checked.popitem(last=False)
        return verified

    def _check(self, token: str) -> VerifiedToken:
        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid", "")))
            claims = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                issuer=ISSUER,
                audience=AUDIENCE,
                # A signer's clock a little ahead of ours makes a token neither forged nor expired.
                options={"require": ["exp", "iat", "sub", "iss", "aud"], "verify_iat": False},
            )
            principal = Principal(
                user_id=UUID(claims["sub"]),
                session_id=UUID(claims["sid"]) if "sid" in claims else None,
                role_ids=frozenset(map(str, claims["roles"])),
                team_id=UUID(claims["team"]) if "team" in claims else None,
            )
            return VerifiedToken(principal, int(claims["iat_ms"]), int(claims["exp"]))
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("TOKEN_EXPIRED", "The access token has expired. Refresh the session.") from error
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError) as error:
            raise Unauthenticated("TOKEN_INVALID", "The access token is not valid. Sign in again.") from error

    def _key(self, kid: str) -> Ed25519PublicKey:
        if kid not in self._keys:
            self._look()
        if kid not in self._keys:
            raise jwt.InvalidTokenError("unknown key id")
        return self._keys[kid]

    def _look(self) -> None:
        """Reads the file again when it is another one; a file that cannot be read now is tried again."""
        self._look_at = time.monotonic() + LOOK_SECONDS
        try:
            version = self._stat()
            if version != self._version:
                self._read_keys()
                self._version = version
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.error("key set not read, the last one stands", file=str(self._file), error=repr(error))  # noqa: TRY400

    def _stat(self) -> tuple[int, int, int]:
        found = self._file.stat()
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _read_keys(self) -> None:
        keys = orjson.loads(self._file.read_bytes())["keys"]
        self._keys = {
            key["kid"]: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=="))
            for key in keys
            if key.get("crv") == "Ed25519"
        }
        self._checked.clear()  # a key that was taken away must not live on in remembered tokens
