"""One import from beginning to end: read, parse, merge, chunk by chunk; chunk N+1 is parsed while N is merged.

An import can be broken off at any point and taken up again: what is counted in its row is in the database, and
nothing else is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine

from crmkit.errors import DomainError
from services.contacts.domain.importing.plan import Plan, RecordReader, understand
from services.contacts.domain.importing.rows import Rejection, Row, RowParser
from services.contacts.store import files, imports
from services.contacts.workers.import_end import end
from services.contacts.workers.merge import Merger, Prepared, SupersededError
from services.contacts.workers.rehearsal import Rehearsal

# Records merged in one transaction: large enough that statements cost nothing a row, small enough that others
# who write contacts wait for tenths of a second.
CHUNK_RECORDS = 10_000
# The first chunk is smaller and each of the next twice the one before, until they are whole: the database has something
# to do soon, while the next chunk is parsed.
_FIRST_RECORDS = 1_250

Report = Callable[[imports.Counts], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Parsed:
    rows: list[Row | Rejection]
    position: int


class _FileGoneError(Exception):
    pass


async def run(engine: AsyncEngine, import_id: UUID, report: Report) -> None:
    """Runs an import, or what is left of it; `report` is told of every chunk once it is committed.

    What makes the import as a whole impossible ends it as FAILED; errors of the database are raised, and the job
    is tried again.
    """
    async with engine.begin() as db:
        record = await imports.start(db, import_id)
    if record is None:
        return
    state, error = imports.SUCCEEDED, ""
    try:
        await _run(engine, record, report)
    except SupersededError:
        return
    except DomainError as problem:
        state, error = imports.FAILED, problem.message
    except _FileGoneError:
        state, error = imports.FAILED, "The file has expired. Upload it again."
    await end(engine, import_id, state, error)


async def _run(engine: AsyncEngine, record: imports.Import, report: Report) -> None:
    plan = await _plan(engine, record)
    reader = RecordReader(_pieces(engine, record.file_id, asyncio.get_running_loop()), plan)
    with ExitStack() as stack:
        rehearsal = stack.enter_context(Rehearsal()) if record.dry_run else None
        merger = Merger(engine, record, rehearsal)
        pipeline = _Pipeline(merger, _chunks(reader, RowParser(plan), record.record_count))
        read = record.record_count
        upcoming = await pipeline.next(None)
        while upcoming is not None:
            prepared, position = upcoming
            # What a dry run has kept of one chunk is needed to prepare the next.
            following = None if record.dry_run else asyncio.create_task(pipeline.next(prepared))
            try:
                written, counts = await merger.write(prepared, read, position)
            finally:
                if following is not None:
                    await asyncio.wait([following])  # its thread cannot be stopped, and must not outlive the reader
            read += counts.records
            await report(counts)
            upcoming = await (following or pipeline.next(None))
            if upcoming is not None and following is not None and upcoming[0].after is not written:
                upcoming = (await merger.prepare(upcoming[0].rows, None), upcoming[1])


class _Pipeline:
    """Parses and prepares the next chunk."""

    def __init__(self, merger: Merger, chunks: Iterator[_Parsed]) -> None:
        self._merger = merger
        self._chunks = chunks

    async def next(self, after: Prepared | None) -> tuple[Prepared, int] | None:
        """The next chunk folded behind `after`, and the position of its end; None at the end of the file."""
        parsed = await asyncio.to_thread(next, self._chunks, None)
        return None if parsed is None else (await self._merger.prepare(parsed.rows, after), parsed.position)


async def _plan(engine: AsyncEngine, record: imports.Import) -> Plan:
    async with engine.connect() as db:
        samples, whole = await files.samples(db, record.file_id)
    if not samples and record.size:
        raise _FileGoneError
    return understand(samples, imports.options_of(record.options), whole=whole)[0]


def _pieces(engine: AsyncEngine, file_id: UUID, loop: asyncio.AbstractEventLoop) -> Iterator[bytes]:
    """The pieces of a stored file, for a thread that may wait for them."""

    async def piece(number: int) -> bytes | None:
        async with engine.connect() as db:
            return await files.piece(db, file_id, number)

    number = 0
    while (content := asyncio.run_coroutine_threadsafe(piece(number), loop).result()) is not None:
        yield content
        number += 1


def _chunks(reader: RecordReader, parser: RowParser, done: int) -> Iterator[_Parsed]:
    """The records behind number `done`, parsed. Records passed over are read again: they are the cheap part."""
    numbered = enumerate(reader, 1)
    for _ in islice(numbered, done):
        pass
    size = min(_FIRST_RECORDS, CHUNK_RECORDS)
    while rows := [parser.parse(number, cells) for number, cells in islice(numbered, size)]:
        yield _Parsed(rows, reader.position)
        size = min(2 * size, CHUNK_RECORDS)
