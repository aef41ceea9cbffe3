"""Notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from crmkit.access import Principal
from crmkit.paging import AnySelect
from services.activities.domain.note import MAX_PINNED
from services.activities.store.tables import note

NoteRow = Row[*tuple[Any, ...]]


async def get(db: AsyncConnection, note_id: UUID, seen: ColumnElement[bool]) -> NoteRow | None:
    """A note within `seen` that is not in the bin."""
    query = select(note).where(note.c.id == note_id, note.c.deleted_at.is_(None), seen)
    return (await db.execute(query)).one_or_none()


async def lock(db: AsyncConnection, note_id: UUID, seen: ColumnElement[bool]) -> NoteRow | None:
    """A note within `seen`, also one in the bin, locked until the transaction ends, so that whoever saves second meets
    the new version."""
    query = select(note).where(note.c.id == note_id, seen).with_for_update()
    return (await db.execute(query)).one_or_none()


async def get_many(db: AsyncConnection, note_ids: Sequence[UUID]) -> dict[UUID, NoteRow]:
    """Notes by id; those in the bin are left out. No ids: no query."""
    if not note_ids:
        return {}
    rows = await db.execute(select(note).where(note.c.id.in_(note_ids), note.c.deleted_at.is_(None)))
    return {row.id: row for row in rows}


def pinned(subject_id: UUID, seen: ColumnElement[bool] | None) -> AnySelect:
    """The notes pinned to a record within `seen`, None for all, the one pinned last first; at most MAX_PINNED."""
    query = select(note).where(
        note.c.subject_id == subject_id, note.c.pinned_at.is_not(None), note.c.deleted_at.is_(None)
    )
    if seen is not None:
        query = query.where(seen)
    return query.order_by(note.c.pinned_at.desc()).limit(MAX_PINNED)


async def fetch(db: AsyncConnection, query: AnySelect) -> Sequence[NoteRow]:
    """The notes of a query."""
    return (await db.execute(query)).all()


async def create(
    db: AsyncConnection,
    writer: Principal,
    now: datetime,
    subject: tuple[str, UUID],
    *,
    body: str,
    mentioned: Sequence[UUID],
) -> NoteRow:
    """A new note of the writer about a record, given as (type, id); as stored."""
    subject_type, subject_id = subject
    values = {
        "id": uuid7(),
        "subject_type": subject_type,
        "subject_id": subject_id,
        "body": body,
        "mentioned": mentioned,
        "owner_id": writer.user_id,
        "team_id": writer.team_id,
        "created_at": now,
        "created_by": writer.user_id,
        "updated_at": now,
        "updated_by": writer.user_id,
    }
    row: NoteRow = (await db.execute(insert(note).values(values).returning(note))).one()
    return row


async def change(db: AsyncConnection, old: NoteRow, now: datetime, actor_id: UUID, **values: Any) -> NoteRow:
    """The locked note with new values and the next version, as stored."""
    stamped = {"version": old.version + 1, "updated_at": now, "updated_by": actor_id, **values}
    statement = update(note).where(note.c.id == old.id).values(stamped).returning(note)
    row: NoteRow = (await db.execute(statement)).one()
    return row
