"""Operations: changes of one or many records that are told of, carried out and undone as a whole.

A row of `operation` says who changed what, how far it is, and in which transactions: the events of an operation are
found through the log's index of transactions, and the log needs no further one. What is still to be done is a list
of ids in the row, fixed when the change was asked for, so that a job can break off anywhere and never does a record
twice. Functions take the connection first and never commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Index,
    Row,
    Table,
    Text,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    null,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crmkit.events.tables import PostgresType
from crmkit.tables import id_column, new_metadata, owned_columns

QUEUED, RUNNING, SUCCEEDED, FAILED = "QUEUED", "RUNNING", "SUCCEEDED", "FAILED"
# How long an operation can be undone after it ended, and how long it is known at all.
UNDO_WITHIN: Final = timedelta(hours=24)
KEEP: Final = timedelta(days=7)
# Skipped records that are named; more are only counted.
MAX_SKIPPED: Final = 1_000

metadata = new_metadata()
_INSTANT = DateTime(timezone=True)


def _count(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default="0")


# Owner and team are those of who asked for it.
operation = Table(
    "operation",
    metadata,
    id_column(),
    Column("method", Text, nullable=False),
    Column("object", Text, nullable=False),
    *owned_columns(),
    # Of the call, so that its repetition tells the same operation.
    Column("request_id", Uuid),
    Column("state", Text, nullable=False, server_default=SUCCEEDED),
    # What to do and with which rights (crmkit/operations_run.py); NULL when the call itself did it.
    Column("plan", JSONB),
    # The records to do it to; NULL once done.
    Column("targets", ARRAY(Uuid)),
    _count("matched_count"),
    _count("changed_count"),
    _count("unchanged_count"),
    _count("skipped_count"),
    # [[id, reason]]
    Column("skipped", JSONB, nullable=False, server_default=text("'[]'::jsonb")),
    Column("error", Text, nullable=False, server_default=""),
    Column("undoes", Uuid),
    Column("undone_by", Uuid),
    # The transactions that wrote its events.
    Column("xids", PostgresType("xid8[]"), nullable=False, server_default=text("ARRAY[pg_current_xact_id()]")),
    # How far an undo has walked the events of what it undoes (crmkit/operations_walk.py).
    Column("walked_xid", PostgresType("xid8")),
    _count("walked_position"),
    Column("traceparent", Text, nullable=False, server_default=""),
    Column("created_at", _INSTANT, nullable=False, index=True),
    Column("finished_at", _INSTANT),
    Index("ix_operation_request", "request_id", postgresql_where=text("request_id IS NOT NULL")),
)

_ADD_WALK = """
    ALTER TABLE operation ADD COLUMN IF NOT EXISTS walked_xid xid8,
        ADD COLUMN IF NOT EXISTS walked_position bigint NOT NULL DEFAULT 0
"""


def create_operation_table(connection: Connection) -> None:
    """For a migration of a service that offers undo."""
    metadata.create_all(connection)


def add_undo_walk(connection: Connection) -> None:
    """For a migration after one that created the table before undo walked the log."""
    connection.execute(text(_ADD_WALK))


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as stored, without its targets; see the table for what the columns hold."""

    id: UUID
    method: str
    object: str
    owner_id: UUID | None
    team_id: UUID | None
    state: str
    plan: dict[str, Any] | None
    matched_count: int
    changed_count: int
    unchanged_count: int
    skipped_count: int
    skipped: list[list[str]]
    error: str
    undoes: UUID | None
    undone_by: UUID | None
    walked_xid: int | None
    walked_position: int
    traceparent: str
    created_at: datetime
    finished_at: datetime | None

    @property
    def done_count(self) -> int:
        """Records handled so far."""
        return self.changed_count + self.unchanged_count + self.skipped_count

    @property
    def progress(self) -> float:
        """Share of the records handled, 0 to 1; 1 only when it has succeeded."""
        if self.state == SUCCEEDED:
            return 1.0
        return min(self.done_count / self.matched_count, 0.99) if self.matched_count else 0.0

    @property
    def undo_expires_at(self) -> datetime | None:
        """Until when it can be undone; None while it runs and once it is undone."""
        if self.finished_at is None or self.undone_by is not None:
            return None
        return self.finished_at + UNDO_WITHIN


@dataclass(frozen=True, slots=True)
class Batch:
    """The next records to handle."""

    ids: Sequence[UUID]
    # Whether no more follow.
    last: bool
    # Of an undo: events met that belong to records of earlier ones, and the place of the last event met.
    repeated: int = 0
    xid: int | None = None
    position: int = 0


_COLUMNS = [operation.c[name] for name in Operation.__dataclass_fields__]
_THIS = operation.c.id == bindparam("this", type_=Uuid)
_GET = select(*_COLUMNS).where(_THIS)
_LOCK = _GET.with_for_update()
# The change of one call, kept beside its events (crmkit.events.log.Beside). A call whose transactions are its own may
# write several times.
KEEP_CALL: Final = """
    INSERT INTO operation (id, method, object, owner_id, team_id, request_id, matched_count, changed_count, traceparent,
                           created_at, finished_at)
    VALUES (:operation_id, :kept_method, :kept_object, :kept_owner_id, :kept_team_id, :kept_request_id, :kept_count,
            :kept_count, :traceparent, :now, :now)
    ON CONFLICT (id) DO UPDATE SET
        xids = array_append(operation.xids, pg_current_xact_id()),
        matched_count = operation.matched_count + excluded.matched_count,
        changed_count = operation.changed_count + excluded.changed_count
"""


def _from(row: Row[*tuple[Any, ...]]) -> Operation:
    return Operation(*row)


async def add(db: AsyncConnection, values: Mapping[str, Any], targets: Sequence[UUID]) -> Operation:
    """A new operation on `targets`, which are handled in their order."""
    row = {"matched_count": len(targets)} | dict(values) | {"targets": list(targets)}
    return _from((await db.execute(insert(operation).values(row).returning(*_COLUMNS))).one())


async def get(db: AsyncConnection, id: UUID, visible: ColumnElement[bool]) -> Operation | None:
    """One operation."""
    row = (await db.execute(_GET.where(visible), {"this": id})).first()
    return None if row is None else _from(row)


async def lock(db: AsyncConnection, id: UUID, visible: ColumnElement[bool] | None = None) -> Operation | None:
    """One operation, which nobody else carries out or undoes until the transaction ends."""
    statement = _LOCK if visible is None else _LOCK.where(visible)
    row = (await db.execute(statement, {"this": id})).first()
    return None if row is None else _from(row)


async def find(db: AsyncConnection, id: UUID) -> Operation | None:
    """One operation, whoever may see it."""
    row = (await db.execute(_GET, {"this": id})).first()
    return None if row is None else _from(row)


async def of_request(db: AsyncConnection, owner_id: UUID, method: str, request_id: UUID) -> UUID | None:
    """The operation of a call that was made with this request_id."""
    same = operation.c.request_id == request_id, operation.c.owner_id == owner_id, operation.c.method == method
    newest = select(operation.c.id).where(*same).order_by(operation.c.created_at.desc()).limit(1)
    return (await db.execute(newest)).scalar_one_or_none()


_TARGETS = text(
    "SELECT unnest(targets[CAST(:first AS integer) : CAST(:last AS integer)]) AS id FROM operation WHERE id = :id"
)


async def next_targets(db: AsyncConnection, row: Operation, most: int) -> Batch:
    """The next of its targets to handle, at most so many."""
    span = {"id": row.id, "first": row.done_count + 1, "last": row.done_count + most}
    ids = list((await db.execute(_TARGETS, span)).scalars())
    return Batch(ids, last=row.done_count + len(ids) >= row.matched_count)


async def advance(
    db: AsyncConnection,
    row: Operation,
    batch: Batch,
    *,
    changed: int,
    unchanged: int,
    skipped: list[list[str]],
    now: datetime,
) -> Operation:
    """Counts what was done to a batch of records, whose events this transaction writes; ends with the last of them."""
    done_count = row.done_count + changed + unchanged + len(skipped)
    values = {
        "state": SUCCEEDED if batch.last else RUNNING,
        # Of an undo only the end tells how many records the events were about.
        "matched_count": done_count if batch.last else row.matched_count - batch.repeated,
        "changed_count": row.changed_count + changed,
        "unchanged_count": row.unchanged_count + unchanged,
        "skipped_count": row.skipped_count + len(skipped),
        "skipped": row.skipped + skipped[: MAX_SKIPPED - len(row.skipped)],
        "xids": literal_column("array_append(xids, pg_current_xact_id())"),
        "walked_xid": batch.xid,
        "walked_position": batch.position,
        **({"targets": null(), "finished_at": now} if batch.last else {}),
    }
    changed_row = update(operation).where(operation.c.id == row.id).values(values).returning(*_COLUMNS)
    return _from((await db.execute(changed_row)).one())


async def fail(db: AsyncConnection, id: UUID, error: str, now: datetime) -> None:
    """Ends an operation that cannot go on. When it was an undo, the same can be undone again."""
    unfinished = operation.c.state.in_((QUEUED, RUNNING))
    values = {"state": FAILED, "error": error, "finished_at": now, "targets": null()}
    failed = update(operation).where(operation.c.id == id, unfinished).values(values)
    if (await db.execute(failed)).rowcount:
        await db.execute(update(operation).where(operation.c.undone_by == id).values(undone_by=null()))


async def set_undone(db: AsyncConnection, id: UUID, by: UUID) -> None:
    """Notes which operation undoes another."""
    await db.execute(update(operation).where(operation.c.id == id).values(undone_by=by))


async def note(db: AsyncConnection, id: UUID, *, changed: int, now: datetime) -> None:
    """Counts records that a job of the service's own changed, as events of this transaction tell: made at `now`.

    For an operation that was added without targets: such a job carries it out, and `end` ends it.
    """
    values = {
        "state": RUNNING,
        "changed_count": operation.c.changed_count + changed,
        **({"xids": literal_column("array_append(xids, pg_current_xact_id())")} if changed else {}),
        # Events are looked for from here on, and the job's clock is not the caller's.
        "created_at": func.least(operation.c.created_at, now),
    }
    await db.execute(update(operation).where(operation.c.id == id).values(values))


async def end(db: AsyncConnection, id: UUID, *, error: str, now: datetime) -> None:
    """Ends an operation that `note` counted; with an error as FAILED. From now on it can be undone."""
    values = {
        "state": FAILED if error else SUCCEEDED,
        "error": error,
        "matched_count": operation.c.changed_count,
        "targets": null(),
        "finished_at": now,
    }
    await db.execute(update(operation).where(operation.c.id == id).values(values))


async def expire(engine: AsyncEngine) -> None:
    """Forgets operations older than KEEP."""
    async with engine.begin() as db:
        await db.execute(delete(operation).where(operation.c.created_at < func.now() - KEEP))
