"""Tells open windows which timelines have changed, once what changed can be read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from crm.events.v1.event_pb2 import Event
from crmkit.events import payload
from crmkit.events.hints import hint, publish_hints
from crmkit.service import Runtime
from services.activities.domain.timeline import changed_timelines
from services.activities.store import people
from services.activities.workers.timeline import happening

TIMELINE = "timeline"
_COMPANY = re.compile(r'"company_id": *"([0-9a-f-]{36})"')


async def tell_of_lines(runtime: Runtime, events: Sequence[Event]) -> None:
    """After events of contacts: their timelines, and those of their companies."""
    records, contacts = changed_timelines(happening(event) for event in events if not _is_imported(event))
    # Of what an import has made only the companies are told of. They stand in the text; to read ten thousand records as
    # JSON once more would cost as much as applying them.
    companies = {found for event in events if _is_imported(event) for found in _COMPANY.findall(event.after)}
    await _tell(runtime, records | set(map(payload.uuid, companies)), contacts)


def _is_imported(event: Event) -> bool:
    return bool(event.operation_id) and event.type == "contact.created"


def is_note(event: Event) -> bool:
    """Whether an event of our own is of a note."""
    return event.aggregate_type == "note"


async def nothing(db: AsyncConnection, events: Sequence[Event]) -> None:
    """The lines of notes are written with them."""


async def tell_of_notes(runtime: Runtime, events: Sequence[Event]) -> None:
    """After events of notes: the timelines of what they are about."""
    about = {UUID(state["subject_id"]) for event in events if (state := payload.after(event)) is not None}
    await _tell(runtime, about, about)


async def _tell(runtime: Runtime, records: set[UUID], contacts: set[UUID]) -> None:
    if not records:
        return
    # The writer: a replica may not have what was just committed.
    async with runtime.writer.connect() as db:
        rows = await people.told_with(db, records, contacts)
    await publish_hints(runtime, [hint(TIMELINE, row.id, owner_id=row.owner_id, team_id=row.team_id) for row in rows])
