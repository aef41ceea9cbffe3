"""The key-value bucket that every process mirrors: rights of roles, and what is ended.

Whoever writes a role reads the bucket's revision first and the database after it, and writes only onto that
revision: of two writers at once the later state wins, whichever is faster.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import orjson
from nats.aio.client import Client
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError, NoKeysError
from nats.js.kv import KeyValue
from sqlalchemy import true
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.access_mirror import access_bucket
from services.identity.domain.rights import to_names
from services.identity.store import roles

# Seconds to wait for the broker; a change of rights must not hang on a broker that is away.
_TIMEOUT = 2.0


async def open_bucket(client: Client) -> KeyValue:
    """The bucket, created when it is not there yet. Raises nats.errors.Error."""
    return await access_bucket(client.jetstream(timeout=_TIMEOUT))


async def put_role(bucket: KeyValue, db: AsyncConnection, role_id: str) -> bool:
    """Publishes the rights of a role as the database has them now. Returns whether the bucket knew of the role."""

    async def current(_old: bytes | None) -> bytes:
        return orjson.dumps(to_names((await roles.get(db, role_id, true())).rights))

    return await _put(bucket, f"role.{role_id}", current)


async def end_tokens(bucket: KeyValue, user_id: UUID, not_before_ms: int) -> None:
    """Ends every access token of the user issued at or before the instant."""

    async def later(old: bytes | None) -> bytes:
        known = int(orjson.loads(old)["not_before_ms"]) if old else 0
        return orjson.dumps({"not_before_ms": max(known, not_before_ms)})

    await _put(bucket, f"user.{user_id}", later)


async def end_session(bucket: KeyValue, session_id: UUID, ended_ms: int) -> None:
    """Ends the access tokens of one session."""

    async def ended(_old: bytes | None) -> bytes:
        return orjson.dumps({"ended_ms": ended_ms})

    await _put(bucket, f"session.{session_id}", ended)


async def forget_endings(bucket: KeyValue, before_ms: int) -> None:
    """Removes endings so old that no token from before them is valid any more."""
    try:
        keys = await bucket.keys()
    except NoKeysError:
        return
    for key in keys:
        if key.startswith("role."):
            continue
        value = (await bucket.get(key)).value or b"{}"
        ended_ms = max(orjson.loads(value).values(), default=0)
        if ended_ms < before_ms:
            await bucket.purge(key)
    await bucket.purge_deletes(olderthan=int(time.time() - before_ms / 1000))


async def _put(bucket: KeyValue, key: str, value: Callable[[bytes | None], Awaitable[bytes]]) -> bool:
    """Writes what `value` makes of the present entry. Returns whether there was one."""
    while True:
        try:
            entry = await bucket.get(key)
            old, revision = entry.value, entry.revision or 0
        except KeyNotFoundError as missing:  # a purged key has a revision, too
            entry_before = getattr(missing, "entry", None)
            old, revision = None, (entry_before.revision if entry_before else 0) or 0
        wanted = await value(old)
        if wanted == old:
            return True
        try:
            await bucket.update(key, wanted, last=revision)
        except KeyWrongLastSequenceError:
            continue  # somebody wrote in between: read again
        return old is not None
