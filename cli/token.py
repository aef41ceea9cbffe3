"""`crm token`: an access token for the local stack, made with its own signing key."""

from __future__ import annotations

import asyncio

from sqlalchemy import NullPool
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from cli.exits import NOT_RUNNING, fail
from cli.stack.local import database_url, running
from cli.stack.secrets import Secrets
from crmkit.errors import NotFound
from services.identity.cli import token_for


def token(email: str) -> str:
    """The token; ends the command with one sentence when there is no such active user or no stack."""
    settings, _ = running()
    try:
        return asyncio.run(_token(database_url("identity"), email, Secrets(settings.secrets)))
    except NotFound:
        fail(f"there is no active user with the address {email}")
    except (OSError, OperationalError) as error:
        fail(f"identity's database cannot be reached: {error}", NOT_RUNNING)


async def _token(url: str, email: str, secrets: Secrets) -> str:
    engine = create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    try:
        async with engine.begin() as db:
            return await token_for(db, email, secrets.signing_key_file)
    finally:
        await engine.dispose()
