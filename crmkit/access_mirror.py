"""The NATS key-value bucket of rights, and each process's mirror of it (crmkit.access.AccessDirectory)."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

import nats.errors
import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import KeyValueConfig, StorageType
from nats.js.errors import BucketNotFoundError
from nats.js.kv import KeyValue

from crmkit.access import AccessDirectory
from crmkit.cancellation import stop_if_cancelled
from crmkit.tokens import LIFETIME_SECONDS

BUCKET = "crm_access"
TEAM_PREFIX = "team."
# An ending older than this concerns no token that is still valid; twice the lifetime leaves room for skewed clocks.
KEEP_ENDINGS_SECONDS = 2 * LIFETIME_SECONDS
log = structlog.get_logger(__name__)


async def access_bucket(js: JetStreamContext) -> KeyValue:
    """The bucket, created when it is not there yet: for identity, which alone may do so."""
    try:
        return await js.key_value(BUCKET)
    except BucketNotFoundError:
        return await js.create_key_value(KeyValueConfig(bucket=BUCKET, history=1, storage=StorageType.FILE))


async def mirror_access(client: Client, directory: AccessDirectory, loaded: asyncio.Event) -> None:
    """Keeps `directory` equal to the bucket until cancelled; sets `loaded` once it knows the rights.

    A watcher can fall silent when the broker restarts, so it is made anew after every reconnect, and in any
    case every 30 seconds, which bounds how stale a mirror can get.
    """
    while True:
        stop_if_cancelled()
        try:
            watcher = await (await client.jetstream().key_value(BUCKET)).watchall()
            try:
                await _follow(client, watcher, directory, loaded)
            finally:
                await watcher.stop()  # type: ignore[no-untyped-call]
        except BucketNotFoundError:
            log.info("rights are not known: identity has not published them yet")
            await asyncio.sleep(0.2)
        except (nats.errors.Error, OSError) as error:
            log.warning("access mirror interrupted", error=str(error))
            await asyncio.sleep(0.5)  # the broker is away: nothing to await but time


async def _follow(
    client: Client, watcher: KeyValue.KeyWatcher, directory: AccessDirectory, loaded: asyncio.Event
) -> None:
    """Takes over updates until the connection was lost and restored, or 30 seconds have passed.

    A team that is not among the present entries was deleted while nobody watched. Endings are forgotten by their age:
    identity does so, too, and may have done it while nobody watched.
    """
    teams: set[UUID] = set()
    complete = False
    reconnects = client.stats["reconnects"]
    until = time.monotonic() + 30
    while time.monotonic() < until and client.stats["reconnects"] == reconnects:
        stop_if_cancelled()
        try:
            entry = await watcher.updates(timeout=1.0)  # type: ignore[no-untyped-call]
        except nats.errors.TimeoutError:
            continue
        if entry is None:  # all present entries were delivered
            directory.keep_teams(teams)
            directory.forget_endings(int((time.time() - KEEP_ENDINGS_SECONDS) * 1000))
            complete = True
        else:
            _take(entry, directory, teams)
        if complete and directory.roles:  # at the very first start identity writes them after making the bucket
            loaded.set()


def _take(entry: KeyValue.Entry, directory: AccessDirectory, teams: set[UUID]) -> None:
    """Takes over one entry; notes a team that is there."""
    gone = entry.operation in ("DEL", "PURGE")
    try:
        directory.take(entry.key, None if gone else entry.value)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # Not by identity, which mends it soon; one wrong entry must not stop every process.
        log.error("entry of the access bucket refused", key=entry.key, error=repr(error))  # noqa: TRY400
        return
    if not gone and entry.key.startswith(TEAM_PREFIX):
        teams.add(UUID(entry.key.removeprefix(TEAM_PREFIX)))
