"""A scope as SQL."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, true

from crmkit.access import Principal, Scope


def visible(
    scope: Scope, principal: Principal, owner: ColumnElement[UUID | None], team: ColumnElement[UUID | None]
) -> ColumnElement[bool]:
    """The WHERE clause of a scope over the columns of owner and team."""
    if scope is Scope.ALL:
        return true()
    if scope is Scope.TEAM:
        if not principal.team_ids:
            return owner == principal.user_id
        return or_(owner == principal.user_id, team.in_(principal.team_ids))
    if scope is Scope.OWN:
        return owner == principal.user_id
    return false()
