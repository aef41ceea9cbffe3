"""Refresh tokens: 256 random bits, valid once, each sealing its successor.

The table holds only hashes. Two tabs of a browser may present the same token at once; within GRACE the second
gets the very same successor, so a session always has one chain of tokens, and a thief who joins it is found out at
the next rotation. To hand out the successor again without keeping it, the row of the used token holds it sealed
under that token: who lacks the token can do nothing with the row.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

SESSION_LIFETIME = timedelta(days=30)  # since the last refresh
LONGEST_SESSION = timedelta(days=90)  # since the sign-in, however often it is refreshed
GRACE = timedelta(seconds=10)
_BYTES = 32


def expiry(began_at: datetime, now: datetime) -> datetime:
    """Until when a session that is used now can be refreshed."""
    return min(now + SESSION_LIFETIME, began_at + LONGEST_SESSION)


def new_token() -> str:
    """A fresh refresh token, 43 characters of base64url."""
    return _encode(secrets.token_bytes(_BYTES))


def token_hash(token: str) -> bytes | None:
    """What the table knows a token by; None when the text cannot be one."""
    raw = _decode(token)
    return None if raw is None else hashlib.sha256(raw).digest()


def seal_successor(token: str, successor: str) -> bytes:
    """The successor, readable only with `token`: a one-time pad, since a token seals one successor, once."""
    return _xor(_pad(token), _must(successor))


def open_successor(token: str, sealed: bytes) -> str:
    """The inverse of `seal_successor`."""
    return _encode(_xor(_pad(token), sealed))


def _pad(token: str) -> bytes:
    return hmac.digest(_must(token), b"successor", "sha256")


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(token: str) -> bytes | None:
    try:
        raw = base64.b64decode(token + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == _BYTES else None


def _must(token: str) -> bytes:
    raw = _decode(token)
    if raw is None:
        raise ValueError("not a refresh token")
    return raw
