"""The tables that every service has beside its own."""

from __future__ import annotations

from alembic import op
from procrastinate.schema import SchemaManager

from crmkit.events.tables import create_event_tables
from crmkit.tables import idempotency


def create_kit_tables() -> None:
    """For the first migration of a service: extensions, event log, inbox, dead letters, jobs, stored replies."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    idempotency.create(op.get_bind())
    create_event_tables(op.get_bind())
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
