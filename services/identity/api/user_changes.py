"""Changes of users. Each takes its turn under `lock_rights`: of two changes that would each leave one administrator
the second sees the first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from uuid_utils.compat import uuid7

from crm.identity.v1 import identity_service_pb2 as messages
from crmkit import etag
from crmkit.context import Call
from crmkit.errors import Violation
from crmkit.masks import check_mask
from crmkit.wire import parse_id
from services.identity.api import convert, events, hashing
from services.identity.api.actor import actor_of
from services.identity.api.mirror import end_tokens_after_commit
from services.identity.api.refresh import end_sessions
from services.identity.domain import errors, passwords
from services.identity.domain.lockout import account_key
from services.identity.domain.rights import check_may_give
from services.identity.domain.roles import ADMINISTRATOR
from services.identity.domain.users import (
    FIELDS,
    Profile,
    User,
    changed,
    check_creation,
    check_update,
    cleaned,
    email_key,
)
from services.identity.store import failures, roles, teams, users
from services.identity.store.scopes import visible_users


async def create_user(call: Call, request: messages.CreateUserRequest) -> User:
    """Raises UserInvalid, PasswordWeak, FieldsForbidden, RightsTooWide or (by constraint) EmailTaken."""
    profile = cleaned(convert.parse_profile(request.user))
    passwords.check(request.password, profile.email, "password")
    password_hash = await hashing.hash_password(request.password)
    await users.lock_rights(call.db)
    check_creation(await actor_of(call), profile, await roles.rights_of(call.db, profile.role_ids))
    await _check_team(call, profile)
    by = call.require().user_id
    temporary = request.password_temporary
    user = await users.add(call.db, uuid7(), profile, password_hash, now=call.now, by=by, password_temporary=temporary)
    call.record(events.user_event("created", None, user))
    return user


async def update_user(call: Call, request: messages.UpdateUserRequest) -> User:
    """Raises UserNotFound, UserInvalid, FieldsForbidden, RightsTooWide, TeamOutOfReach or LastAdministrator.

    Roles and team travel in access tokens: when they change, tokens with the old ones are refused from then on.
    """
    mask = check_mask(request.update_mask, messages.User.DESCRIPTOR, FIELDS)
    user_id = parse_id(request.user.id, "user.id")
    given = convert.parse_profile(request.user)
    await users.lock_rights(call.db)
    before = await users.get(call.db, user_id, visible_users(call.scope, call.require()), lock=True)
    etag.check(request.user.etag, before.version)
    profile = cleaned(replace(before.profile, **{name: getattr(given, name) for name in mask.fields}))
    if not (fields := changed(before.profile, profile)):
        return before
    held = await roles.rights_of(call.db, before.profile.role_ids)
    wanted = await roles.rights_of(call.db, profile.role_ids)
    check_update(await actor_of(call), before.profile, profile, held, wanted)
    await _check_team(call, profile)
    if ADMINISTRATOR not in profile.role_ids:
        await _check_not_last(call, before)
    stale = bool(fields & {"role_ids", "team_id"})
    by = call.require().user_id
    after = await users.change_profile(call.db, before, profile, call.now, by, end_tokens=stale)
    call.record(events.user_event("updated", before, after))
    if stale:
        end_tokens_after_commit(call, [after])
    return after


async def deactivate_user(call: Call, request: messages.DeactivateUserRequest) -> User:
    """Raises UserNotFound, RightsTooWide or LastAdministrator."""
    await users.lock_rights(call.db)
    before = await _administered(call, request.id, lock=True)
    if not before.active:
        return before
    await _check_not_last(call, before)
    after = await users.change(call.db, before, call.now, call.require().user_id, end_tokens=True, active=False)
    call.record(events.user_event("deactivated", before, after))
    end_tokens_after_commit(call, [after])
    await end_sessions(call, after.id, "deactivated")
    return after


async def reactivate_user(call: Call, request: messages.ReactivateUserRequest) -> User:
    """Raises UserNotFound or RightsTooWide."""
    await users.lock_rights(call.db)
    before = await _administered(call, request.id, lock=True)
    if before.active:
        return before
    after = await users.change(call.db, before, call.now, call.require().user_id, active=True)
    call.record(events.user_event("reactivated", before, after))
    return after


async def reset_password(call: Call, request: messages.ResetPasswordRequest) -> User:
    """Raises UserNotFound, RightsTooWide, OwnPassword or PasswordWeak."""
    before = await _administered(call, request.id)
    by = call.require().user_id
    if before.id == by:
        raise errors.OwnPassword
    passwords.check(request.new_password, before.profile.email, "new_password")
    # It may have to wait for many people who sign in: nobody's change of rights waits for that as well.
    password_hash = await hashing.hash_password(request.new_password)
    await users.lock_rights(call.db)
    before = await _administered(call, request.id, lock=True)
    columns: dict[str, Any] = {
        "password_hash": password_hash,
        "password_initial": False,
        "password_temporary": request.password_temporary,
    }
    after = await users.change(call.db, before, call.now, by, end_tokens=True, **columns)
    await failures.clear(call.db, account_key(email_key(after.profile.email)))
    call.record(events.user_event("password_reset", before, after))
    end_tokens_after_commit(call, [after])
    await end_sessions(call, after.id, "password_reset")
    return after


async def unlock_user(call: Call, request: messages.UnlockUserRequest) -> User:
    """Raises UserNotFound, RightsTooWide or OwnLock. Without a lock or a wrong try nothing happens."""
    await users.lock_rights(call.db)
    before = await _administered(call, request.id, lock=True)
    by = call.require().user_id
    if before.id == by:
        raise errors.OwnLock
    if not await failures.clear(call.db, account_key(email_key(before.profile.email))):
        return before
    after = await users.change(call.db, before, call.now, by)
    call.record(events.user_event("unlocked", before, after))
    return after


async def end_user_sessions(call: Call, request: messages.EndUserSessionsRequest) -> int:
    """How many sessions it ended. Raises UserNotFound or RightsTooWide."""
    await users.lock_rights(call.db)
    before = await _administered(call, request.id, lock=True)
    # Also what was issued outside any session.
    after = await users.change(call.db, before, call.now, call.require().user_id, end_tokens=True)
    call.record(events.user_event("signed_out", before, after))
    end_tokens_after_commit(call, [after])
    return await end_sessions(call, after.id, "ended_for_user")


async def _administered(call: Call, id: str, *, lock: bool = False) -> User:
    """A user in scope whose rights are no wider than the caller's: else resetting a password would lend them."""
    user_id = parse_id(id, "id")
    user = await users.get(call.db, user_id, visible_users(call.scope, call.require()), lock=lock)
    check_may_give(await actor_of(call), await roles.rights_of(call.db, user.profile.role_ids))
    return user


async def _check_not_last(call: Call, user: User) -> None:
    administers = user.active and ADMINISTRATOR in user.profile.role_ids
    if administers and not await users.other_active_administrator(call.db, user.id):
        raise errors.LastAdministrator


async def _check_team(call: Call, profile: Profile) -> None:
    if profile.team_id is not None and not await teams.known(call.db, profile.team_id):
        raise errors.UserInvalid([Violation("user.team_id", "There is no such team.", "TEAM_UNKNOWN")])
