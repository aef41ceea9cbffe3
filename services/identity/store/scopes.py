"""What a scope means for the records of identity, which have no owner column."""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, true

from crmkit.access import Principal, Scope
from crmkit.access_sql import in_teams, visible
from services.identity.store.tables import role, team, user


def visible_users(scope: Scope, principal: Principal) -> ColumnElement[bool]:
    """Everyone owns themselves; team: the users of the own team and the teams below."""
    return visible(scope, principal, user.c.id, user.c.team_id)


def visible_teams(scope: Scope, principal: Principal) -> ColumnElement[bool]:
    """own: the own team; team: it and the teams below."""
    if scope is Scope.ALL:
        return true()
    if scope is Scope.TEAM:
        return in_teams(principal, team.c.id)
    if scope is Scope.OWN:
        return team.c.id == principal.team_id
    return false()


def visible_roles(scope: Scope, principal: Principal) -> ColumnElement[bool]:
    """A role belongs to no team: below all it is the roles one holds."""
    if scope is Scope.ALL:
        return true()
    return role.c.id.in_(principal.role_ids) if scope > Scope.NONE else false()
