"""Notifications of people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.db import dumps
from crmkit.paging import AnySelect, capped, capped_count
from services.activities.domain.notification import Notice
from services.activities.store.tables import note, notification, subject

NotificationRow = Row[*tuple[Any, ...]]
UNREAD_CAP = 99
_EXPIRE_ROWS = 10_000

# What the same bulk change brings later is counted; any other news that is there already stays as it is. In order of
# id, so that two batches cannot wait for each other.
_TELL = text("""
INSERT INTO notification (id, user_id, kind, created_at, actor_id, operation_id, subject_type, subject_id, about_id,
                          record_count, detail)
SELECT * FROM unnest(
    CAST(:ids AS uuid[]), CAST(:user_ids AS uuid[]), CAST(:kinds AS text[]), CAST(:times AS timestamptz[]),
    CAST(:actor_ids AS uuid[]), CAST(:operation_ids AS uuid[]), CAST(:subject_types AS text[]),
    CAST(:subject_ids AS uuid[]), CAST(:about_ids AS uuid[]), CAST(:counts AS integer[]), CAST(:details AS jsonb[])
)
ON CONFLICT (id) DO UPDATE SET record_count = notification.record_count + excluded.record_count,
    version = notification.version + 1
WHERE notification.kind = 'assigned' AND notification.operation_id IS NOT NULL
RETURNING *
""")


async def tell(db: AsyncConnection, notices: Sequence[Notice]) -> Sequence[NotificationRow]:
    """Writes notifications, each id once in `notices`; returns those that are new or grew, as stored."""
    if not notices:
        return ()
    ordered = sorted(notices, key=lambda notice: notice.id)
    parameters = {
        "ids": [notice.id for notice in ordered],
        "user_ids": [notice.user_id for notice in ordered],
        "kinds": [notice.kind for notice in ordered],
        "times": [notice.time for notice in ordered],
        "actor_ids": [notice.actor_id for notice in ordered],
        "operation_ids": [notice.operation_id for notice in ordered],
        "subject_types": [notice.subject_type for notice in ordered],
        "subject_ids": [notice.subject_id for notice in ordered],
        "about_ids": [notice.about_id for notice in ordered],
        "counts": [notice.record_count for notice in ordered],
        "details": [dumps(notice.detail) if notice.detail else None for notice in ordered],
    }
    return (await db.execute(_TELL, parameters)).all()


def of_user(
    user_id: UUID, *, unread_only: bool, subjects_seen: ColumnElement[bool], notes_seen: ColumnElement[bool]
) -> AnySelect:
    """A person's notifications with `subject_name` and `body` of the note as far as they may see them now.

    `subjects_seen` is a condition over `subject`, `notes_seen` one over `note`. The pager orders and limits them.
    """
    about = and_(
        note.c.id == notification.c.about_id, note.c.deleted_at.is_(None), notes_seen, subject.c.id.is_not(None)
    )
    joined = notification.outerjoin(subject, and_(subject.c.id == notification.c.subject_id, subjects_seen))
    query = (
        select(notification, subject.c.name.label("subject_name"), note.c.body)
        .select_from(joined.outerjoin(note, about))
        .where(notification.c.user_id == user_id)
    )
    return query.where(notification.c.read_at.is_(None)) if unread_only else query


async def fetch(db: AsyncConnection, query: AnySelect) -> Sequence[NotificationRow]:
    """The rows of a page."""
    return (await db.execute(query)).all()


async def count_unread(db: AsyncConnection, user_id: UUID) -> tuple[int, bool]:
    """How many are unread, at most 99, and whether there are more."""
    unread = select(notification.c.id).where(notification.c.user_id == user_id, notification.c.read_at.is_(None))
    return capped((await db.execute(capped_count(unread, UNREAD_CAP))).scalar_one(), UNREAD_CAP)


async def mark_read(
    db: AsyncConnection, user_id: UUID, now: datetime, *, ids: Sequence[UUID], until: datetime | None
) -> NotificationRow | None:
    """Marks unread notifications of a person as read, those of `ids` or, with `until`, all up to then.

    Returns the newest of them, which alone bears the change as a new version; None when there was none.
    """
    named = notification.c.id.in_(ids) if until is None else notification.c.created_at <= until
    unread = (notification.c.user_id == user_id, notification.c.read_at.is_(None))
    locked = select(notification.c.id).where(*unread, named).order_by(notification.c.id).with_for_update()
    marked = (
        update(notification)
        .where(notification.c.id.in_(locked))
        .values(read_at=now)
        .returning(notification.c.id, notification.c.created_at)
    )
    rows = (await db.execute(marked)).all()
    if not rows:
        return None
    newest = max(rows, key=lambda row: (row.created_at, row.id))
    changed = update(notification).where(notification.c.id == newest.id).values(version=notification.c.version + 1)
    row: NotificationRow = (await db.execute(changed.returning(notification))).one()
    return row


async def expire(db: AsyncConnection, before: datetime) -> int:
    """Removes at most 10,000 notifications from before then, the oldest first; returns how many."""
    old = (
        select(notification.c.id)
        .where(notification.c.created_at < before)
        .order_by(notification.c.created_at)
        .limit(_EXPIRE_ROWS)
    )
    return (await db.execute(delete(notification).where(notification.c.id.in_(old)))).rowcount
