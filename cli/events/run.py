"""What the commands of `crm events` do."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import orjson
import typer
from sqlalchemy import NullPool
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from cli.exits import NOT_RUNNING, USAGE, fail
from cli.stack.local import database_url
from cli.stack.plan import SERVICES
from crmkit.db import plain
from crmkit.events import history, inbox, parked
from crmkit.serve import load_service

T = TypeVar("T")
_AGE = re.compile(r"(\d+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def show(
    services: list[str] | None,
    since: str | None,
    limit: int,
    as_json: bool,
    *,
    aggregate_id: UUID | None,
    event_type: str | None,
) -> None:
    """`crm events list`."""
    begin = _instant(since)

    async def read(db: AsyncConnection) -> list[history.Recorded]:
        return await history.read(db, aggregate_id=aggregate_id, event_type=event_type, since=begin, limit=limit)

    found = [(service, event) for service in _chosen(services) for event in _in_database(service, read)]
    found.sort(key=lambda pair: (pair[1].recorded_at, pair[1].position))
    for service, event in found[-limit:]:
        if as_json:
            typer.echo(_json({"service": service, **event.as_dict()}))
        else:
            who = f"by {event.actor_id}" if event.actor_id else "by the system"
            typer.echo(
                f"{event.recorded_at:%Y-%m-%d %H:%M:%S}  {service:<10}  {event.type:<20}  {event.aggregate_id}  "
                f"version {event.aggregate_version}  {who}"
            )
    if not found and not as_json:
        typer.echo("no events")


def replay(service: str, since: str | None) -> None:
    """`crm events replay`."""
    begin = _instant(since)
    count = _in_database(service, lambda db: history.ask_for_replay(db, begin))
    typer.echo(f"{service}: its relay publishes {count} events again, in order, before anything newer")


def forget(consumer: str, since: str | None) -> None:
    """`crm events forget`."""
    begin = _instant(since)
    count = _in_database(_owner(consumer), lambda db: inbox.forget(db, consumer, begin))
    typer.echo(f"{consumer}: {count} events forgotten; `crm events replay` makes it apply them anew")


def show_letters(services: list[str] | None, limit: int, as_json: bool) -> None:
    """`crm events dead-letters list`."""
    rows = [
        {"service": service, **row}
        for service in _chosen(services)
        for row in _in_database(service, lambda db: parked.dead_letters(db, limit))
    ]
    if as_json:
        typer.echo(_json(rows))
        return
    for row in rows:
        typer.echo(
            f"{row['event_id']}  {row['service']}/{row['consumer']}  {row['type']} of {row['aggregate_id']}\n"
            f"    given up {row['died_at']:%Y-%m-%d %H:%M:%S} after {row['attempts']} attempts: {row['error']}"
        )
    if not rows:
        typer.echo("no dead letters")


def retry(event_ids: Sequence[UUID], every: bool, services: list[str] | None) -> None:
    """`crm events dead-letters retry`."""
    count = _with_letters(event_ids, every, services, parked.retry)
    typer.echo(f"{count} given back to their consumers")


def discard(event_ids: Sequence[UUID], every: bool, services: list[str] | None) -> None:
    """`crm events dead-letters discard`."""
    count = _with_letters(event_ids, every, services, parked.discard)
    typer.echo(f"{count} discarded")


def _with_letters(
    event_ids: Sequence[UUID],
    every: bool,
    services: list[str] | None,
    act: Callable[[AsyncConnection, Sequence[UUID] | None], Awaitable[int]],
) -> int:
    if every == bool(event_ids):
        fail("give ids of events, or --all", USAGE)
    chosen = None if every else event_ids
    count = sum(_in_database(service, lambda db: act(db, chosen)) for service in _chosen(services))
    if event_ids and not count:
        fail("no dead letter has such an id")
    return count


def _json(value: object) -> str:
    return orjson.dumps(value, default=plain, option=orjson.OPT_UTC_Z).decode()


def _chosen(services: list[str] | None) -> Sequence[str]:
    """The services asked about; with CRM_DATABASE_URL it must be said whose database that is."""
    if os.environ.get("CRM_DATABASE_URL") and len(services or ()) != 1:
        fail("CRM_DATABASE_URL is one service's database: name that service with --service", USAGE)
    return services or SERVICES


def _owner(consumer: str) -> str:
    """The service that runs a consumer."""
    owners = {found.name: service for service in SERVICES for found in load_service(service).consumers}
    if consumer not in owners:
        fail(f"there is no consumer {consumer!r}; there are {', '.join(sorted(owners)) or 'none'}", USAGE)
    return owners[consumer]


def _instant(since: str | None) -> datetime | None:
    """An instant or an age as typed; an instant without a zone is UTC."""
    if since is None:
        return None
    if age := _AGE.fullmatch(since):
        return datetime.now(UTC) - timedelta(**{_UNITS[age[2]]: int(age[1])})
    try:
        instant = datetime.fromisoformat(since)
    except ValueError:
        fail(
            f"--since {since}: give a date, an instant such as 2026-03-01T08:30Z, or an age such as 90m, 12h, 7d", USAGE
        )
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _in_database(service: str, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Does something in a transaction on a service's database."""
    url = os.environ.get("CRM_DATABASE_URL") or database_url(service)

    async def transaction() -> T:
        engine = create_async_engine(
            make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool, json_deserializer=orjson.loads
        )
        try:
            async with engine.begin() as db:
                return await work(db)
        finally:
            await engine.dispose()

    try:
        return asyncio.run(transaction())
    except (OSError, OperationalError) as error:
        fail(f"the database of {service} cannot be reached: {error}", NOT_RUNNING)


__all__ = ["discard", "forget", "replay", "retry", "show", "show_letters"]
