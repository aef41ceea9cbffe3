"""Statements of the hot path, run by asyncpg itself.

SQLAlchemy Core writes the SQL, once; its execution would cost three to five times what the database's answer does
(docs/performance.md). Everything else about a statement is as in crmkit.db: metric, span, cancellation, time limit,
and `crmkit.failures` knows the errors.

    _GET = Query(select(contact).where(contact.c.id == bindparam("id")))
    row = await _GET.first(db, {"id": id})
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from opentelemetry import trace
from sqlalchemy import JSON, Executable
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.compiler import SQLCompiler

from crmkit.db import CANCEL_SECONDS, DRIVER_ERRORS, Row, driver_of, dumps, statement_span
from crmkit.telemetry import names

# Where a Query runs: any free connection of a pool, or the connection of a transaction.
Database: TypeAlias = "asyncpg.Pool[Row] | AsyncConnection"
Connection: TypeAlias = "asyncpg.Connection[Row] | PoolConnectionProxy[Row]"
_DIALECT = dialect()  # type: ignore[no-untyped-call]


class Query:
    """A Core statement with named parameters, compiled to the SQL text asyncpg takes.

    Values arrive as asyncpg makes them, which for our types is what Core would return. PostgreSQL prepares the
    statement at its first run on a connection.
    """

    def __init__(self, statement: Executable) -> None:
        """Raises ValueError for a column of JSON, which would arrive as text: select it as text, and decode it. Also
        for IN with a list of values, whose length is part of the text: give an array to ANY.
        """
        compiled = statement.compile(dialect=_DIALECT)  # type: ignore[attr-defined]
        assert isinstance(compiled, SQLCompiler)  # noqa: S101 - only DDL compiles to something else
        self.sql = str(compiled)
        self._names = tuple(compiled.positiontup or ())
        binds = compiled.binds
        self._json = frozenset(name for name in self._names if isinstance(binds[name].type, JSON))
        given = compiled.construct_params(_check=False)
        self._constants = {name: self._bound(name, given[name]) for name in self._names if not binds[name].required}
        if any(isinstance(column.type, JSON) for column in compiled._result_columns):
            raise ValueError("select JSON as text")
        if compiled.post_compile_params:
            raise ValueError("compare with ANY of an array, not IN a list")

    def _bound(self, name: str, value: Any) -> Any:
        return dumps(value) if name in self._json and value is not None else value

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        """The values of $1, $2, …; `parameters` may hold more. Raises KeyError when one is missing."""
        if self._json:
            parameters = {name: self._bound(name, value) for name, value in parameters.items()}
        constants = self._constants
        return [parameters[name] if name in parameters else constants[name] for name in self._names]

    async def rows(self, db: Database, parameters: Mapping[str, Any]) -> list[Row]:
        """All rows. Raises asyncpg's errors."""
        arguments = self.arguments(parameters)
        if isinstance(db, AsyncConnection):
            connection = driver_of(db)
            if not (connection.is_closed() or connection.is_in_transaction()):
                raise RuntimeError("a Query runs in a transaction that has begun (crmkit.db.transaction), or on a pool")
            return await fetch(connection, self.sql, arguments)
        pooled = await db.acquire()
        try:
            return await fetch(pooled, self.sql, arguments)
        finally:
            with suppress(TimeoutError):  # what was cancelled goes on: the connection is closed
                await db.release(pooled, timeout=CANCEL_SECONDS)

    async def first(self, db: Database, parameters: Mapping[str, Any]) -> Row | None:
        """The first row, None when there is none. For statements that find one row at most: all are fetched."""
        found = await self.rows(db, parameters)
        return found[0] if found else None


async def fetch(connection: Connection, sql: str, arguments: list[Any]) -> list[Row]:
    """Runs one statement, measured, and with a span inside a recorded trace."""
    begun = time.perf_counter()
    span = statement_span(sql) if trace.get_current_span().is_recording() else None
    try:
        return await connection.fetch(sql, *arguments)
    except DRIVER_ERRORS as error:
        if isinstance(error, asyncpg.InternalClientError):
            connection.terminate()  # interrupted between two steps of a statement: it is of no use
        if span is not None:
            span.record_exception(error)
        raise
    finally:
        names.db_duration.observe(time.perf_counter() - begun)
        if span is not None:
            span.end()
