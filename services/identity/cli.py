"""What the `crm` command asks of identity on the machine that holds the signing key."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.api.signer import Signer, principal_of
from services.identity.domain import errors
from services.identity.store import users


async def token_for(db: AsyncConnection, email: str, signing_key_file: Path) -> str:
    """An access token of the active user with this address, valid 10 minutes, without a session to refresh it by.

    Raises UserNotFound when there is no such active user; OSError or ValueError for the key file.
    """
    found = await users.credentials(db, email)
    if found is None or not found.active:
        raise errors.UserNotFound
    user, _, issue_ms = await users.lock_for_session(db, found.id)
    token, _ = Signer(signing_key_file).mint(principal_of(user, None), issue_ms)
    return token
