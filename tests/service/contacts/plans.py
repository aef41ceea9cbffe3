"""What the statements that a call really sends cost."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from crmkit import queries
from tests.service.contacts.conftest import World

WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM) ")
TABLES = frozenset({"contact", "company", "contact_email", "contact_phone", "contact_company", "file"})


@contextmanager
def recorded(world: World) -> Iterator[list[tuple[str, Any]]]:
    """The statements that calls inside the block send, with their parameters."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        sent.append((statement, parameters))

    engines = [world.service.runtime.reader.sync_engine, world.service.runtime.writer.sync_engine]
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    fetch = queries.fetch

    async def noted(connection: Any, sql: str, arguments: list[Any]) -> Any:
        sent.append((sql, arguments))
        return await fetch(connection, sql, arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(queries, "fetch", noted)
        yield sent
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


async def explained(world: World, statement: str, parameters: Any) -> dict[str, Any]:
    """The plan of a statement; what only reads is run as well, to count the rows."""
    analyze = "ANALYZE, " if not WRITES.search(statement) else ""
    async with world.service.runtime.reader.connect() as db:
        connection = (await db.get_raw_connection()).driver_connection
        assert connection is not None
        found = await connection.fetchval(f"EXPLAIN ({analyze}FORMAT JSON) {statement}", *parameters)
    plan: dict[str, Any] = found[0]["Plan"]
    return plan


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def rows_read(plan: dict[str, Any]) -> float:
    """Rows and index entries that the plan's scans touched, those thrown away included."""
    read = 0.0
    for node in nodes(plan):
        if "Scan" in node["Node Type"] and node["Node Type"] not in ("CTE Scan", "Subquery Scan", "Function Scan"):
            thrown = sum(node.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
            read += (node.get("Actual Rows", 0) + thrown) * node.get("Actual Loops", 1)
    return read


async def check(world: World, call: Callable[[], Awaitable[Any]], most: int) -> None:
    """Makes a call and fails when one of its statements scans a table, or reads more than `most` rows."""
    with recorded(world) as sent:
        await call()
    assert sent
    for statement, parameters in sent:
        plan = await explained(world, statement, parameters)
        scans = [node["Relation Name"] for node in nodes(plan) if node["Node Type"] == "Seq Scan"]
        assert not TABLES & set(scans), f"{statement}\n{plan}"
        assert rows_read(plan) <= most, f"{rows_read(plan)} rows\n{statement}\n{plan}"
