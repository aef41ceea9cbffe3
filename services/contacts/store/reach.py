"""What a caller sees, as conditions whose values are parameters: a statement is built once and serves everybody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, FromClause, TableValuedAlias, Uuid, bindparam, func, or_, true

from crmkit.access import Principal, Scope


def own(table: FromClause) -> ColumnElement[bool]:
    """Whether the row is the caller's own."""
    return table.c.owner_id == bindparam("me", type_=Uuid())


def teams() -> TableValuedAlias:
    """The caller's teams as a table with one column, `id`."""
    ids = bindparam("teams", type_=ARRAY(Uuid))
    return func.unnest(ids).table_valued("id", name="team").render_derived()


def reach(table: FromClause, scope: Scope) -> ColumnElement[bool]:
    """Whether a scope reaches the row, as `crmkit.access.visible` decides."""
    if scope is Scope.ALL:
        return true()
    if scope is Scope.OWN:
        return own(table)
    return or_(own(table), table.c.team_id == func.any(bindparam("teams", type_=ARRAY(Uuid))))


def parameters(principal: Principal) -> dict[str, Any]:
    """The values of the conditions above."""
    return {"me": principal.user_id, "teams": list(principal.team_ids)}
