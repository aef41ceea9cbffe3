"""`crm migrate`: of the local stack, or of one service wherever its database is."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import sqlalchemy.exc
import typer
from sqlalchemy import NullPool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from cli.exits import USAGE, fail
from cli.stack.local import database_url
from cli.stack.plan import SERVICES
from crmkit.errors import DomainError
from crmkit.migrations.run import migrate as apply
from crmkit.serve import load_service
from services.identity.bootstrap import ensure_administrator, ensure_roles


def migrate(services: list[str], admin_email: str, admin_password_file: Path | None) -> None:
    """Applies what is missing, service by service."""
    given = os.environ.get("CRM_DATABASE_URL")
    if given and len(services) != 1:
        fail("CRM_DATABASE_URL is one service's database: name that service", USAGE)
    unknown = set(services) - set(SERVICES)
    if unknown:
        fail(f"there is no service {', '.join(sorted(unknown))}; there are {', '.join(SERVICES)}", USAGE)
    for service in services or SERVICES:
        url = given or database_url(service)
        try:
            apply(load_service(service), url)
            if service == "identity":
                password = admin_password_file.read_text().strip() if admin_password_file else None
                asyncio.run(_prepare_identity(url, admin_email, password))
        except sqlalchemy.exc.OperationalError as error:
            fail(f"the database of {service} cannot be reached: {error.orig}")
        except DomainError as error:
            fail(f"the first administrator cannot be created: {error.message}")
        typer.echo(f"{service}: up to date")


async def _prepare_identity(url: str, email: str, password: str | None) -> None:
    """The roles this version knows, and somebody who can sign in where there is nobody yet."""
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    try:
        async with engine.begin() as db:
            if password is None:
                await ensure_roles(db)
            elif await ensure_administrator(db, email, password):
                typer.echo(f"identity: {email} is the first administrator")
    finally:
        await engine.dispose()
