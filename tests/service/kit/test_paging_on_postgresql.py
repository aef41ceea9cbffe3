"""Pages over a real table: every row once, in order, whatever changes in between; and the last page costs the first."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, DateTime, Index, Integer, MetaData, Table, Text, Uuid, delete, func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from cli.embedded.postgres import Postgres
from crmkit.paging import Order, Page, Pager, capped, capped_count, parse_order

metadata = MetaData()
person = Table(
    "person",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text(collation="C"), nullable=False),
    Column("age", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_person_name", "name", "id"),
    Index("ix_person_created", "created_at", "id"),
)
ORDERS = {"name": person.c.name, "age": person.c.age, "create_time": person.c.created_at, "id": person.c.id}
PAGER = Pager(b"k" * 32)


def order(order_by: str) -> Order:
    return parse_order(order_by, ORDERS, "name", person.c.id)


def page(order_by: str, token: str, size: int = 50) -> Page:
    return PAGER.page("ListPeople", order(order_by), size, token)


@pytest.fixture(scope="module")
async def db(postgres: Postgres) -> AsyncIterator[AsyncConnection]:
    """A database of this module with the table above."""
    url = await postgres.create_database("paging")
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.connect() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.commit()
        yield connection
    await engine.dispose()
    await postgres.drop_database("paging")


async def walk(db: AsyncConnection, order_by: str, size: int) -> list[UUID]:
    """The ids of all pages."""
    seen: list[UUID] = []
    token = ""
    while True:
        asked = page(order_by, token, size)
        rows, token = asked.cut((await db.execute(asked.apply(select(person)))).all())
        assert len(rows) == size or not token
        seen.extend(row.id for row in rows)
        if not token:
            return seen


people = st.lists(st.tuples(st.sampled_from(["", "a", "ب", "z"]), st.integers(0, 3)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(people, st.sampled_from(list(ORDERS)), st.booleans(), st.integers(1, 31))
async def test_pages_hold_every_row_once_in_order(
    db: AsyncConnection, some: list[tuple[str, int]], field: str, descending: bool, size: int
) -> None:
    rows = [{"id": UUID(int=place), "name": name, "age": age} for place, (name, age) in enumerate(some)]
    if rows:
        await db.execute(insert(person), rows)
    try:
        order_by = f"{field} desc" if descending else field
        direction = [c.desc() if descending else c.asc() for c in (ORDERS[field], person.c.id)]
        whole = list((await db.execute(select(person.c.id).order_by(*direction))).scalars())
        assert await walk(db, order_by, size) == whole
    finally:
        await db.rollback()


async def test_a_row_that_goes_between_two_pages_takes_no_other_with_it(db: AsyncConnection) -> None:
    rows = [{"id": UUID(int=place), "name": f"{place:02}", "age": 1} for place in range(10)]
    await db.execute(insert(person), rows)
    try:
        first = page("name", "", 4)
        got, token = first.cut((await db.execute(first.apply(select(person)))).all())
        await db.execute(delete(person).where(person.c.id.in_([row.id for row in got])))
        second = page("name", token, 4)
        rest, _ = second.cut((await db.execute(second.apply(select(person)))).all())
        assert [row.name for row in rest] == ["04", "05", "06", "07"]
    finally:
        await db.rollback()


@pytest.mark.parametrize("order_by", ["name", "name desc", "create_time desc", "id"])
async def test_a_late_page_begins_at_its_place_in_the_index(db: AsyncConnection, order_by: str) -> None:
    try:
        await db.execute(
            text(
                "INSERT INTO person (id, name, age, created_at) SELECT gen_random_uuid(), 'name ' || n % 5000, 1, "
                "now() - n * interval '1 second' FROM generate_series(1, 20000) AS n"
            )
        )
        await db.execute(text("ANALYZE person"))
        asked = order(order_by)
        keys = [key.column for key in asked.columns]
        direction = [key.desc() if asked.columns[0].descending else key.asc() for key in keys]
        late = (await db.execute(select(*keys).order_by(*direction).offset(18_000).limit(1))).one()
        token = PAGER.seal(list(late), PAGER.page("ListPeople", asked, 0, "").binding)
        plan = await explain(db, page(order_by, token).apply(select(person)))
        assert "Index Cond" in plan, plan
        assert "Sort" not in plan, plan
        assert "Rows Removed" not in plan, plan
    finally:
        await db.rollback()


async def test_a_count_reads_no_more_rows_than_its_cap(db: AsyncConnection) -> None:
    rows = [{"id": UUID(int=place), "name": "a", "age": place % 2} for place in range(200)]
    await db.execute(insert(person), rows)
    try:
        even = select(person).where(person.c.age == 0).order_by(person.c.name)
        assert capped((await db.execute(capped_count(even))).scalar_one()) == (100, False)
        assert capped((await db.execute(capped_count(even, cap=99))).scalar_one(), cap=99) == (99, True)
        assert "actual rows=11" in await explain(db, capped_count(select(person), cap=10))
    finally:
        await db.rollback()


async def explain(db: AsyncConnection, statement: Any) -> str:
    """The plan of a statement, executed."""
    compiled = statement.compile(dialect=db.dialect, compile_kwargs={"render_postcompile": True})
    values = [compiled.params[name] for name in compiled.positiontup]
    lines = await db.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF) {compiled}", tuple(values))
    return "\n".join(lines.scalars())
