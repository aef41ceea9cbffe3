"""Entries of timelines and the records they belong to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Row,
    Uuid,
    and_,
    cast,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.db import dumps
from crmkit.paging import AnySelect
from services.activities.domain.timeline import Effects, Entry, Subject
from services.activities.store import people
from services.activities.store.tables import activity, note, subject

NOTE = "note"
Line = Row[*tuple[Any, ...]]

# Arrays instead of row values: one statement, one plan, whatever the size of the batch. A repeated event meets its own
# row and does nothing.
_APPEND = text("""
INSERT INTO activity (subject_id, occur_time, id, type, actor_id, operation_id, changes)
SELECT * FROM unnest(
    CAST(:subject_ids AS uuid[]), CAST(:times AS timestamptz[]), CAST(:ids AS uuid[]), CAST(:types AS text[]),
    CAST(:actor_ids AS uuid[]), CAST(:operation_ids AS uuid[]), CAST(:changes AS jsonb[])
)
ON CONFLICT DO NOTHING
""")

# In order of id, so that two batches cannot wait for each other; an older state never replaces a newer one.
_KEEP_SUBJECTS = text("""
INSERT INTO subject (id, type, version, owner_id, team_id, deleted, name)
SELECT * FROM unnest(
    CAST(:ids AS uuid[]), CAST(:types AS text[]), CAST(:versions AS bigint[]), CAST(:owner_ids AS uuid[]),
    CAST(:team_ids AS uuid[]), CAST(:deleted AS boolean[]), CAST(:names AS text[])
)
ON CONFLICT (id) DO UPDATE SET version = excluded.version, owner_id = excluded.owner_id,
    team_id = excluded.team_id, deleted = excluded.deleted, name = excluded.name
WHERE subject.version < excluded.version
""")


async def apply(db: AsyncConnection, effects: Effects) -> None:
    """Writes what a run of events did; the same run again changes nothing."""
    if effects.erased:
        await _erase(db, effects.erased)
    if effects.subjects:
        await _keep_subjects(db, sorted(effects.subjects, key=lambda one: one.id))
    if effects.people:
        await people.keep(db, effects.people)
    if effects.entries:
        await append(db, effects.entries)


async def append(db: AsyncConnection, entries: Sequence[Entry]) -> None:
    """Adds entries; those that are there already stay as they are."""
    parameters = {
        "subject_ids": [entry.subject_id for entry in entries],
        "times": [entry.occur_time for entry in entries],
        "ids": [entry.id for entry in entries],
        "types": [entry.type for entry in entries],
        "actor_ids": [entry.actor_id for entry in entries],
        "operation_ids": [entry.operation_id for entry in entries],
        "changes": [dumps(entry.changes) if entry.changes else None for entry in entries],
    }
    await db.execute(_APPEND, parameters)


async def append_note(db: AsyncConnection, written: Row[*tuple[Any, ...]]) -> None:
    """Adds the entry of a new note."""
    values = {
        "subject_id": written.subject_id,
        "occur_time": written.created_at,
        "id": written.id,
        "type": NOTE,
        "actor_id": written.created_by,
    }
    await db.execute(insert(activity).values(values))


async def remove_note(db: AsyncConnection, written: Row[*tuple[Any, ...]]) -> None:
    """Takes the entry of a note away."""
    key = (
        activity.c.subject_id == written.subject_id,
        activity.c.occur_time == written.created_at,
        activity.c.id == written.id,
    )
    await db.execute(delete(activity).where(*key))


async def find_subject(
    db: AsyncConnection, subject_id: UUID, subject_type: str, seen: ColumnElement[bool]
) -> Row[*tuple[Any, ...]] | None:
    """The record of that type within `seen`, a condition over the table `subject`."""
    query = select(subject).where(subject.c.id == subject_id, subject.c.type == subject_type, seen)
    return (await db.execute(query)).one_or_none()


async def within(db: AsyncConnection, subject_ids: Collection[UUID], seen: ColumnElement[bool]) -> set[UUID]:
    """Those of the records that are within `seen`."""
    query = select(subject.c.id).where(subject.c.id.in_(subject_ids), seen)
    return set((await db.execute(query)).scalars())


def entries(
    subject_id: UUID, subject_type: str, seen: ColumnElement[bool], notes_seen: ColumnElement[bool] | None
) -> AnySelect:
    """The entries of a record as far as the caller may see it; the pager orders and limits them.

    `seen` is a condition over `subject`, `notes_seen` one over `note`, None when every note may be read.
    """
    known = exists().where(subject.c.id == subject_id, subject.c.type == subject_type, seen)
    return _readable(select(activity).where(activity.c.subject_id == subject_id, known), notes_seen)


def entries_of_many(
    subject_ids: Sequence[UUID],
    notes_seen: ColumnElement[bool] | None,
    paged: Callable[[AnySelect], AnySelect],
    size: int,
) -> AnySelect:
    """The first `size` entries of several records the caller sees, as one timeline; of those of one event, the one of
    the record that was named first. `paged` narrows, orders and limits the entries of one record to as many.

    Each record costs one descent of its index and at most `size` narrow rows; whole rows are read of the page alone.
    """
    given = (
        func.unnest(cast(list(subject_ids), ARRAY(Uuid))).table_valued("id", with_ordinality="place").render_derived()
    )
    own = select(activity.c.subject_id, activity.c.occur_time, activity.c.id)
    line = paged(_readable(own.where(activity.c.subject_id == given.c.id), notes_seen)).lateral("line")
    page = (
        select(line)
        .select_from(given.join(line, true()))
        .ext(distinct_on(line.c.occur_time, line.c.id))
        .order_by(line.c.occur_time.desc(), line.c.id.desc(), given.c.place)
        .limit(size)
        .subquery("page")
    )
    key = and_(*(activity.c[name] == page.c[name] for name in ("subject_id", "occur_time", "id")))
    joined = select(activity).select_from(page.join(activity, key))
    return joined.order_by(activity.c.occur_time.desc(), activity.c.id.desc())


def _readable(query: AnySelect, notes_seen: ColumnElement[bool] | None) -> AnySelect:
    """The query over `activity` without the notes that the caller may not read."""
    if notes_seen is None:
        return query
    # A scalar query, since PostgreSQL may answer EXISTS beside an OR by reading every note.
    readable = select(true()).where(note.c.id == activity.c.id, notes_seen).scalar_subquery()
    return query.where(or_(activity.c.type != NOTE, readable))


async def fetch(db: AsyncConnection, query: AnySelect) -> Sequence[Line]:
    """The rows of a page."""
    return (await db.execute(query)).all()


async def _keep_subjects(db: AsyncConnection, subjects: Sequence[Subject]) -> None:
    parameters = {
        "ids": [one.id for one in subjects],
        "types": [one.type for one in subjects],
        "versions": [one.version for one in subjects],
        "owner_ids": [one.owner_id for one in subjects],
        "team_ids": [one.team_id for one in subjects],
        "deleted": [one.deleted for one in subjects],
        "names": [one.name for one in subjects],
    }
    await db.execute(_KEEP_SUBJECTS, parameters)


async def _erase(db: AsyncConnection, subject_ids: Sequence[UUID]) -> None:
    """Removes everything known of records that were erased for good."""
    await db.execute(delete(activity).where(activity.c.subject_id.in_(subject_ids)))
    await db.execute(delete(note).where(note.c.subject_id.in_(subject_ids)))
    await people.erase(db, subject_ids)
    await db.execute(delete(subject).where(subject.c.id.in_(subject_ids)))
