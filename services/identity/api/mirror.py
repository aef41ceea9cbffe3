"""Telling every process at once, right after the commit.

The worker does the same from the database (workers/access_mirror.py), a moment later and for certain; so when the
broker is away here, that is logged and nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import nats.errors
import structlog

from crmkit.context import Call
from services.identity.domain.users import User
from services.identity.store import access_bucket
from services.identity.store.sessions import Session

log = structlog.get_logger(__name__)


def end_tokens_after_commit(call: Call, users: Sequence[User]) -> None:
    """Refuses the access tokens of these users everywhere, by their `not_before_ms`."""

    async def publish() -> None:
        try:
            bucket = await access_bucket.open_bucket(call.runtime.nats)
            for user in users:
                await access_bucket.end_tokens(bucket, user.id, user.not_before_ms)
        except (nats.errors.Error, OSError) as error:
            log.warning("endings of sessions will follow", error=str(error))

    call.after_commit(publish)


def end_sessions_after_commit(call: Call, sessions: Sequence[Session]) -> None:
    """Refuses the access tokens of these sessions everywhere."""
    ended_ms = int(call.now.timestamp() * 1000)

    async def publish() -> None:
        try:
            bucket = await access_bucket.open_bucket(call.runtime.nats)
            for session in sessions:
                await access_bucket.end_session(bucket, session.id, ended_ms)
        except (nats.errors.Error, OSError) as error:
            log.warning("endings of sessions will follow", error=str(error))

    if sessions:
        call.after_commit(publish)


def publish_role_after_commit(call: Call, role_id: str) -> None:
    """Puts the new rights of a role in force everywhere."""

    async def publish() -> None:
        try:
            bucket = await access_bucket.open_bucket(call.runtime.nats)
            async with call.runtime.writer.connect() as db:
                await access_bucket.put_role(bucket, db, role_id)
        except (nats.errors.Error, OSError) as error:
            log.warning("rights of a role will follow", role=role_id, error=str(error))

    call.after_commit(publish)


def publish_team_after_commit(call: Call, team_id: UUID) -> None:
    """Puts a team's new place, or its end, in force everywhere."""

    async def publish() -> None:
        try:
            bucket = await access_bucket.open_bucket(call.runtime.nats)
            async with call.runtime.writer.connect() as db:
                await access_bucket.put_team(bucket, db, team_id)
        except (nats.errors.Error, OSError) as error:
            log.warning("a team's place will follow", team=str(team_id), error=str(error))

    call.after_commit(publish)
