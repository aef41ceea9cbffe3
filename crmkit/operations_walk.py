"""The records that an operation changed, found again in the event log, a batch at a time.

An operation keeps the transactions that wrote its events, and the log has an index of transactions: what an undo reads
is what the operation wrote, however large the log is and however much was written beside it and since. The bounds in
time keep the partitions of other months out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.operations import Batch, Operation, operation

State = Mapping[str, Any]
# By so much the clocks of the processes that wrote the events may differ from those that began and ended the operation.
CLOCKS: Final = timedelta(hours=1)


@dataclass(slots=True)
class Span:
    """What an operation made of one record: its first state before, its last state after, with their versions."""

    before: State | None
    after: State
    first: int
    last: int


_NEXT_TRANSACTION = text(
    """
    SELECT min(written.xid) FROM operation, unnest(xids) AS written (xid)
    WHERE id = :id AND (CAST(:walked AS xid8) IS NULL OR written.xid > CAST(:walked AS xid8))
    """
)
_NEXT_EVENTS = text(
    """
    SELECT position, aggregate_id, aggregate_version FROM event
    WHERE xid = CAST(:xid AS xid8) AND position > :position AND operation_id = :id AND aggregate_type = :object
      AND recorded_at BETWEEN :since AND :until
    ORDER BY position LIMIT :most
    """
)
_SPANS = text(
    """
    SELECT aggregate_id, aggregate_version, before, after FROM event
    WHERE aggregate_id = ANY (CAST(:ids AS uuid[])) AND operation_id = :id AND recorded_at BETWEEN :since AND :until
    ORDER BY aggregate_id, aggregate_version
    """
).columns(before=operation.c.plan.type, after=operation.c.plan.type)


async def next_changed(
    db: AsyncConnection, row: Operation, undone: Operation, most: int
) -> tuple[Batch, dict[UUID, Span]]:
    """The next records that `undone` changed and its undo `row` has not met yet: those of at most so many events.

    A record that the operation changed several times belongs to the first of its events.
    """
    within = {"id": undone.id, **_bounds(undone)}
    xid, position, left = row.walked_xid, row.walked_position, most
    events: list[tuple[UUID, int]] = []
    while left:
        if xid is not None:
            asked = {**within, "xid": xid, "position": position, "object": undone.object, "most": left}
            found = (await db.execute(_NEXT_EVENTS, asked)).all()
            events += [(event.aggregate_id, event.aggregate_version) for event in found]
            position, left = found[-1].position if found else position, left - len(found)
        if left:
            following = (await db.execute(_NEXT_TRANSACTION, {"id": undone.id, "walked": xid})).scalar_one()
            if following is None:
                break
            xid, position = following, 0
    spans = await _spans(db, within, sorted({key for key, _ in events}))
    ids = [key for key, version in events if version == spans[key].first]
    return Batch(ids, last=left > 0, repeated=len(events) - len(ids), xid=xid, position=position), spans


async def _spans(db: AsyncConnection, within: Mapping[str, Any], ids: Sequence[UUID]) -> dict[UUID, Span]:
    spans: dict[UUID, Span] = {}
    for row in await db.execute(_SPANS, {**within, "ids": ids}):
        span = spans.setdefault(
            row.aggregate_id, Span(row.before, row.after, row.aggregate_version, row.aggregate_version)
        )
        span.after, span.last = row.after, row.aggregate_version
    return spans


def _bounds(undone: Operation) -> dict[str, datetime]:
    """Between which instants its events were recorded."""
    assert undone.finished_at is not None  # noqa: S101 - what runs cannot be undone
    return {"since": undone.created_at - CLOCKS, "until": undone.finished_at + CLOCKS}
