"""From what happens to who is told of it. Pure: values in, values out.

The id of a notification follows from what it tells of, so the same news told twice is one notification.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from services.activities.domain.timeline import SUBJECT_TYPES, Happening

ASSIGNED = "assigned"
MENTIONED = "mentioned"
IMPORTED = "imported"

# The kind of record whose end its owner is told of.
IMPORT = "import"
# Verbs of the changes that can make a record somebody's.
ASSIGNING = ("created", "updated")

KEPT = timedelta(days=90)
"""How long notifications are kept."""

_IMPORT_NUMBERS = ("created_count", "updated_count", "unchanged_count", "rejected_count")
_NAMESPACE = UUID("3b0f5a43-3d1e-5d6c-8f3e-0a5f2a0c9d10")  # arbitrary and fixed


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification of one person."""

    id: UUID
    user_id: UUID
    kind: str
    time: datetime
    actor_id: UUID | None
    operation_id: UUID | None = None
    subject_type: str | None = None
    subject_id: UUID | None = None
    # The note or import it is about.
    about_id: UUID | None = None
    # Records of one bulk change.
    record_count: int = 1
    detail: dict[str, Any] | None = None


def notices(happenings: Iterable[Happening], now: datetime) -> list[Notice]:
    """What people are told of a run of events; those of one bulk change as one. Nothing older than `KEPT`."""
    found: dict[UUID, Notice] = {}
    for happening in happenings:
        if happening.time <= now - KEPT:
            continue
        for notice in (*_assigned(happening), *_imported(happening)):
            earlier = found.get(notice.id)
            found[notice.id] = notice if earlier is None else _joined(earlier, notice)
    return list(found.values())


def mentions(
    note_id: UUID, subject: tuple[str, UUID], users: Sequence[UUID], writer_id: UUID, now: datetime
) -> list[Notice]:
    """Who is told that a note about a record, given as (type, id), mentions them; nobody tells himself."""
    subject_type, subject_id = subject
    return [
        Notice(
            id=_id(MENTIONED, note_id, user_id),
            user_id=user_id,
            kind=MENTIONED,
            time=now,
            actor_id=writer_id,
            subject_type=subject_type,
            subject_id=subject_id,
            about_id=note_id,
        )
        for user_id in users
        if user_id != writer_id
    ]


def _joined(earlier: Notice, later: Notice) -> Notice:
    """Two records of one bulk change."""
    return replace(earlier, record_count=earlier.record_count + later.record_count)


def assigned_to(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, actor_id: UUID | str | None
) -> str | None:
    """Whose a record became by what somebody else did; None where that is not what happened."""
    owner: str | None = (after or {}).get("owner_id")
    if not owner or owner == str(actor_id) or owner == (before or {}).get("owner_id"):
        return None
    return owner


def _assigned(happening: Happening) -> Iterator[Notice]:
    """A record became somebody's, and somebody else did it."""
    if happening.subject_type not in SUBJECT_TYPES or happening.verb not in ASSIGNING:
        return
    owner = assigned_to(happening.before, happening.after, happening.actor_id)
    if owner is None:
        return
    user_id = UUID(owner)
    yield Notice(
        id=_id(f"{ASSIGNED} {happening.subject_type}", happening.operation_id or happening.event_id, user_id),
        user_id=user_id,
        kind=ASSIGNED,
        time=happening.time,
        actor_id=happening.actor_id,
        operation_id=happening.operation_id,
        subject_type=happening.subject_type,
        subject_id=happening.subject_id,
    )


def _imported(happening: Happening) -> Iterator[Notice]:
    """An import of somebody's ended."""
    after = happening.after
    if happening.subject_type != IMPORT or after is None or not after.get("owner_id"):
        return
    user_id = UUID(after["owner_id"])
    numbers = {name: after.get(name, 0) for name in _IMPORT_NUMBERS}
    told = {"filename": after.get("filename", ""), "error": after.get("error", ""), **numbers}
    yield Notice(
        id=_id(IMPORTED, happening.subject_id, user_id),
        user_id=user_id,
        kind=IMPORTED,
        time=happening.time,
        actor_id=happening.actor_id,
        operation_id=happening.operation_id,
        about_id=happening.subject_id,
        detail={"succeeded": happening.verb == "succeeded", **told},
    )


def _id(kind: str, source: UUID, user_id: UUID) -> UUID:
    return uuid5(_NAMESPACE, f"{kind} {source} {user_id}")
