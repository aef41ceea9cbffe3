"""How a service's event log, consumers, jobs and database are, asked of the database itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from google.protobuf.timestamp_pb2 import Timestamp
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.system.v1.system_service_pb2 import ServiceStatus
from crmkit.events import cursor as relay_log
from crmkit.events import parked
from crmkit.events.apply import Consumer
from crmkit.events.locks import Connection
from crmkit.events.tables import consumer_position
from crmkit.paging import COUNT_CAP, capped

_DATABASE = text(
    """
    SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS size_bytes,
           (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connections,
           current_setting('max_connections')::integer AS max_connections
    """
)
# Those that succeeded are deleted: the table holds what waits, runs or was given up.
_JOBS = text(
    """
    SELECT task_name AS task, count(*) FILTER (WHERE status = 'todo') AS waiting,
           count(*) FILTER (WHERE status = 'doing') AS running, count(*) FILTER (WHERE status = 'failed') AS failed
    FROM procrastinate_jobs WHERE status IN ('todo', 'doing', 'failed') GROUP BY task_name ORDER BY task_name
    """
)
# A worker notes every ten seconds that it lives.
_JOB_WORKERS = text("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'")


async def relay(db: AsyncConnection) -> ServiceStatus.Relay:
    """What is written and not yet published."""
    connection = cast(Connection, (await db.get_raw_connection()).driver_connection)
    cursor = await relay_log.load(connection)
    cursor.target, _ = await relay_log.poll(connection)
    keys = await relay_log.window_keys(connection, cursor, COUNT_CAP + 1)
    backlog, more = capped(len(keys))
    age = (datetime.now(UTC) - keys[0][1]).total_seconds() if keys else 0.0
    return ServiceStatus.Relay(backlog=backlog, backlog_capped=more, oldest_age_seconds=max(age, 0.0))


async def consumer(db: AsyncConnection, one: Consumer, pending: int) -> ServiceStatus.Consumer:
    """One consumer, of which `pending` is known from elsewhere."""
    waiting, dead = await parked.counts(db, one.name)
    last = select(func.max(consumer_position.c.updated_at)).where(consumer_position.c.consumer == one.name)
    made = ServiceStatus.Consumer(name=one.name, source=one.source, pending=pending, parked=waiting, dead_letters=dead)
    if (read := (await db.execute(last)).scalar_one_or_none()) is not None:
        made.last_read_time.CopyFrom(instant(read))
    return made


async def jobs(db: AsyncConnection) -> list[ServiceStatus.Jobs]:
    """Background jobs by task."""
    return [ServiceStatus.Jobs(**row) for row in (await db.execute(_JOBS)).mappings()]


async def job_workers(db: AsyncConnection) -> int:
    """Processes that work on jobs now."""
    return int((await db.execute(_JOB_WORKERS)).scalar_one())


async def database(db: AsyncConnection) -> ServiceStatus.Database:
    """The database and its server."""
    return ServiceStatus.Database(**(await db.execute(_DATABASE)).mappings().one())


def instant(moment: datetime) -> Timestamp:
    """A moment on the wire."""
    made = Timestamp()
    made.FromDatetime(moment)
    return made
