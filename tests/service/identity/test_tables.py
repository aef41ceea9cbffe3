"""The migrations make the tables that the code describes."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url

from services.identity.service import SERVICE
from services.identity.store import tables
from tests.conftest import Database


async def test_migrations_and_tables_agree(module_database: Database) -> None:
    url = make_url(await module_database(SERVICE)).set(drivername="postgresql+psycopg")
    metadata = tables.metadata

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return kind != "table" or name in metadata.tables

    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_server_default": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []
