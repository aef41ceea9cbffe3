"""Queries on saved views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, false, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.access import Principal, Scope
from crmkit.access_sql import in_teams
from crmkit.paging import AnySelect
from services.identity.domain import errors
from services.identity.domain.views import Sharing, View, ViewColumn, ViewContent, name_key
from services.identity.store.tables import team, view


def to_view(row: Row[*tuple[Any, ...]]) -> View:
    """The domain's view of a row."""
    sharing = Sharing.ALL if row.shared_with_all else Sharing.TEAM if row.team_id else Sharing.PRIVATE
    content = ViewContent(
        name=row.name,
        object=row.object,
        filter=row.filter,
        order_by=row.order_by,
        columns=tuple(ViewColumn(**column) for column in row.columns),
        density=row.density,
        sharing=sharing,
        team_id=row.team_id,
        pinned=row.pinned,
        position=row.position,
    )
    return View(
        id=row.id,
        owner_id=row.owner_id,
        content=content,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
        updated_by=row.updated_by,
    )


def readable(principal: Principal) -> ColumnElement[bool]:
    """One's own views, and those shared with everyone, one's team or a team above it."""
    return or_(view.c.owner_id == principal.user_id, view.c.shared_with_all, _shared_with_team_of(principal))


def changeable(principal: Principal, scope: Scope) -> ColumnElement[bool]:
    """The views of others that view:update of this scope reaches; `domain.views.may_change` decides the same."""
    if scope is Scope.ALL:
        return or_(view.c.shared_with_all, view.c.team_id.is_not(None))
    return in_teams(principal, view.c.team_id) if scope is Scope.TEAM else false()


def _shared_with_team_of(principal: Principal) -> ColumnElement[bool]:
    if principal.team_id is None:
        return false()
    above = select(team.c.id, team.c.parent_id).where(team.c.id == principal.team_id).cte("above", recursive=True)
    above = above.union(select(team.c.id, team.c.parent_id).join(above, team.c.id == above.c.parent_id))
    return view.c.team_id.in_(select(above.c.id))


def list_all() -> AnySelect:
    """The select of a list of views; the caller adds who sees them, object and page."""
    return select(view)


async def get(db: AsyncConnection, view_id: UUID, visible: ColumnElement[bool], *, lock: bool = False) -> View:
    """One view. Raises ViewNotFound. With `lock` the row stays as it is until the transaction ends."""
    statement = select(view).where(view.c.id == view_id, visible)
    row = (await db.execute(statement.with_for_update() if lock else statement)).first()
    if row is None:
        raise errors.ViewNotFound
    return to_view(row)


async def count_of(db: AsyncConnection, owner_id: UUID) -> int:
    """How many views somebody has. Ask with the owner's row locked where it decides about one more."""
    return (await db.execute(select(func.count()).where(view.c.owner_id == owner_id))).scalar_one()


async def add(db: AsyncConnection, view_id: UUID, owner_id: UUID, content: ViewContent, now: datetime) -> View:
    """Inserts a view. Violates uq_saved_view_owner_id_object_name_key when the owner has the name."""
    values = {
        "id": view_id,
        "owner_id": owner_id,
        **_columns(content),
        "created_at": now,
        "updated_at": now,
        "created_by": owner_id,
        "updated_by": owner_id,
    }
    return to_view((await db.execute(insert(view).values(values).returning(view))).one())


async def change(db: AsyncConnection, before: View, content: ViewContent, now: datetime, by: UUID) -> View:
    """Writes another content of a locked view. Violates uq_saved_view_owner_id_object_name_key as `add` does."""
    values = {**_columns(content), "version": before.version + 1, "updated_at": now, "updated_by": by}
    return to_view((await db.execute(update(view).where(view.c.id == before.id).values(values).returning(view))).one())


async def remove(db: AsyncConnection, view_id: UUID) -> None:
    """Deletes a locked view."""
    await db.execute(delete(view).where(view.c.id == view_id))


def _columns(content: ViewContent) -> Mapping[str, Any]:
    return {
        "name": content.name,
        "name_key": name_key(content.name),
        "object": content.object,
        "filter": content.filter,
        "order_by": content.order_by,
        "columns": [asdict(column) for column in content.columns],
        "density": content.density,
        "shared_with_all": content.sharing is Sharing.ALL,
        "team_id": content.team_id,
        "pinned": content.pinned,
        "position": content.position,
    }
