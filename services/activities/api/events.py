"""The events this service publishes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from crm.activities.v1 import activity_service_pb2 as messages
from crmkit.events.log import NewEvent
from services.activities.api.convert import SUBJECT_TYPE_VALUES
from services.activities.store.notifications import NotificationRow

NoteRow = Row[*tuple[Any, ...]]


def note_event(verb: str, before: NoteRow | None, after: NoteRow) -> NewEvent:
    """ "note.created", "note.updated", "note.deleted" or "note.undeleted" with the note before and after."""
    return NewEvent(
        type=f"note.{verb}",
        aggregate_type="note",
        aggregate_id=after.id,
        aggregate_version=after.version,
        before=_snapshot(before) if before is not None else None,
        after=_snapshot(after),
    )


def notification_event(verb: str, row: NotificationRow) -> NewEvent:
    """ "notification.created", "notification.updated" (of a bulk change still under way) or "notification.read", which
    stands for all that were read at once; with whose it is, so that live updates reach that person."""
    return NewEvent(
        type=f"notification.{verb}",
        aggregate_type="notification",
        aggregate_id=row.id,
        aggregate_version=row.version,
        before=None,
        after={"id": row.id, "user_id": row.user_id, "kind": row.kind, "create_time": row.created_at},
    )


def _snapshot(row: NoteRow) -> dict[str, Any]:
    """The fields of the contract by their names; the kit writes UUIDs and instants as JSON strings."""
    return {
        "id": row.id,
        "subject_type": messages.SubjectType.Name(SUBJECT_TYPE_VALUES[row.subject_type]),
        "subject_id": row.subject_id,
        "body": row.body,
        "pinned": row.pinned_at is not None,
        "owner_id": row.owner_id,
        "team_id": row.team_id,
        "create_time": row.created_at,
        "update_time": row.updated_at,
        "delete_time": row.deleted_at,
    }
