"""The end of an import, and the event that tells of it."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from crmkit import operations
from crmkit.events.log import NewEvent, write_events
from services.contacts.store import imports


async def end(engine: AsyncEngine, import_id: UUID, state: str, error: str = "") -> None:
    """Ends a running import with an event, a dry run without; one that has ended stays as it is."""
    now = datetime.now(UTC)
    async with engine.begin() as db:
        record = await imports.finish(db, import_id, state, now, error)
        if record is not None and not record.dry_run:
            await operations.end(db, record.operation_id, error=error, now=now)
            await write_events(
                db,
                [import_event(record)],
                actor_id=record.owner_id,
                operation_id=record.operation_id,
                traceparent=record.traceparent,
                now=now,
            )


def import_event(record: imports.Import) -> NewEvent:
    """ "import.succeeded" or "import.failed": the only event of an import, with its numbers."""
    return NewEvent(
        type=f"import.{record.state.lower()}",
        aggregate_type="import",
        aggregate_id=record.id,
        aggregate_version=1,
        before=None,
        after={
            "id": record.id,
            "filename": record.filename,
            "state": f"STATE_{record.state}",
            "record_count": record.record_count,
            "created_count": record.created_count,
            "updated_count": record.updated_count,
            "unchanged_count": record.unchanged_count,
            "rejected_count": record.rejected_count,
            "error": record.error,
            "create_time": record.created_at,
            "finish_time": record.finished_at,
            "operation_id": record.operation_id,
            "owner_id": record.owner_id,
            "team_id": record.team_id,
        },
    )
