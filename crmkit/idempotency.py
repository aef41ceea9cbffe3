"""A mutation with a `request_id` happens once: the same call again gets the stored reply.

The row is taken at the start of the transaction, so of two calls at the same time the second waits for the
first and then answers with its reply.
"""

from __future__ import annotations

import hmac
from datetime import timedelta
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import Interval, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crmkit.errors import InvalidArgument
from crmkit.queries import Query
from crmkit.tables import idempotency

KEEP = timedelta(days=1)

_KEY = (
    (idempotency.c.user_id == bindparam("user"))
    & (idempotency.c.method == bindparam("rpc"))
    & (idempotency.c.request_id == bindparam("request"))
)
_TAKE = Query(
    insert(idempotency)
    .values({name: bindparam(name) for name in ("user_id", "method", "request_id", "fingerprint")})
    .on_conflict_do_nothing()
    .returning(idempotency.c.request_id)
)
_STORED = Query(select(idempotency.c.fingerprint, idempotency.c.reply).where(_KEY))
_STORE = Query(update(idempotency).where(_KEY).values(reply=bindparam("bytes")))
# At a time: a day of writes at full speed is fifty million replies, and no statement may run for so long.
EXPIRE_ROWS = 5_000
_EXPIRE = text(
    "DELETE FROM idempotency WHERE ctid = ANY (ARRAY("
    "SELECT ctid FROM idempotency WHERE created_at < now() - :keep ORDER BY created_at LIMIT :rows))"
).bindparams(bindparam("keep", KEEP, Interval()))


def request_id_of(request: Message) -> UUID | None:
    """The request_id of a request, None when it carries none. Raises InvalidArgument for what is no UUID."""
    text = getattr(request, "request_id", "")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidArgument("REQUEST_ID_INVALID", "A request_id must be a UUID.", field="request_id") from error


def fingerprint_of(request: Message, key: bytes) -> bytes:
    """What requests are compared by. Keyed: a bare hash of a request with a password in it would be one to guess at."""
    return hmac.digest(key, b"crm request\0" + request.SerializeToString(deterministic=True), "sha256")


async def take(db: AsyncConnection, user_id: UUID, method: str, request_id: UUID, fingerprint: bytes) -> bytes | None:
    """Takes the request_id for this call. Returns the stored reply when the call was made before.

    Raises InvalidArgument (REQUEST_ID_REUSED) when the earlier call had another `fingerprint`.
    """
    row = {"user_id": user_id, "method": method, "request_id": request_id, "fingerprint": fingerprint}
    if await _TAKE.first(db, row) is not None:
        return None
    stored = (await _STORED.rows(db, {"user": user_id, "rpc": method, "request": request_id}))[0]
    if stored.fingerprint != fingerprint:
        raise InvalidArgument(
            "REQUEST_ID_REUSED", "This request_id was used for another request. Take a new one.", field="request_id"
        )
    return bytes(stored.reply)


async def store(db: AsyncConnection, user_id: UUID, method: str, request_id: UUID, reply: Message) -> None:
    """Keeps the reply, in the transaction of the change."""
    parameters = {"user": user_id, "rpc": method, "request": request_id, "bytes": reply.SerializeToString()}
    await _STORE.rows(db, parameters)


async def expire(engine: AsyncEngine) -> int:
    """Removes replies older than a day, some at a time; returns how many."""
    removed = 0
    while True:
        async with engine.begin() as db:
            found = (await db.execute(_EXPIRE, {"rows": EXPIRE_ROWS})).rowcount
        removed += found
        if found < EXPIRE_ROWS:
            return removed
