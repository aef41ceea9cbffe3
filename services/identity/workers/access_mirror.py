"""Keeps the bucket `crm_access` equal to what the database says of roles, teams and ended sessions.

Handlers write it themselves right after their commit (api/mirror.py). This follows behind, for a handler that died
in between or a broker that was away: at the start everything is compared, then what changed lately, whenever an
event of a role, a team, a user or a session passes by, and every few seconds. It looks at the state and not at the
events, so it needs no inbox, no order and no replay.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import nats.errors
import structlog
from nats.aio.msg import Msg
from nats.js.kv import KeyValue
from sqlalchemy import true
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.access_mirror import KEEP_ENDINGS_SECONDS
from crmkit.cancellation import stop_if_cancelled
from crmkit.service import Runtime
from services.identity.bootstrap import ensure_roles
from services.identity.domain.lockout import ACCOUNT
from services.identity.store import access_bucket, failures, roles, sessions, users

log = structlog.get_logger(__name__)

_KEEP = timedelta(seconds=KEEP_ENDINGS_SECONDS)
# Compared again each time: a transaction that began before the last look may have committed after it.
_OVERLAP = timedelta(minutes=1)
_LOOK_SECONDS = 10.0
_SWEEP = timedelta(hours=1)
_SUBJECTS = (
    "crm.identity.*.role.*",
    "crm.identity.*.team.*",
    "crm.identity.*.user.*",
    "crm.identity.*.session.signed_out",
)


async def keep_access(runtime: Runtime) -> None:
    """Until cancelled. Upgrades the roles at the start; sweeps out what is over every hour."""
    changed = asyncio.Event()

    async def notice(_message: Msg) -> None:
        changed.set()

    for subject in _SUBJECTS:
        await runtime.nats.subscribe(subject, cb=notice)
    looked = datetime.now(UTC) - _KEEP
    swept: datetime | None = None
    while True:
        stop_if_cancelled()
        changed.clear()
        now = datetime.now(UTC)
        try:
            if swept is None or now - swept > _SWEEP:
                await _upgrade_and_sweep(runtime, now)
                swept = now
            async with runtime.writer.connect() as db:
                await reconcile(db, await access_bucket.open_bucket(runtime.nats), looked - _OVERLAP)
            looked = now
        except (nats.errors.Error, SQLAlchemyError, OSError) as error:
            log.warning("rights not compared with their mirror; will try again", error=str(error))
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                await changed.wait()
        except TimeoutError:
            continue


async def reconcile(db: AsyncConnection, bucket: KeyValue, since: datetime) -> None:
    """Writes roles and teams that differ, and what was ended since; all that still matters when the bucket was lost."""
    known = [await access_bucket.put_role(bucket, db, role.id) for role in await roles.list_visible(db, true())]
    await access_bucket.put_tree(bucket, db)
    if not all(known):
        since = min(since, datetime.now(UTC) - _KEEP)
    for user_id, not_before_ms in await users.endings_since(db, int(since.timestamp() * 1000)):
        await access_bucket.end_tokens(bucket, user_id, not_before_ms)
    for session_id, ended_at in await sessions.ended_since(db, since):
        await access_bucket.end_session(bucket, session_id, int(ended_at.timestamp() * 1000))


async def _upgrade_and_sweep(runtime: Runtime, now: datetime) -> None:
    async with runtime.writer.begin() as db:
        await ensure_roles(db)
        await sessions.forget_expired(db, now)
        await failures.forget_old(db, now - ACCOUNT.window)
    bucket = await access_bucket.open_bucket(runtime.nats)
    await access_bucket.forget_endings(bucket, int((now - _KEEP).timestamp() * 1000))
