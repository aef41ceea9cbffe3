"""What is copied in our own binary format is what PostgreSQL then holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Numeric, SmallInteger, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crmkit.copying import Copied
from crmkit.service import Runtime
from crmkit.tables import new_metadata

TABLE = Table(
    "copied",
    new_metadata(),
    Column("id", Uuid, primary_key=True),
    Column("text", Text),
    Column("number", BigInteger),
    Column("middle", Integer),
    Column("small", SmallInteger),
    Column("truth", Boolean),
    Column("moment", DateTime(timezone=True)),
    Column("texts", ARRAY(Text)),
    Column("document", JSONB(none_as_null=True)),
    Column("other", Uuid),
    Column("amount", Numeric),
)
COLUMNS = [column.name for column in TABLE.c if column.name != "amount"]
LONG_AGO = datetime(1066, 10, 14, 9, 0, 0, 1, UTC)
ELSEWHERE = datetime(2026, 3, 21, 1, 2, 3, 456789, timezone(timedelta(hours=3, minutes=30)))
ROWS: list[tuple[Any, ...]] = [
    (
        UUID(int=1),
        "سلام — ə\n\t\\N",
        -(2**63),
        -(2**31),
        -(2**15),
        True,
        LONG_AGO,
        ["", "گل", 'a"b,{}'],
        {"a": [1, None]},
        None,
    ),
    (UUID(int=2), "", 2**63 - 1, 2**31 - 1, 2**15 - 1, False, ELSEWHERE, [], [], UUID(int=2**128 - 1)),
    (UUID(int=3), None, 0, 0, 0, False, None, ["x"] * 300, None, None),
]


async def test_every_type_arrives_as_it_was(runtime: Runtime) -> None:
    copied = Copied(TABLE, COLUMNS)
    async with runtime.writer.begin() as db:
        await db.run_sync(TABLE.metadata.create_all)
        await copied.copy(db, copied.rows(ROWS))
        await copied.copy(db, copied.rows([]))
    async with runtime.reader.connect() as db:
        stored = await db.execute(select(*(TABLE.c[name] for name in COLUMNS)).order_by(TABLE.c.id))
        assert [tuple(row) for row in stored] == ROWS


async def test_values_that_rows_share_arrive_in_each(runtime: Runtime) -> None:
    copied = Copied(TABLE, COLUMNS)
    shared = [(UUID(int=number), *ROWS[0][1:8], {"same": 1 if number % 2 else True}, None) for number in range(5)]
    async with runtime.writer.begin() as db:
        await db.run_sync(TABLE.metadata.create_all)
        await copied.copy(db, copied.rows(shared))
    async with runtime.reader.connect() as db:
        stored = await db.execute(select(*(TABLE.c[name] for name in COLUMNS)).order_by(TABLE.c.id))
        found = [tuple(row) for row in stored]
    assert found == shared
    assert [type(row[8]["same"]) for row in found] == [bool, int, bool, int, bool]


def test_a_type_that_nobody_has_copied_is_refused_at_once() -> None:
    with pytest.raises(KeyError):
        Copied(TABLE)


def test_a_row_needs_a_value_for_each_column() -> None:
    with pytest.raises(ValueError, match="zip"):
        Copied(TABLE, ["id", "text"]).rows([[UUID(int=1)]])
