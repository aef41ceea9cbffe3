"""What a handler knows about its call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, FromClause
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from crmkit.access import Principal, Scope, covers
from crmkit.access_sql import visible
from crmkit.db import transaction
from crmkit.errors import PermissionDenied, Unauthenticated
from crmkit.events.log import Beside, NewEvent, write_events
from crmkit.operations import KEEP_CALL
from crmkit.telemetry.tracing import current_traceparent

if TYPE_CHECKING:
    import asyncpg

    from crmkit.db import Row
    from crmkit.service import Runtime

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Call:
    """One RPC being served.

    `db` is a transaction for RPCs that write and an autocommit connection for those that only read; the
    kit commits. `now` is taken once, so that everything a call writes bears one time.
    """

    method: str
    runtime: Runtime
    now: datetime
    metadata: dict[str, str]
    principal: Principal | None = None
    scope: Scope = Scope.NONE
    # Of the events; a call that changes records which were there before gets one by itself.
    operation_id: UUID | None = None
    # What the caller can undo, once this call has committed; the kit tells it in a header.
    undoable_id: UUID | None = None
    request_id: UUID | None = None
    peer: str = ""
    # Seconds the caller still waits; None: it set no deadline.
    time_remaining: float | None = None
    _db: AsyncConnection | None = None
    events: list[NewEvent] = field(default_factory=list)
    committed: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    write: Callable[[Any], Awaitable[None]] | None = None

    @property
    def method_name(self) -> str:
        """The RPC without its service: "UpdateContact"."""
        return self.method.rpartition("/")[2]

    @property
    def db(self) -> AsyncConnection:
        """The connection of this call."""
        if self._db is None:
            raise RuntimeError(f"{self.method} has no database connection")
        return self._db

    @property
    def traceparent(self) -> str:
        """The W3C trace context of the call; empty when it came without one."""
        return current_traceparent() or self.metadata.get("traceparent", "")

    @property
    def reads(self) -> asyncpg.Pool[Row]:
        """Where a Query (crmkit.queries) reads without a transaction, each by a connection of its own."""
        return self.runtime.reads

    def require(self) -> Principal:
        """The signed-in user. Raises Unauthenticated where there is none."""
        if self.principal is None:
            raise Unauthenticated("SIGN_IN_REQUIRED", "Sign in to do this.")
        return self.principal

    def visible(self, table: FromClause) -> ColumnElement[bool]:
        """The WHERE clause of the caller's scope over the table's owner_id and team_id."""
        return visible(self.scope, self.require(), table.c.owner_id, table.c.team_id)

    def covers(self, owner_id: UUID | None, team_id: UUID | None) -> bool:
        """Whether the caller's scope reaches a record of this owner and team."""
        return covers(self.scope, self.require(), owner_id, team_id)

    def scope_of(self, object_name: str, action: str) -> Scope:
        """How far another right of the caller reaches."""
        return self.runtime.access.scope(self.require(), object_name, action)

    def demand(self, object_name: str, action: str, scope: Scope) -> None:
        """Raises PermissionDenied unless the caller holds the right at least as wide as `scope`."""
        if self.scope_of(object_name, action) < scope:
            raise PermissionDenied(
                "PERMISSION_DENIED",
                f"You may not {action} {object_name} this far.",
                object=object_name,
                action=action,
            )

    def record(self, event: NewEvent) -> None:
        """Adds an event; it is written in the transaction of the change."""
        self.events.append(event)

    def after_commit(self, hook: Callable[[], Awaitable[None]]) -> None:
        """Runs `hook` once the transaction has committed. What must not be lost belongs into an event: a hook that
        fails is logged, and the call succeeds, since what it did is done."""
        self.committed.append(hook)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction, as `db` while it lasts; on success the events recorded in it go into the log, it is
        committed, and the hooks run.

        The kit opens one around every handler that writes. A handler named in its Servicer's `own_connections`
        opens them itself, one after the other: to keep slow work outside, or to keep what it wrote although it
        refuses the call.
        """
        try:
            async with transaction(self.runtime.writer) as self._db:
                yield self._db
                await self._write_events(self._db)
            for hook in self.committed:
                try:
                    await hook()
                except Exception:
                    log.exception("hook after the commit failed", rpc=self.method)
        finally:
            self._db = None
            self.events, self.committed = [], []

    async def _write_events(self, db: AsyncConnection) -> None:
        """Writes what was recorded, with the operation that it is where the service offers undo."""
        if self.operation_id is None and any(event.before is not None for event in self.events):
            self.operation_id = uuid7()
        beside = self._kept_operation()
        await write_events(
            db,
            self.events,
            actor_id=self.principal.user_id if self.principal else None,
            operation_id=self.operation_id,
            traceparent=self.traceparent,
            now=self.now,
            beside=beside,
        )
        if beside is not None:
            self.undoable_id = self.operation_id

    def _kept_operation(self) -> Beside | None:
        kinds = {event.aggregate_type for event in self.events}
        if self.operation_id is None or len(kinds) != 1 or not kinds <= self.runtime.service.operations.keys():
            return None
        user = self.principal
        parameters = {
            "kept_method": self.method_name,
            "kept_object": kinds.pop(),
            "kept_owner_id": user.user_id if user else None,
            "kept_team_id": user.team_id if user else None,
            "kept_request_id": self.request_id,
            "kept_count": len(self.events),
        }
        return Beside(KEEP_CALL, parameters)
