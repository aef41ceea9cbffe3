"""Rows of imports and of what they refused. Functions take the connection first and never commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.paging import Page
from services.contacts.domain.importing.fold import Mode
from services.contacts.domain.importing.headers import ColumnMapping
from services.contacts.domain.importing.plan import Options, Plan
from services.contacts.store.import_tables import contact_import, import_rejected_row

QUEUED, RUNNING, SUCCEEDED, FAILED = "QUEUED", "RUNNING", "SUCCEEDED", "FAILED"


@dataclass(frozen=True, slots=True)
class Import:
    """An import as stored; see the table for what the columns hold."""

    id: UUID
    file_id: UUID
    filename: str
    size: int
    position: int
    options: dict[str, Any]
    dry_run: bool
    state: str
    record_count: int
    created_count: int
    updated_count: int
    unchanged_count: int
    rejected_count: int
    error: str
    operation_id: UUID
    traceparent: str
    rights: dict[str, Any]
    created_at: datetime
    finished_at: datetime | None
    owner_id: UUID
    team_id: UUID | None

    @property
    def progress(self) -> float:
        """Share of the file handled, 0 to 1; 1 only when it is done."""
        if self.state == SUCCEEDED:
            return 1.0
        return min(self.position / self.size, 0.99) if self.size else 0.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What a chunk of records came to."""

    records: int
    created: int
    updated: int
    unchanged: int
    rejected: int


def kept_options(plan: Plan, mode: Mode) -> dict[str, Any]:
    """Complete options as kept in the column `options`; `options_of` reads them back."""
    return {
        "encoding": plan.encoding,
        "delimiter": plan.dialect.delimiter,
        "mapping": [[entry.column, entry.field, entry.confidence] for entry in plan.mapping],
        "region": plan.region,
        "locale": plan.locale,
        "mode": mode,
        "quote": plan.dialect.quote,
        "has_header": plan.has_header,
    }


def options_of(kept: dict[str, Any]) -> Options:
    """The options kept with an import, without the mode; older ones say nothing of quotes and header."""
    names = ("encoding", "delimiter", "region", "locale")
    mapping = tuple(ColumnMapping(*entry) for entry in kept["mapping"])
    texts = {name: str(kept[name]) for name in names}
    return Options(**texts, mapping=mapping, quote=kept.get("quote"), has_header=kept.get("has_header"))


COLUMNS: Final = tuple(contact_import.c)


def from_row(row: Row[*tuple[Any, ...]]) -> Import:
    """The import in a row of COLUMNS."""
    return Import(**row._mapping)


async def add(db: AsyncConnection, values: dict[str, Any]) -> Import:
    """A new import, queued."""
    row = (await db.execute(insert(contact_import).values(values).returning(*COLUMNS))).one()
    return from_row(row)


async def get(db: AsyncConnection, id: UUID, visible: ColumnElement[bool]) -> Import | None:
    """One import."""
    row = (await db.execute(select(*COLUMNS).where(contact_import.c.id == id, visible))).first()
    return None if row is None else from_row(row)


async def size_of(db: AsyncConnection, id: UUID) -> int:
    """Bytes of an import's file; 0 when there is no such import."""
    size = await db.execute(select(contact_import.c.size).where(contact_import.c.id == id))
    return int(size.scalar_one_or_none() or 0)


async def listed(db: AsyncConnection, page: Page, visible: ColumnElement[bool]) -> tuple[list[Import], str]:
    """A page of imports and the token of the next."""
    rows, token = page.cut((await db.execute(page.apply(select(*COLUMNS).where(visible)))).all())
    return [from_row(row) for row in rows], token


async def rejected(db: AsyncConnection, page: Page, import_id: UUID) -> tuple[Sequence[Row[*tuple[Any, ...]]], str]:
    """A page of rejected rows in order of record, and the token of the next."""
    columns = [column for column in import_rejected_row.c if column.name != "import_id"]
    statement = select(*columns).where(import_rejected_row.c.import_id == import_id)
    return page.cut((await db.execute(page.apply(statement))).all())


async def start(db: AsyncConnection, id: UUID) -> Import | None:
    """Takes an import to work on, at its beginning or where it was left; None when it is done or gone.

    A dry run leaves nothing behind to go on from: it begins again.
    """
    running = update(contact_import).where(contact_import.c.id == id, contact_import.c.state.in_((QUEUED, RUNNING)))
    row = (await db.execute(running.values(state=RUNNING).returning(*COLUMNS))).first()
    if row is None:
        return None
    if not row.dry_run or row.record_count == 0:
        return from_row(row)
    await db.execute(delete(import_rejected_row).where(import_rejected_row.c.import_id == id))
    zero = {column.name: 0 for column in COLUMNS if column.name.endswith("_count") or column.name == "position"}
    again = update(contact_import).where(contact_import.c.id == id).values(zero).returning(*COLUMNS)
    return from_row((await db.execute(again)).one())


async def advance(db: AsyncConnection, id: UUID, read: int, counts: Counts, position: int) -> bool:
    """Counts a chunk behind record `read`. False when somebody else has read on from there: nothing was counted."""
    mine = update(contact_import).where(
        contact_import.c.id == id, contact_import.c.record_count == read, contact_import.c.state == RUNNING
    )
    values = {
        "position": position,
        "record_count": read + counts.records,
        "created_count": contact_import.c.created_count + counts.created,
        "updated_count": contact_import.c.updated_count + counts.updated,
        "unchanged_count": contact_import.c.unchanged_count + counts.unchanged,
        "rejected_count": contact_import.c.rejected_count + counts.rejected,
    }
    return (await db.execute(mine.values(values))).rowcount == 1


async def finish(db: AsyncConnection, id: UUID, state: str, now: datetime, error: str) -> Import | None:
    """Ends a running import; returns it, None when it runs no longer."""
    ended = update(contact_import).where(contact_import.c.id == id, contact_import.c.state == RUNNING)
    row = (await db.execute(ended.values(state=state, error=error, finished_at=now).returning(*COLUMNS))).first()
    return None if row is None else from_row(row)
