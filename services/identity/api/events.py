"""What identity tells the others. Nothing here ever holds a password, a hash or a token."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from crmkit.events.log import NewEvent
from services.identity.domain.rights import to_names
from services.identity.domain.roles import aggregate_id
from services.identity.domain.teams import Team
from services.identity.domain.teams import state as team_state
from services.identity.domain.users import User
from services.identity.domain.users import state as user_state
from services.identity.domain.views import View
from services.identity.domain.views import state as view_state
from services.identity.store.roles import Role
from services.identity.store.sessions import Session


def user_event(verb: str, before: User | None, after: User) -> NewEvent:
    """user.created, .updated, .deactivated, .reactivated, .password_changed, .password_reset, .unlocked, .signed_out"""
    old = user_state(before) if before else None
    return NewEvent(f"user.{verb}", "user", after.id, after.version, old, user_state(after))


def role_event(verb: str, before: Role | None, after: Role) -> NewEvent:
    """role.created, .updated"""
    old = _role_state(before) if before else None
    return NewEvent(f"role.{verb}", "role", aggregate_id(after.id), after.version, old, _role_state(after))


def team_event(verb: str, before: Team | None, after: Team | None) -> NewEvent:
    """team.created, .updated, .deleted; at least one of the states is there"""
    old, new = (team_state(team) if team else None for team in (before, after))
    if after is not None:
        return NewEvent(f"team.{verb}", "team", after.id, after.version, old, new)
    assert before is not None  # noqa: S101 - see the docstring
    return NewEvent(f"team.{verb}", "team", before.id, before.version + 1, old, None)


def view_event(verb: str, before: View | None, after: View) -> NewEvent:
    """view.created, .updated"""
    old = view_state(before) if before else None
    return NewEvent(f"view.{verb}", "view", after.id, after.version, old, view_state(after))


def view_deleted_event(view: View) -> NewEvent:
    """view.deleted"""
    return NewEvent("view.deleted", "view", view.id, view.version + 1, view_state(view), None)


def signed_in_event(session: Session, source: str) -> NewEvent:
    """session.signed_in, with the network address it came from"""
    after = {**_session_state(session), "source_address": source}
    return NewEvent("session.signed_in", "session", session.id, session.version, None, after)


def signed_out_event(session: Session, cause: str) -> NewEvent:
    """session.signed_out; `cause` is sign_out, token_reused, password_changed, password_reset, deactivated or
    ended_for_user (by an administrator)"""
    after = {**_session_state(session), "cause": cause}
    return NewEvent("session.signed_out", "session", session.id, session.version, None, after)


def locked_event(user_id: UUID | None, source: str, until: datetime) -> NewEvent:
    """session.locked: the session that was refused; `user_id` is empty where no account has the address"""
    refused = uuid7()
    after = {
        "id": str(refused),
        "user_id": str(user_id) if user_id else "",
        "source_address": source,
        "locked_until": until,
    }
    return NewEvent("session.locked", "session", refused, 1, None, after)


def _role_state(role: Role) -> dict[str, Any]:
    return {"id": role.id, "rights": to_names(role.rights), "version": role.version}


def _session_state(session: Session) -> dict[str, Any]:
    return {
        "id": str(session.id),
        "user_id": str(session.user_id),
        "expire_time": session.expires_at,
        "end_time": session.ended_at,
        "version": session.version,
    }
