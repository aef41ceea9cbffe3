"""The shipped queries cost the same however many activities there are: no plan scans a table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Select, event, select, text, true
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.filters import compile_filter
from crmkit.paging import Pager
from services.activities.api.query import FIELDS, NEWEST_FIRST
from services.activities.store import notes, people, timeline
from services.activities.store.tables import note, subject
from tests.service.activities.conftest import Activities

PAGER = Pager(bytes(32))
MANY = UUID(int=7)
# 400 records of 500 lines, one of 5,000, and a note for every fortieth line.
FILL = """
INSERT INTO subject (id, type, version, owner_id, team_id, deleted)
SELECT lpad(to_hex(n), 32, '0')::uuid, 'contact', 1, NULL, NULL, false FROM generate_series(1, 400) n;
INSERT INTO activity (subject_id, occur_time, id, type)
SELECT lpad(to_hex(n), 32, '0')::uuid, timestamptz '2020-01-01Z' + make_interval(hours => k), uuidv7(),
       CASE WHEN k % 40 = 0 THEN 'note' ELSE 'contact.updated' END
FROM generate_series(1, 400) n, generate_series(1, CASE WHEN n = 7 THEN 5000 ELSE 500 END) k;
INSERT INTO note (id, subject_type, subject_id, body)
SELECT id, 'contact', subject_id, 'text' FROM activity WHERE type = 'note';
ANALYZE subject, activity, note;
"""


@pytest.fixture(scope="module")
async def filled(activities: Activities) -> Activities:
    async with activities.runtime.writer.begin() as db:
        for statement in FILL.strip().split(";\n"):
            await db.execute(text(statement.rstrip(";")))
    return activities


async def plan(db: AsyncConnection, query: Select[Any]) -> dict[str, Any]:
    """EXPLAIN ANALYZE of the statement as it is sent, with its parameters bound."""
    sync = db.sync_connection
    assert sync is not None

    def explain(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> Any:
        return f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters

    event.listen(sync, "before_cursor_execute", explain, retval=True)
    try:
        found = (await db.execute(query)).scalars().first()
    finally:
        event.remove(sync, "before_cursor_execute", explain)
    result: dict[str, Any] = found[0]["Plan"]
    return result


def nodes(tree: dict[str, Any]) -> list[dict[str, Any]]:
    return [tree, *(node for part in tree.get("Plans", []) for node in nodes(part))]


def check(tree: dict[str, Any], most_buffers: int) -> None:
    scans = [node["Node Type"] for node in nodes(tree)]
    assert "Seq Scan" not in scans, scans
    assert "Sort" not in scans, scans
    assert tree["Shared Hit Blocks"] + tree["Shared Read Blocks"] < most_buffers


@pytest.mark.parametrize(
    ("filter", "seen_notes"),
    [
        ("", None),
        ("", note.c.owner_id.is_(None)),
        ('type = "note"', None),
        ('occur_time < "2020-03-01T00:00:00Z"', None),
    ],
)
async def test_a_page_of_a_timeline_reads_one_index_of_one_partition(
    filled: Activities, filter: str, seen_notes: Any
) -> None:
    query = timeline.entries(MANY, "contact", true(), seen_notes)
    condition = compile_filter(filter, FIELDS)
    if condition is not None:
        query = query.where(condition)
    async with filled.runtime.reader.connect() as db:
        first = PAGER.page("plans", NEWEST_FIRST, 50, "", filter=filter)
        rows, token = first.cut((await db.execute(first.apply(query))).all())
        assert token or filter == 'type = "note"' or len(rows) == 50
        check(await plan(db, first.apply(query)), 2500 if "note" in filter else 300)
        if token:
            second = PAGER.page("plans", NEWEST_FIRST, 50, token, filter=filter)
            check(await plan(db, second.apply(query)), 2500 if "note" in filter else 300)


async def test_notes_of_a_page_and_single_ones_are_found_by_key(filled: Activities) -> None:
    async with filled.runtime.reader.connect() as db:
        ids = list((await db.execute(select(note.c.id).limit(50))).scalars())
        check(await plan(db, select(note).where(note.c.id.in_(ids), note.c.deleted_at.is_(None))), 400)
        assert len(await notes.get_many(db, ids)) == 50
        check(await plan(db, select(subject).where(subject.c.id == MANY)), 10)


async def test_pinned_notes_are_found_by_their_own_index(filled: Activities) -> None:
    async with filled.runtime.writer.connect() as db:
        pin = "UPDATE note SET pinned_at = now() WHERE id IN (SELECT id FROM note WHERE subject_id = :id LIMIT 20)"
        await db.execute(text(pin), {"id": MANY})
        await db.execute(text("ANALYZE note"))
        for seen in (None, note.c.owner_id.is_(None)):
            check(await plan(db, notes.pinned(MANY, seen)), 60)
        await db.rollback()


async def test_a_company_with_its_people_costs_a_descent_a_person(filled: Activities) -> None:
    company_id = UUID(int=1_000_000)
    fill = (
        "INSERT INTO company_person "
        "SELECT CAST(:company AS uuid), CAST(lpad(to_hex(n), 32, '0') AS uuid) FROM generate_series(1, 400) n"
    )
    async with filled.runtime.writer.connect() as db:
        await db.execute(text(fill), {"company": company_id})
        await db.execute(text("ANALYZE company_person"))
        found = people.of_company(company_id, true())
        scans = [node["Node Type"] for node in nodes(await plan(db, found))]
        assert "Seq Scan" not in scans, scans
        ids = list(await people.fetch(db, found))
        assert len(ids) == people.SHOWN
        page = PAGER.page("plans", NEWEST_FIRST, 50, "")
        query = timeline.entries_of_many([company_id, *ids], None, page.apply, page.size + 1)
        tree = await plan(db, query)
        scanned = [node for node in nodes(tree) if node["Node Type"] == "Seq Scan" and node["Actual Loops"]]
        assert scanned == []
        assert tree["Shared Hit Blocks"] + tree["Shared Read Blocks"] < 40 * people.SHOWN
        assert len(await timeline.fetch(db, query)) == 51
        await db.rollback()
