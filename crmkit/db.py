"""PostgreSQL engines: a writer whose transactions the kit commits, and a reader without transactions; and for the hot
path (crmkit.queries) a pool of asyncpg's own connections, which reads as the reader does.

A reader runs in AUTOCOMMIT: a keyed read is one round trip, not three. Cancelling a task cancels its query
on the server (asyncpg sends the cancel), which is how a caller's deadline reaches the database; the
connection's own statement_timeout is the last resort.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
import orjson
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind
from sqlalchemy import event
from sqlalchemy.engine import Connection, ExecutionContext, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from crmkit.settings import Settings
from crmkit.telemetry import names

_autocommitting: WeakKeyDictionary[AsyncEngine, AsyncEngine] = WeakKeyDictionary()
_tracer = trace.get_tracer("crmkit.db")
# What asyncpg raises.
DRIVER_ERRORS: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
# Prepared statements each connection keeps.
STATEMENTS = 500
# How long the database may take to admit a connection.
CONNECT_SECONDS = 5.0
# How long it may take to end a statement that was cancelled: one that stands still would hold the caller, whose time is
# over, and the connection for as long as it does.
CANCEL_SECONDS = 5.0
# It takes no connection for the moment: starting or stopping, full, or gone while it was asked.
_NOT_NOW = (asyncpg.OperatorInterventionError, asyncpg.InsufficientResourcesError, asyncpg.PostgresConnectionError)


class DatabaseUnreachableError(ConnectionError):
    """No connection to PostgreSQL was made: no address, nobody there, no answer in time, or none admitted for now."""


class TransactionLostError(Exception):
    """COMMIT was answered with a rollback: nothing of the transaction is kept."""


class Row(asyncpg.Record):
    """A row whose columns are attributes, as SQLAlchemy's are."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def plain(value: object) -> str:
    """What orjson does not know: asyncpg's UUIDs are of a class of their own."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dumps(value: Any) -> str:
    """JSON text of a jsonb parameter; UUIDs and datetimes become strings."""
    return orjson.dumps(value, default=plain).decode()


def create_engine(url: str, settings: Settings, *, application: str, autocommit: bool) -> AsyncEngine:
    """One engine of a process. `autocommit` makes it a reader: every statement stands alone."""
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        isolation_level="AUTOCOMMIT" if autocommit else "READ COMMITTED",
        pool_size=settings.database_pool_size,
        max_overflow=0,
        pool_timeout=settings.max_call_seconds,
        pool_reset_on_return=None if autocommit else "rollback",
        json_serializer=dumps,
        json_deserializer=orjson.loads,
        query_cache_size=2000,
        hide_parameters=True,  # the data of customers does not belong into logs
        connect_args={
            "prepared_statement_cache_size": STATEMENTS,
            "async_creator_fn": _connect,
            **_connecting(settings, application),
        },
    )
    _observe(engine)
    return engine


def create_pool(url: str, settings: Settings, *, application: str) -> asyncpg.Pool[Row]:
    """A pool for single reads. It connects when it is used, and has to be entered (`async with`)."""
    return asyncpg.create_pool(
        url,
        connect=_connect,
        min_size=0,
        max_size=settings.database_pool_size,
        reset=_as_it_is,
        statement_cache_size=STATEMENTS,
        max_cached_statement_lifetime=0,
        max_cacheable_statement_size=0,  # long lists are the ones that are slow to plan
        **_connecting(settings, application),
    )


async def _connect(*arguments: Any, **options: Any) -> asyncpg.Connection[Row]:
    """As asyncpg connects, whose TimeoutError would look like the end of the caller's time, whose OSError like that of
    any file, and whose refusals like errors of a statement. Raises DatabaseUnreachableError."""
    try:
        connection: asyncpg.Connection[Row] = await asyncpg.connect(*arguments, **options)
    except (OSError, *_NOT_NOW) as error:
        raise DatabaseUnreachableError(str(error) or "no answer in time") from error
    return connection


def _connecting(settings: Settings, application: str) -> dict[str, Any]:
    return {
        "timeout": CONNECT_SECONDS,
        "record_class": Row,
        "server_settings": {
            "application_name": application,
            "jit": "off",
            # What is written waits in a GIN index's list, which every search reads: a short one keeps them fast.
            "gin_pending_list_limit": "1MB",
            "statement_timeout": str(int(settings.max_call_seconds * 1000)),
            "idle_in_transaction_session_timeout": "60000",
        },
    }


async def _as_it_is(_connection: asyncpg.Connection[Row]) -> None:
    """Single reads leave nothing behind in a session, and to reset it would be one more round trip a read."""


def driver_of(db: AsyncConnection) -> asyncpg.Connection[Row]:
    """asyncpg's connection under an open one of SQLAlchemy."""
    assert db.sync_connection is not None  # noqa: S101 - open
    connection: asyncpg.Connection[Row] | None = db.sync_connection.connection.driver_connection
    assert connection is not None  # noqa: S101 - open
    return connection


@asynccontextmanager
async def transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction in which both SQLAlchemy and crmkit.queries may run statements; committed on success.

    It is begun and ended on asyncpg's connection, since SQLAlchemy would begin it no sooner than with its own first
    statement; for SQLAlchemy the connection is in autocommit meanwhile. Not by asyncpg's Transaction: where the
    caller goes while BEGIN is on its way, that one stays on the connection, and every later transaction is a
    savepoint in one that never commits.

    Raises TransactionLostError when the database rolled back instead.
    """
    async with _in_autocommit(engine).connect() as db:
        if driver_of(db).is_closed() or driver_of(db).is_in_transaction():  # while it was idle; left by somebody
            await db.invalidate()
            await db.get_raw_connection()
        driver = driver_of(db)
        try:
            await driver.execute("BEGIN")
            yield db
            outcome = await driver.execute("COMMIT")
        except BaseException:
            await _roll_back(db, driver)
            raise
        if outcome != "COMMIT":
            raise TransactionLostError("a statement had failed, and its error was passed over")


def _in_autocommit(engine: AsyncEngine) -> AsyncEngine:
    """The engine with the option set: made once, since it costs as much as four statements."""
    found = _autocommitting.get(engine)
    if found is None:
        found = _autocommitting[engine] = engine.execution_options(isolation_level="AUTOCOMMIT")
    return found


async def _roll_back(db: AsyncConnection, driver: asyncpg.Connection[Row]) -> None:
    """Ends a transaction that failed, also one whose BEGIN or COMMIT nobody saw answered. A connection that is lost, or
    cannot be brought out of it, is not used again."""
    try:
        if not driver.is_closed():
            async with asyncio.timeout(CANCEL_SECONDS):  # what was cancelled is waited for
                await driver.execute("ROLLBACK")  # outside a transaction it does nothing
    except DRIVER_ERRORS:
        # Lost meanwhile, or it stands still: the server rolls back, and the caller is told what was wrong first.
        driver.terminate()
    except BaseException:
        driver.terminate()
        raise
    finally:
        if not db.invalidated and (driver.is_closed() or driver.is_in_transaction()):
            await db.invalidate()


@asynccontextmanager
async def without_time_limit(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction for background work that may run longer than a call; committed on success."""
    async with engine.begin() as db:
        await db.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield db


def statement_span(statement: str) -> Span:
    """The span of a statement, under the running one. The caller ends it."""
    return _tracer.start_span(
        statement.lstrip()[:40].split(None, 1)[0].upper(),
        kind=SpanKind.CLIENT,
        attributes={names.DB_SYSTEM: "postgresql", names.DB_QUERY: statement[:2000]},
    )


def _observe(engine: AsyncEngine) -> None:
    """Measures every statement and, inside a recorded trace, gives it a span. Parameters are never recorded."""

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def started(
        _connection: Connection, _cursor: Any, statement: str, _parameters: Any, context: ExecutionContext, _many: bool
    ) -> None:
        span = None
        if trace.get_current_span().is_recording():
            span = statement_span(statement)
        context._crm_started = (time.perf_counter(), span)  # type: ignore[attr-defined]

    @event.listens_for(engine.sync_engine, "after_cursor_execute")
    def ended(
        _connection: Connection, _cursor: Any, _statement: str, _parameters: Any, context: ExecutionContext, _many: bool
    ) -> None:
        begun, span = context._crm_started  # type: ignore[attr-defined]
        names.db_duration.observe(time.perf_counter() - begun)
        if span is not None:
            span.end()

    @event.listens_for(engine.sync_engine, "handle_error")
    def failed(failure: Any) -> None:
        if isinstance(failure.original_exception, asyncpg.InternalClientError):
            failure.is_disconnect = True  # interrupted between two steps of a statement: the connection is of no use
        started_at = getattr(failure.execution_context, "_crm_started", None)
        if started_at is not None and started_at[1] is not None:
            started_at[1].record_exception(failure.original_exception)
            started_at[1].end()
