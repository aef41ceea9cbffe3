"""Who calls, and how far their rights reach.

Roles give each (object, action) a scope; the matrix and the endings of sessions live in the NATS key-value
bucket `crm_access`, written by identity and mirrored in every process, so that a change is in force at once
and a request costs no look-up.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from uuid import UUID

import nats.errors
import orjson
import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig, StorageType
from nats.js.errors import BucketNotFoundError
from nats.js.kv import KeyValue
from sqlalchemy import ColumnElement, false, or_, true

from crmkit.cancellation import stop_if_cancelled
from crmkit.errors import Unauthenticated

BUCKET = "crm_access"
log = structlog.get_logger(__name__)


class Scope(IntEnum):
    """How far a right reaches; wider is greater."""

    NONE = 1
    OWN = 2
    TEAM = 3
    ALL = 4


@dataclass(frozen=True, slots=True)
class Principal:
    """The signed-in user of a request."""

    user_id: UUID
    session_id: UUID | None
    role_ids: frozenset[str]
    team_id: UUID | None
    # The user's team and every team below it.
    team_ids: tuple[UUID, ...] = ()


RoleMatrix = Mapping[str, Mapping[str, str]]


@dataclass
class AccessDirectory:
    """This process's mirror of the role matrix and of ended sessions.

    Entries of the bucket: `role.<role id>` = {"contact": {"read": "all"}}; `user.<uuid>` = {"not_before_ms": int},
    which ends what was issued until then; `session.<uuid>` = {"ended_ms": int}, which ends one session.
    """

    roles: dict[str, dict[str, dict[str, Scope]]] = field(default_factory=dict)
    not_before_ms: dict[UUID, int] = field(default_factory=dict)
    ended_sessions: set[UUID] = field(default_factory=set)

    def scope(self, principal: Principal, object_name: str, action: str) -> Scope:
        """The widest scope that any role of the principal gives."""
        widest = Scope.NONE
        for role_id in principal.role_ids:
            given = self.roles.get(role_id, {}).get(object_name, {}).get(action, Scope.NONE)
            widest = max(widest, given)
        return widest

    def check_session(self, principal: Principal, issued_ms: int) -> None:
        """Raises Unauthenticated (SESSION_ENDED) when the token's session, or all of the user's, ended since."""
        ended = self.not_before_ms.get(principal.user_id)
        if (ended is not None and issued_ms <= ended) or principal.session_id in self.ended_sessions:
            raise Unauthenticated("SESSION_ENDED", "Your session has ended. Sign in again.")

    def set_role(self, role_id: str, matrix: RoleMatrix) -> None:
        """Takes over one role's rights: {"contact": {"read": "all"}}."""
        self.roles[role_id] = {
            object_name: {action: Scope[scope.upper()] for action, scope in actions.items()}
            for object_name, actions in matrix.items()
        }

    def take(self, key: str, value: bytes | None) -> None:
        """Takes over one entry of the bucket; `value` is None when the entry was deleted."""
        kind, _, identifier = key.partition(".")
        if kind == "role":
            if value is None:
                self.roles.pop(identifier, None)
            else:
                self.set_role(identifier, orjson.loads(value))
        elif kind == "user":
            if value is None:
                self.not_before_ms.pop(UUID(identifier), None)
            else:
                self.not_before_ms[UUID(identifier)] = int(orjson.loads(value)["not_before_ms"])
        elif kind == "session":
            if value is None:
                self.ended_sessions.discard(UUID(identifier))
            else:
                self.ended_sessions.add(UUID(identifier))


async def access_bucket(js: JetStreamContext) -> KeyValue:
    """The bucket, created when it is not there yet."""
    try:
        return await js.key_value(BUCKET)
    except BucketNotFoundError:
        return await js.create_key_value(KeyValueConfig(bucket=BUCKET, history=1, storage=StorageType.FILE))


async def mirror_access(client: Client, directory: AccessDirectory, loaded: asyncio.Event) -> None:
    """Keeps `directory` equal to the bucket until cancelled; sets `loaded` once all entries were read.

    A watcher can fall silent when the broker restarts, so it is made anew after every reconnect, and in any
    case every 30 seconds, which bounds how stale a mirror can get.
    """
    while True:
        stop_if_cancelled()
        try:
            watcher = await (await access_bucket(client.jetstream())).watchall()
            try:
                await _follow(client, watcher, directory, loaded)
            finally:
                await watcher.stop()  # type: ignore[no-untyped-call]
        except (nats.errors.Error, OSError) as error:
            log.warning("access mirror interrupted", error=str(error))
            await asyncio.sleep(0.5)  # the broker is away: nothing to await but time


async def _follow(
    client: Client, watcher: KeyValue.KeyWatcher, directory: AccessDirectory, loaded: asyncio.Event
) -> None:
    """Takes over updates until the connection was lost and restored, or 30 seconds have passed."""
    reconnects = client.stats["reconnects"]
    until = time.monotonic() + 30
    while time.monotonic() < until and client.stats["reconnects"] == reconnects:
        stop_if_cancelled()
        try:
            entry = await watcher.updates(timeout=1.0)  # type: ignore[no-untyped-call]
        except nats.errors.TimeoutError:
            continue
        if entry is None:  # all present entries were delivered
            loaded.set()
        else:
            directory.take(entry.key, None if entry.operation in ("DEL", "PURGE") else entry.value)


def visible(
    scope: Scope, principal: Principal, owner: ColumnElement[UUID | None], team: ColumnElement[UUID | None]
) -> ColumnElement[bool]:
    """The WHERE clause of a scope over the columns of owner and team."""
    if scope is Scope.ALL:
        return true()
    if scope is Scope.TEAM:
        if not principal.team_ids:
            return owner == principal.user_id
        return or_(owner == principal.user_id, team.in_(principal.team_ids))
    if scope is Scope.OWN:
        return owner == principal.user_id
    return false()


def covers(scope: Scope, principal: Principal, owner_id: UUID | None, team_id: UUID | None) -> bool:
    """The same decision as `visible`, for a record already in hand."""
    if scope is Scope.ALL:
        return True
    if owner_id == principal.user_id and scope >= Scope.OWN:
        return True
    return scope is Scope.TEAM and team_id is not None and team_id in principal.team_ids


def widest(scopes: Iterable[Scope]) -> Scope:
    """The widest of several scopes; NONE when there is none."""
    return max(scopes, default=Scope.NONE)
