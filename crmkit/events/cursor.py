"""How far the relay has come, and what is to be published next (docs/adr/0002-relay-cursor-is-a-snapshot.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from crmkit.events.locks import Connection
from crmkit.events.snapshot import NOTHING, Snapshot, between

# Position and recorded_at: what finds a row without looking into every month.
Key = tuple[int, datetime]

_LOAD = """
    SELECT system_identifier, published, floor_position, target, window_position, replay_position, replay_until,
           stream_created, stream_sequence
    FROM relay_cursor
"""
_SAVE = """
    UPDATE relay_cursor SET system_identifier = $1, published = $2, floor_position = $3, target = $4,
           window_position = $5, replay_position = $6, replay_until = $7, stream_created = $8, stream_sequence = $9,
           updated_at = now()
"""
_POLL = """
    SELECT pg_current_snapshot() AS snapshot, replay_requested_at IS NOT NULL AS replay_requested FROM relay_cursor
"""
_WINDOW = """
    SELECT position, recorded_at FROM event WHERE xid = ANY ($1::xid8[]) AND position > $5
    UNION ALL
    SELECT position, recorded_at FROM event
    WHERE xid >= $2::xid8 AND xid < $3::xid8 AND xid <> ALL ($4::xid8[]) AND position > $5
    ORDER BY position LIMIT $6
"""
_REPLAY = """
    SELECT position, recorded_at FROM event
    WHERE position > $1 AND position <= $2 AND (position <= $3 OR xid < $4::xid8 AND xid <> ALL ($5::xid8[]))
    ORDER BY position LIMIT $6
"""
_ROWS = """
    SELECT position, recorded_at, id, type, aggregate_type, aggregate_id, aggregate_version, actor_id, operation_id,
           traceparent, before::text AS before, after::text AS after
    FROM event
    WHERE position = ANY ($1::bigint[]) AND recorded_at BETWEEN $2 AND $3
    ORDER BY position
"""
_LAST = "SELECT coalesce(max(position), 0) FROM event"
_FIRST_SINCE = "SELECT min(position) FROM event WHERE recorded_at >= $1"
_REQUEST = "SELECT replay_since FROM relay_cursor WHERE replay_requested_at IS NOT NULL"
_FORGET_REQUEST = "UPDATE relay_cursor SET replay_requested_at = NULL, replay_since = NULL"


@dataclass(slots=True)
class Cursor:
    """The row of `relay_cursor`.

    Everything that `published` sees has been published. While a window is open, `target` is its end and the events
    in it up to `window_position` are published too. Positions up to `floor_position` are settled whatever their
    transaction id says (it may come from another cluster). A replay publishes the positions after
    `replay_position` up to `replay_until` before anything newer.
    """

    system_identifier: int | None
    published: Snapshot | None
    floor_position: int
    target: Snapshot | None
    window_position: int
    replay_position: int | None
    replay_until: int | None
    stream_created: str | None
    stream_sequence: int

    @property
    def begun(self) -> Snapshot:
        """The start of the open or next window."""
        return self.published or NOTHING

    def close_window(self) -> None:
        """Everything in the window is published."""
        self.published, self.target, self.window_position = self.target, None, 0


async def load(connection: Connection) -> Cursor:
    """The cursor as last saved."""
    row = await connection.fetchrow(_LOAD)
    if row is None:
        raise RuntimeError("relay_cursor has no row: migrate the database")
    values = dict(row)
    for name in ("published", "target"):
        values[name] = None if values[name] is None else Snapshot(*values[name])
    return Cursor(**values)


async def save(connection: Connection, cursor: Cursor) -> None:
    """Writes the cursor. What a crash forgets of it is published again, which does no harm."""
    await connection.execute(
        _SAVE,
        cursor.system_identifier,
        cursor.published,
        cursor.floor_position,
        cursor.target,
        cursor.window_position,
        cursor.replay_position,
        cursor.replay_until,
        cursor.stream_created,
        cursor.stream_sequence,
    )


async def poll(connection: Connection) -> tuple[Snapshot, bool]:
    """The current snapshot, and whether an operator has asked for a replay."""
    row = await connection.fetchrow(_POLL)
    if row is None:
        raise RuntimeError("relay_cursor has no row: migrate the database")
    return Snapshot(*row["snapshot"]), row["replay_requested"]


async def cluster(connection: Connection) -> int:
    """The identifier that PostgreSQL gave this cluster when it was initialised."""
    return int(await connection.fetchval("SELECT system_identifier FROM pg_control_system()"))


async def window_keys(connection: Connection, cursor: Cursor, limit: int) -> list[Key]:
    """The first events of the open window that are still to be published, in the order of publication."""
    if cursor.target is None:
        return []
    window = between(cursor.begun, cursor.target)
    if window.empty:
        return []
    after = max(cursor.floor_position, cursor.window_position)
    found = await connection.fetch(_WINDOW, window.late, window.low, window.high, window.hidden, after, limit)
    return [(row[0], row[1]) for row in found]


async def replay_keys(connection: Connection, cursor: Cursor, limit: int) -> list[Key]:
    """The first events still to be published again: of all that `cursor.begun` sees, and of the settled ones."""
    assert cursor.replay_position is not None and cursor.replay_until is not None  # noqa: S101 - the caller has begun a replay
    seen = cursor.begun
    found = await connection.fetch(
        _REPLAY,
        cursor.replay_position,
        cursor.replay_until,
        cursor.floor_position,
        seen.xmax,
        list(seen.running),
        limit,
    )
    return [(row[0], row[1]) for row in found]


async def rows(connection: Connection, keys: Sequence[Key]) -> list[asyncpg.Record]:
    """The events of these keys, in order; the instants tell PostgreSQL which months to look into."""
    instants = [key[1] for key in keys]
    return await connection.fetch(_ROWS, [key[0] for key in keys], min(instants), max(instants))


async def settle(connection: Connection) -> tuple[int, Snapshot]:
    """A position and a snapshot that agree: every event up to the position is seen, none above it.

    Waits up to two seconds for writers of events under way, while new ones wait behind it; raises
    asyncpg.LockNotAvailableError after that.
    """
    async with connection.transaction():
        await connection.execute("SET LOCAL lock_timeout = '2s'")
        await connection.execute("LOCK TABLE event IN SHARE ROW EXCLUSIVE MODE")
        last = await last_position(connection)
        return last, Snapshot(*await connection.fetchval("SELECT pg_current_snapshot()"))


async def last_position(connection: Connection) -> int:
    """The highest position written; 0 in an empty log."""
    return int(await connection.fetchval(_LAST))


async def first_position_since(connection: Connection, since: datetime | None) -> int | None:
    """The lowest position recorded at or after `since`, 1 without it; None when there is no such event."""
    if since is None:
        return 1
    found: int | None = await connection.fetchval(_FIRST_SINCE, since)
    return found


async def requested_replay(connection: Connection) -> tuple[bool, datetime | None]:
    """Whether a replay is asked for, and since when."""
    found = await connection.fetchrow(_REQUEST)
    return (False, None) if found is None else (True, found[0])


async def take_request(connection: Connection) -> tuple[bool, datetime | None]:
    """As `requested_replay`; the request is gone once the transaction commits."""
    found = await requested_replay(connection)
    await connection.execute(_FORGET_REQUEST)
    return found
