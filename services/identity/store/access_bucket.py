"""The key-value bucket that every process mirrors: rights of roles, the tree of teams, and what is ended.

Whoever writes a role or a team reads the bucket's revision first and the database after it, and writes only onto that
revision: of two writers at once the later state wins, whichever is faster.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from uuid import UUID

import orjson
from nats.aio.client import Client
from nats.js.errors import APIError, KeyNotFoundError, KeyWrongLastSequenceError, NoKeysError
from nats.js.kv import KeyValue
from sqlalchemy import true
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.access_mirror import TEAM_PREFIX, access_bucket
from services.identity.domain.rights import to_names
from services.identity.store import roles, teams

# Seconds to wait for the broker; a change of rights must not hang on a broker that is away.
_TIMEOUT = 2.0
# JetStream: somebody else has written the key since it was read.
_WRONG_LAST_SEQUENCE = 10071
_ENDINGS = ("user.", "session.")


async def open_bucket(client: Client) -> KeyValue:
    """The bucket, created when it is not there yet. Raises nats.errors.Error."""
    return await access_bucket(client.jetstream(timeout=_TIMEOUT))


async def put_role(bucket: KeyValue, db: AsyncConnection, role_id: str) -> bool:
    """Publishes the rights of a role as the database has them now. Returns whether the bucket knew of the role."""

    async def current(_old: bytes | None) -> bytes:
        return orjson.dumps(to_names((await roles.get(db, role_id, true())).rights))

    return await _put(bucket, f"role.{role_id}", current)


async def put_team(bucket: KeyValue, db: AsyncConnection, team_id: UUID) -> None:
    """Publishes a team's place in the tree as the database has it now, or that the team is gone."""

    async def current(_old: bytes | None) -> bytes | None:
        place = await teams.tree(db, team_id)
        return _place(place[team_id]) if place else None

    await _put(bucket, f"{TEAM_PREFIX}{team_id}", current)


async def put_tree(bucket: KeyValue, db: AsyncConnection) -> None:
    """Publishes every team whose place differs, and takes away those that are gone."""
    known = {}
    watcher = await bucket.watch(f"{TEAM_PREFIX}*", ignore_deletes=True)
    try:
        while (entry := await watcher.updates(timeout=_TIMEOUT)) is not None:  # type: ignore[no-untyped-call]
            known[UUID(entry.key.removeprefix(TEAM_PREFIX))] = entry.value
    finally:
        await watcher.stop()  # type: ignore[no-untyped-call]
    wanted = {team_id: _place(parent_id) for team_id, parent_id in (await teams.tree(db)).items()}
    for team_id in known.keys() | wanted.keys():
        if known.get(team_id) != wanted.get(team_id):
            await put_team(bucket, db, team_id)


def _place(parent_id: UUID | None) -> bytes:
    return orjson.dumps({"parent_id": str(parent_id) if parent_id else None})


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
        if not key.startswith(_ENDINGS):
            continue
        value = (await bucket.get(key)).value or b"{}"
        ended_ms = max(orjson.loads(value).values(), default=0)
        if ended_ms < before_ms:
            await bucket.purge(key)
    await bucket.purge_deletes(olderthan=int(time.time() - before_ms / 1000))


async def _put(bucket: KeyValue, key: str, value: Callable[[bytes | None], Awaitable[bytes | None]]) -> bool:
    """Writes what `value` makes of the present entry, or deletes it for None. Returns whether there was one."""
    while True:
        try:
            entry = await bucket.get(key)
            old, revision = entry.value, entry.revision or 0
        except KeyNotFoundError as missing:  # a purged key has a revision, too
            entry_before = getattr(missing, "entry", None)
            old, revision = None, (entry_before.revision if entry_before else 0) or 0
        wanted = await value(old)
        if wanted == old:
            return old is not None
        try:
            if wanted is None:
                await bucket.delete(key, last=revision)
            else:
                await bucket.update(key, wanted, last=revision)
        except KeyWrongLastSequenceError:
            continue  # somebody wrote in between: read again
        except APIError as error:
            if error.err_code != _WRONG_LAST_SEQUENCE:
                raise
            continue
        return old is not None
