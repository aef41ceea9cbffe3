"""Uploaded files, in pieces of at most 1 MiB. Functions take the connection first and never commit; `expire` alone
takes the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crmkit.db import without_time_limit
from services.contacts.store.import_tables import contact_import, file, file_piece, import_rejected_row

# Pieces beyond the first that are looked into for the encoding.
_FURTHER_SAMPLES = 4
# When a file goes of which no further piece comes.
_BROKEN_OFF = func.now() + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that has arrived whole."""

    id: UUID
    filename: str
    size: int
    sha256: str
    expires_at: datetime


async def begin(
    db: AsyncConnection, id: UUID, filename: str, *, owner_id: UUID, team_id: UUID | None, now: datetime
) -> None:
    """A file of which pieces will follow. Until `finish` nobody sees it."""
    values = {"id": id, "filename": filename, "owner_id": owner_id, "team_id": team_id, "created_at": now}
    await db.execute(insert(file).values(**values, expires_at=_BROKEN_OFF))


async def add_piece(db: AsyncConnection, file_id: UUID, number: int, content: bytes) -> None:
    """The next piece of a file."""
    row = {"file_id": file_id, "number": number, "content": content, "is_ascii": content.isascii()}
    grown = {"size": file.c.size + len(content), "expires_at": _BROKEN_OFF}
    await db.execute(update(file).where(file.c.id == file_id).values(grown))
    await db.execute(insert(file_piece).values(row))


async def used_bytes(db: AsyncConnection, owner_id: UUID) -> int:
    """What the files of a user take up, those on their way included."""
    total = select(func.coalesce(func.sum(file.c.size), 0)).where(file.c.owner_id == owner_id)
    return int((await db.execute(total)).scalar_one())


async def remove(db: AsyncConnection, id: UUID) -> None:
    """Removes a file with its pieces; that there is none is no error."""
    await db.execute(delete(file).where(file.c.id == id))


async def finish(db: AsyncConnection, stored: StoredFile) -> None:
    """Makes a file visible."""
    values = {"size": stored.size, "sha256": stored.sha256, "expires_at": stored.expires_at}
    await db.execute(update(file).where(file.c.id == stored.id).values(values))


async def get(db: AsyncConnection, id: UUID, visible: ColumnElement[bool]) -> StoredFile | None:
    """A file that has arrived whole and has not expired."""
    columns = (file.c.id, file.c.filename, file.c.size, file.c.sha256, file.c.expires_at)
    row = (await db.execute(select(*columns).where(file.c.id == id, file.c.sha256 != "", visible))).first()
    return None if row is None else StoredFile(*row)


async def samples(db: AsyncConnection, id: UUID) -> tuple[list[bytes], bool]:
    """Pieces from which a file can be understood (the first, and some that are not ASCII), and whether that is all."""
    own = select(file_piece.c.number, file_piece.c.content).where(file_piece.c.file_id == id)
    rows = (await db.execute(own.where(file_piece.c.number < 2).order_by(file_piece.c.number))).all()
    telling = own.where(file_piece.c.number > 0, file_piece.c.is_ascii.is_(False))
    further = (await db.execute(telling.order_by(file_piece.c.number).limit(_FURTHER_SAMPLES))).all()
    return [row.content for row in (*rows[:1], *further)], len(rows) < 2


async def piece(db: AsyncConnection, id: UUID, number: int) -> bytes | None:
    """One piece, None behind the last."""
    place = (file_piece.c.file_id == id, file_piece.c.number == number)
    content: bytes | None = (await db.execute(select(file_piece.c.content).where(*place))).scalar_one_or_none()
    return content


async def expire(engine: AsyncEngine, now: datetime) -> int:
    """Removes files whose time is over, and the rejected rows of their imports; returns how many files went.

    A file that an import is still reading stays. One file a transaction: what is removed stays so, however much there
    is.
    """
    reading = select(contact_import.c.file_id).where(contact_import.c.state.in_(("QUEUED", "RUNNING")))
    over = select(file.c.id).where(file.c.expires_at < now, file.c.id.not_in(reading)).limit(1)
    gone = 0
    while True:
        async with without_time_limit(engine) as db:
            id_ = (await db.execute(over)).scalar_one_or_none()
            if id_ is None:
                return gone
            imports = select(contact_import.c.id).where(contact_import.c.file_id == id_)
            await db.execute(delete(import_rejected_row).where(import_rejected_row.c.import_id.in_(imports)))
            await db.execute(delete(file).where(file.c.id == id_))
        gone += 1
