"""Pages of lists that cost the same whatever the caller may see.

A caller with scope "team" sees what is hers or her teams'. Asked as one OR, the database would walk the whole
order to find the few rows that pass; so every owner, team and the bin is a branch of its own, each answered by
its index and no longer than the page, and the page is taken from their union.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Table, Uuid, bindparam, func, select, true, union_all

from crmkit.access import Principal, Scope
from crmkit.paging import AnySelect, Page


def page_of(
    page: Page,
    table: Table,
    columns: Sequence[ColumnElement[Any]],
    conditions: Sequence[ColumnElement[bool]],
    *,
    scope: Scope,
    principal: Principal,
    show_deleted: bool,
) -> AnySelect:
    """The select of one page, with one row more than the page holds, for `page.cut`."""
    rooms = [table.c.deleted_at.is_(None), table.c.deleted_at.is_not(None)][: 1 + show_deleted]
    keys = [key.column for key in page.order.columns]
    asked = [*columns, *(key for key in keys if not any(key is column for column in columns))]
    if scope is not Scope.TEAM and not show_deleted:
        return page.apply(select(*asked).where(rooms[0], _whole_scope(table, scope, principal), *conditions))
    narrow = select(*dict.fromkeys([table.c.id, *keys])).where(*conditions)
    branches: list[Select[Any]] = []
    for room in rooms:
        if scope is not Scope.TEAM:
            own = page.apply(narrow.where(room, _whole_scope(table, scope, principal))).subquery()
        else:
            own = page.apply(narrow.where(room, table.c.owner_id == principal.user_id)).subquery()
            branches.append(_teams(page, table, narrow.where(room), principal))
        branches.append(select(own.c.id))
    return page.apply(select(*asked).where(table.c.id.in_(union_all(*branches))))


def _whole_scope(table: Table, scope: Scope, principal: Principal) -> ColumnElement[bool]:
    return true() if scope is Scope.ALL else table.c.owner_id == principal.user_id


def _teams(page: Page, table: Table, narrow: AnySelect, principal: Principal) -> Select[Any]:
    """The first rows of each team of the caller."""
    teams = func.unnest(bindparam("teams", list(principal.team_ids), type_=ARRAY(Uuid), unique=True))
    team = teams.table_valued("id", name="team").render_derived()
    rows = page.apply(narrow.where(table.c.team_id == team.c.id)).lateral()
    return select(rows.c.id).select_from(team).join(rows, true())
