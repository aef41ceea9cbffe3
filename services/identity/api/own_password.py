"""Changing one's own password."""

from __future__ import annotations

from typing import Any

from crmkit.context import Call
from services.identity.api import events, hashing
from services.identity.api.refresh import end_sessions
from services.identity.api.sign_in import count_try, forget_tries
from services.identity.api.source import source_address
from services.identity.domain import errors, passwords
from services.identity.store import users


async def change_password(call: Call, current: str, new: str) -> None:
    """Raises PasswordWeak, PasswordWrong, LockedOut or Busy.

    Tries count as those of signing in: a borrowed browser is no place to guess passwords in.
    """
    caller = call.require()
    source = source_address(call)
    async with call.runtime.writer.connect() as db:
        found = await users.credentials_by_id(db, caller.user_id)
    if found is None or not found.active:
        raise errors.UserNotFound
    passwords.check(new, found.email, "new_password")
    await count_try(call, found.email, source)
    fits = len(current) <= passwords.MAX_LENGTH and await hashing.verify_password(found.password_hash, current)
    if not fits:
        raise errors.PasswordWrong
    if new == current:
        raise errors.PasswordWeak("new_password", "The new password must be another one.")
    new_hash = await hashing.hash_password(new)
    async with call.transaction() as db:
        before, stored_hash, _ = await users.lock_for_session(db, caller.user_id)
        if not before.active or stored_hash != found.password_hash:  # changed since we looked
            raise errors.PasswordWrong
        await forget_tries(db, found.email, source)
        columns: dict[str, Any] = {"password_hash": new_hash, "password_initial": False, "password_temporary": False}
        after = await users.change(db, before, call.now, caller.user_id, **columns)
        call.record(events.user_event("password_changed", before, after))
        await end_sessions(call, caller.user_id, "password_changed", but=caller.session_id)
