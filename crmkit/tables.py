"""What the tables of every service have in common: names of constraints, columns of owner and of audit."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, DateTime, LargeBinary, MetaData, Table, Text, Uuid, func, text

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_metadata() -> MetaData:
    """MetaData whose constraints get predictable names, so that errors can be mapped by them."""
    return MetaData(naming_convention=NAMING)


def id_column() -> Column[UUID]:
    """The primary key: UUIDv7, made by the service."""
    return Column("id", Uuid, primary_key=True)


def version_column() -> Column[int]:
    """Grows by one with every change; the etag is made from it."""
    return Column("version", BigInteger, nullable=False, server_default=text("1"))


def owned_columns() -> tuple[Column[Any], ...]:
    """Who is responsible: what scopes "own" and "team" compare with."""
    return Column("owner_id", Uuid), Column("team_id", Uuid)


def audit_columns() -> tuple[Column[Any], ...]:
    """When and by whom; `deleted_at` is set while the record is in the bin."""
    instant = DateTime(timezone=True)
    return (
        Column("created_at", instant, nullable=False, server_default=func.now()),
        Column("updated_at", instant, nullable=False, server_default=func.now()),
        Column("created_by", Uuid),
        Column("updated_by", Uuid),
        Column("deleted_at", instant),
    )


kit_metadata = new_metadata()

# Replies of mutations that carried a request_id, kept a day, so that a repeated call gets the same reply.
idempotency = Table(
    "idempotency",
    kit_metadata,
    Column("user_id", Uuid, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("request_id", Uuid, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("reply", LargeBinary),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
)
