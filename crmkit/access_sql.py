"""A scope as SQL."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, false, literal, or_, true

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
        return or_(owner == principal.user_id, in_teams(principal, team))
    if scope is Scope.OWN:
        return owner == principal.user_id
    return false()


def in_teams(principal: Principal, team: ColumnElement[UUID | None]) -> ColumnElement[bool]:
    """Whether a column names one of the principal's teams: one parameter, however many they are."""
    return team == any_(literal(list(principal.team_ids), ARRAY(Uuid)))
