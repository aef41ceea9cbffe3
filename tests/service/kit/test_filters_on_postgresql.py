"""The SQL of filters finds what the filters say: compared, on a real PostgreSQL, with a plain evaluator."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ClauseElement, Executable

from cli.embedded.postgres import Postgres
from crmkit.filters import compile_filter
from crmkit.filters.nodes import Node
from tests.service.kit.filter_meaning import says
from tests.service.kit.filter_world import SCHEMA, Row, address, filters, metadata, person, rows


class Explain(Executable, ClauseElement):
    """EXPLAIN of a statement, its parameters bound as those of the statement are."""

    inherit_cache = False

    def __init__(self, statement: ClauseElement) -> None:
        self.statement = statement


@compiles(Explain)
def _explain(element: Explain, compiler: SQLCompiler, **options: Any) -> str:
    return "EXPLAIN " + compiler.process(element.statement, **options)


@pytest.fixture(scope="module")
async def db(postgres: Postgres) -> AsyncIterator[AsyncConnection]:
    """A database of this module with the tables above."""
    url = await postgres.create_database("filters")
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://"),
        json_serializer=lambda value: orjson.dumps(value).decode(),
    )
    async with engine.connect() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.commit()
        yield connection
    await engine.dispose()
    await postgres.drop_database("filters")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(world=st.lists(rows, min_size=1, max_size=12), asked=st.lists(filters, min_size=1, max_size=12))
async def test_a_filter_finds_exactly_the_rows_it_speaks_of(
    db: AsyncConnection, world: list[Row], asked: list[Node]
) -> None:
    people = [{"id": UUID(int=place), **row} for place, row in enumerate(world, 1)]
    await db.execute(insert(person), [{k: v for k, v in row.items() if k != "emails"} for row in people])
    addresses = [{"person_id": row["id"], "email": email} for row in people for email in row["emails"]]
    if addresses:
        await db.execute(insert(address), addresses)
    try:
        for tree in asked:
            condition = compile_filter(str(tree), SCHEMA)
            assert condition is not None
            found = set((await db.execute(select(person.c.id).where(condition))).scalars())
            assert found == {row["id"] for row in people if says(tree, row)}, str(tree)
    finally:
        await db.rollback()


@pytest.mark.parametrize(
    ("filter", "index"),
    [
        ("email = user7@example.com", "pk"),
        ("email = user7@example.com OR email = user8@example.com", "person_pkey"),
        ("email = user7@example.com OR tags:rare", "ix_person_tags"),
        ("tags:rare", "ix_person_tags"),
        ("custom.tier = rare", "ix_person_custom"),
        ("custom.size = 77", "ix_person_custom"),
        ("custom.size = 77 OR custom.tier = rare", "ix_person_custom"),
    ],
)
async def test_a_narrow_filter_reads_by_index_and_not_the_table(db: AsyncConnection, filter: str, index: str) -> None:
    try:
        await db.execute(
            text(
                "INSERT INTO person (id, tags, custom) SELECT gen_random_uuid(), CASE WHEN n = 9 THEN ARRAY['rare'] "
                "ELSE ARRAY['vip'] END, jsonb_build_object('tier', CASE WHEN n = 9 THEN 'rare' ELSE 'gold' END, "
                "'size', n) FROM generate_series(1, 20000) AS n"
            )
        )
        await db.execute(
            text(
                "INSERT INTO address (email, person_id) SELECT 'user' || row_number() OVER () || '@example.com', id "
                "FROM person"
            )
        )
        await db.execute(text("ANALYZE person, address"))
        condition = compile_filter(filter, SCHEMA)
        assert condition is not None
        lines = "\n".join((await db.execute(Explain(select(person.c.id).where(condition)))).scalars())
        assert "Seq Scan" not in lines, lines
        assert index in lines, lines
    finally:
        await db.rollback()
