"""Carrying out operations: a bulk change and its undo, at once or chunk by chunk in the background.

A service says what it knows of each kind of record (`Aggregate`); rights, versions, events, counting and undo are the
same for all and are here. A chunk costs the same few statements however many records it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from crmkit import operations
from crmkit.access import Principal, Scope, covers
from crmkit.context import Call
from crmkit.db import transaction
from crmkit.errors import DomainError
from crmkit.events.log import NewEvent, write_events
from crmkit.jobs import defer
from crmkit.operations import Batch, Operation
from crmkit.operations_errors import OperationNotFound
from crmkit.operations_walk import Span, next_changed
from crmkit.versions import R, Record, stamped

# Records that are changed in the call itself, in one transaction.
AT_ONCE: Final = 1_000
# Records of one transaction of a job: others who write them wait for tenths of a second.
CHUNK: Final = 500
UPDATE, DELETE = "update", "delete"
# Also of what is there and out of reach.
NOT_FOUND = "NOT_FOUND"
State = Mapping[str, Any]


class Aggregate(Protocol[R]):
    """One kind of record, as operations need to know it."""

    async def lock(self, db: AsyncConnection, ids: Sequence[UUID]) -> Mapping[UUID, R]:
        """The records there are, in the bin or not, which nobody else can change until the transaction ends.

        Rows are locked in the order of their ids, so that two operations cannot wait for each other.
        """
        ...

    def changed(self, record: R, change: State) -> R:
        """The record with a change as `begin` was given it. Raises DomainError where the rules refuse it."""
        ...

    def restored(self, record: R, before: State, after: State) -> R:
        """The record with every field that differs between two snapshots as it is in `before`.

        `after` is what the record is now. The kit sees to version, audit and bin.
        """
        ...

    def snapshot(self, record: R) -> State:
        """The record as its events tell it."""
        ...

    async def save(self, db: AsyncConnection, changes: Sequence[tuple[R, R]]) -> Mapping[UUID, str]:
        """Writes records (before, after) whose rows are locked, with everything that follows from the change.

        Returns the reasons of those that it left as they are, for the rules that need the database.
        """
        ...


@dataclass(frozen=True, slots=True)
class Author:
    """Who asked for an operation, and how far the rights to update and delete reached then."""

    principal: Principal
    scopes: Mapping[str, Scope]

    @classmethod
    def of_call(cls, call: Call, object_name: str) -> Author:
        """The caller."""
        return cls(call.require(), {action: call.scope_of(object_name, action) for action in (UPDATE, DELETE)})

    @classmethod
    def of(cls, row: Operation) -> Author:
        """Who asked for a stored operation."""
        kept = (row.plan or {})["rights"]
        teams = tuple(UUID(team_id) for team_id in kept["team_ids"])
        assert row.owner_id is not None  # noqa: S101 - `begin` writes it
        principal = Principal(row.owner_id, None, frozenset(), row.team_id, teams)
        return cls(principal, {action: Scope(kept[action]) for action in (UPDATE, DELETE)})

    def json(self) -> dict[str, Any]:
        """As kept in the plan."""
        return {"team_ids": [str(team_id) for team_id in self.principal.team_ids], **self.scopes}

    def may(self, action: str, record: Record) -> bool:
        """Whether the right reaches the record."""
        return covers(self.scopes[action], self.principal, record.owner_id, record.team_id)


async def begin(call: Call, object_name: str, targets: Sequence[UUID], *, action: str, change: State) -> Operation:
    """Does `change` to the targets: at once, or as a job when there are many.

    `action` is the right that it needs: UPDATE or DELETE. A change of DELETE is {"deleted": bool}.
    """
    return await _begin(
        call, object_name, targets, {"action": action, "change": change}, {"matched_count": len(targets)}
    )


async def undo(call: Call, undone: Operation) -> Operation:
    """Undoes an operation that has ended: at once, or as a job that walks the log when it changed many records."""
    expected = {"matched_count": undone.changed_count, "undoes": undone.id}
    return await _begin(call, undone.object, [], {"action": UPDATE, "change": None}, expected)


async def _begin(
    call: Call, object_name: str, targets: Sequence[UUID], plan: Mapping[str, Any], about: Mapping[str, Any]
) -> Operation:
    author = Author.of_call(call, object_name)
    call.operation_id = call.undoable_id = uuid7()
    at_once = about["matched_count"] <= AT_ONCE
    values = {
        "id": call.operation_id,
        "method": call.method_name,
        "object": object_name,
        "owner_id": author.principal.user_id,
        "team_id": author.principal.team_id,
        "request_id": call.request_id,
        "state": operations.RUNNING if at_once else operations.QUEUED,
        "plan": {**plan, "rights": author.json()},
        "traceparent": call.traceparent,
        "created_at": call.now,
        **about,
    }
    row = await operations.add(call.db, values, targets)
    if not at_once:
        await defer(call.db, f"{call.runtime.service.name}:run_operation", {"operation_id": str(row.id)})
        return row
    # One event more than there are: so the batch is known to be the last.
    return await _do(call.db, call.runtime.service.operations[object_name], row, AT_ONCE + 1, call.now)


async def step(engine: AsyncEngine, kinds: Mapping[str, Aggregate[Any]], id: UUID, now: datetime) -> bool:
    """Does the next chunk of an operation in a transaction of its own; False when nothing is left to do.

    The row is locked meanwhile and counts what is done, so no record is done twice however often this runs.
    """
    async with transaction(engine) as db:
        row = await operations.lock(db, id)
        if row is None or row.state not in (operations.QUEUED, operations.RUNNING):
            return False
        row = await _do(db, kinds[row.object], row, CHUNK, now)
    return row.state == operations.RUNNING


async def _do(db: AsyncConnection, kind: Aggregate[Any], row: Operation, most: int, now: datetime) -> Operation:
    """Does the next records of an operation, at most so many, and counts them."""
    batch, spans = await _next(db, row, most)
    author, plan = Author.of(row), row.plan or {}
    chunk = _Chunk(kind, author, await kind.lock(db, batch.ids), now)
    if row.undoes is None:
        chunk.change(batch.ids, plan["action"], plan["change"])
    else:
        chunk.reverse(batch.ids, spans)
    changes = [
        (before, stamped(after, by=author.principal.user_id, now=now, deleted_at=after.deleted_at))
        for before, after in chunk.changes
    ]
    refused = await kind.save(db, changes) if changes else {}
    for key, reason in refused.items():
        chunk.skip(key, reason)
    events = [_event(kind, row.object, before, after) for before, after in changes if after.id not in refused]
    await write_events(db, events, actor_id=row.owner_id, operation_id=row.id, traceparent=row.traceparent, now=now)
    return await operations.advance(
        db, row, batch, changed=len(events), unchanged=chunk.unchanged, skipped=chunk.skipped, now=now
    )


async def _next(db: AsyncConnection, row: Operation, most: int) -> tuple[Batch, Mapping[UUID, Span]]:
    """The next records, and of an undo what was made of them."""
    if row.undoes is None:
        return await operations.next_targets(db, row, most), {}
    undone = await operations.find(db, row.undoes)
    if undone is None:
        raise OperationNotFound
    return await next_changed(db, row, undone, most)


@dataclass(slots=True)
class _Chunk:
    """Decides what becomes of some records."""

    kind: Aggregate[Any]
    author: Author
    # The records there are.
    held: Mapping[UUID, Any]
    now: datetime
    changes: list[tuple[Any, Any]] = field(default_factory=list)
    unchanged: int = 0
    skipped: list[list[str]] = field(default_factory=list)

    def change(self, ids: Sequence[UUID], action: str, change: State) -> None:
        """Makes a change to each."""
        for key in ids:
            record = self.held.get(key)
            if record is None or not self.author.may(action, record):
                self.skip(key, NOT_FOUND)
            elif action == DELETE:
                self._take(action, record, _binned(record, self.now if change["deleted"] else None))
            elif record.deleted_at is not None:
                self.skip(key, NOT_FOUND)
            else:
                try:
                    after = self.kind.changed(record, change)
                except DomainError as refusal:
                    self.skip(key, refusal.reason)
                else:
                    self._take(action, record, after)

    def reverse(self, ids: Sequence[UUID], spans: Mapping[UUID, Span]) -> None:
        """Puts each back to where an operation found it."""
        for key in ids:
            record, span = self.held.get(key), spans.get(key)
            if record is None or span is None or not (self._may(UPDATE, record) or self._may(DELETE, record)):
                self.skip(key, NOT_FOUND)
            elif record.version != span.last:
                self.skip(key, "CHANGED_SINCE")
            elif span.before is None:
                self._put_back(record, replace(record, deleted_at=self.now))
            else:
                after = self.kind.restored(record, span.before, span.after)
                self._put_back(record, replace(after, deleted_at=_deleted_at(span.before)))

    def skip(self, key: UUID, reason: str) -> None:
        """Leaves a record as it is."""
        self.skipped.append([str(key), reason])

    def _put_back(self, record: Record, after: Record) -> None:
        action = UPDATE if after.deleted_at == record.deleted_at else DELETE
        if self._may(action, record):
            self._take(action, record, after)
        else:
            self.skip(record.id, NOT_FOUND)

    def _take(self, action: str, record: Record, after: Record) -> None:
        if after == record:
            self.unchanged += 1
        elif not self._may(action, after):
            self.skip(record.id, "OWNER_OUT_OF_SCOPE")
        else:
            self.changes.append((record, after))

    def _may(self, action: str, record: Record) -> bool:
        return self.author.may(action, record)


def _deleted_at(state: State) -> datetime | None:
    moment = state["audit"]["delete_time"]
    return None if moment is None else datetime.fromisoformat(moment)


def _binned(record: R, deleted_at: datetime | None) -> R:
    """In the bin, or out of it; one that is there already stays as it is."""
    there = (record.deleted_at is None) == (deleted_at is None)
    return record if there else replace(record, deleted_at=deleted_at)


def _event(kind: Aggregate[Any], object_name: str, before: Record, after: Record) -> NewEvent:
    verb = "updated"
    if (before.deleted_at is None) != (after.deleted_at is None):
        verb = "deleted" if before.deleted_at is None else "undeleted"
    states = kind.snapshot(before), kind.snapshot(after)
    return NewEvent(f"{object_name}.{verb}", object_name, after.id, after.version, *states)
