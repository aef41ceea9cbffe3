"""Password hashes: argon2id, in threads of their own so that the event loop stays free.

Parameters as recommended by the OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane; tens of milliseconds.
A hash names its own parameters, so raising them here changes old hashes at their next sign-in.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from services.identity.domain import errors

T = TypeVar("T")
_THREADS = max(2, os.cpu_count() or 2)
# More would wait longer than a person does; the caller is told to come back instead.
_MAX_WAITING = 50 * _THREADS

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="argon2")
_nobody = _hasher.hash(secrets.token_urlsafe(32))
_waiting = 0


async def hash_password(password: str) -> str:
    """The encoded hash to store. Raises Busy."""
    return await _in_thread(lambda: _hasher.hash(_normal(password)))


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password fits. Takes the same time when there is no `stored` hash. Raises Busy."""

    def verify() -> bool:
        try:
            _hasher.verify(stored or _nobody, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    return await _in_thread(verify)


def outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


def _normal(password: str) -> bytes:
    # The same password from keyboards that compose letters differently (NIST SP 800-63B, 3.1.1.2).
    return unicodedata.normalize("NFKC", password).encode()


async def _in_thread(work: Callable[[], T]) -> T:
    global _waiting  # noqa: PLW0603 - the threads belong to the process, and so does the queue before them
    if _waiting >= _MAX_WAITING:
        raise errors.Busy
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)
    finally:
        _waiting -= 1
