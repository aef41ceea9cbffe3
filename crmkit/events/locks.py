"""Leadership among the processes of a service: session advisory locks of its database.

They end with the connection. PgBouncer must not sit between in transaction mode.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeAlias
from zlib import crc32

import asyncpg

from crmkit.settings import Settings

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

# The first of the two numbers of our advisory locks: "CRM".
SPACE = 0x43524D
RELAY = "relay"
# What a session may fail with when its server goes away; asyncpg has an error of its own for being interrupted between
# two steps of a statement.
SESSION_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_MEMBERS = """
    SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND classid::bigint = $1 AND objid::bigint = $2
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def lock_number(name: str) -> int:
    """The second number of a lock, signed as PostgreSQL's integer."""
    number = crc32(name.encode())
    return number - (1 << 32) if number >= 1 << 31 else number


@asynccontextmanager
async def session(settings: Settings, application: str) -> AsyncIterator[Connection]:
    """A connection of its own, for locks and for the work done under them.

    The server ends it within about ten seconds of losing sight of us, so that another process can lead. Commits
    do not wait for the disk: what is written under these locks may be forgotten and done again.
    """
    connection = await asyncpg.connect(
        settings.database_url.get_secret_value(),
        timeout=5,
        command_timeout=60,
        server_settings={
            "application_name": application,
            "jit": "off",
            "synchronous_commit": "off",
            "tcp_keepalives_idle": "4",
            "tcp_keepalives_interval": "2",
            "tcp_keepalives_count": "3",
        },
    )
    try:
        yield connection
    finally:
        with contextlib.suppress(*SESSION_ERRORS):  # it may be broken, and what ended the work matters more
            await connection.close(timeout=2)


async def try_lock(connection: Connection, name: str) -> bool:
    """Takes the lock if no other session holds it."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", SPACE, lock_number(name)))


async def unlock(connection: Connection, name: str) -> None:
    """Gives the lock back."""
    await connection.execute("SELECT pg_advisory_unlock($1, $2)", SPACE, lock_number(name))


async def join(connection: Connection, group: str) -> None:
    """Makes the session a member of a group, for as long as it lives."""
    await connection.execute("SELECT pg_advisory_lock_shared($1, $2)", SPACE, lock_number(group))


async def members(connection: Connection, group: str) -> int:
    """How many sessions are members of the group."""
    return int(await connection.fetchval(_MEMBERS, SPACE, crc32(group.encode())))
