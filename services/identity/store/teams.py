"""Queries on teams and their tree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, delete, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.text import fold
from services.identity.domain import errors
from services.identity.domain.teams import Team
from services.identity.store.tables import team, user


def _to_team(row: Row[*tuple[Any, ...]]) -> Team:
    return Team(
        id=row.id,
        name=row.name,
        parent_id=row.parent_id,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
        updated_by=row.updated_by,
    )


async def list_visible(db: AsyncConnection, visible: ColumnElement[bool]) -> Sequence[Team]:
    """The teams in scope, by name."""
    return [_to_team(row) for row in await db.execute(select(team).where(visible).order_by(team.c.name_key, team.c.id))]


async def get(db: AsyncConnection, team_id: UUID, visible: ColumnElement[bool]) -> Team:
    """One team in scope, locked until the transaction ends. Raises TeamNotFound."""
    row = (await db.execute(select(team).where(team.c.id == team_id, visible).with_for_update())).first()
    if row is None:
        raise errors.TeamNotFound
    return _to_team(row)


async def known(db: AsyncConnection, team_id: UUID) -> bool:
    """Whether there is such a team."""
    return bool((await db.execute(select(exists().where(team.c.id == team_id)))).scalar_one())


async def tree(db: AsyncConnection, only: UUID | None = None) -> dict[UUID, UUID | None]:
    """The team above each team; of `only` one where given, nothing when there is no such team."""
    statement = select(team.c.id, team.c.parent_id)
    rows = await db.execute(statement if only is None else statement.where(team.c.id == only))
    return {row.id: row.parent_id for row in rows}


async def add(
    db: AsyncConnection, team_id: UUID, name: str, parent_id: UUID | None, *, now: datetime, by: UUID | None
) -> Team:
    """Inserts a team. Violates uq_team_parent_id_name_key when a sibling has the name."""
    values = {
        "id": team_id,
        "name": name,
        "name_key": fold(name),
        "parent_id": parent_id,
        "created_at": now,
        "updated_at": now,
        "created_by": by,
        "updated_by": by,
    }
    return _to_team((await db.execute(insert(team).values(values).returning(team))).one())


async def change(
    db: AsyncConnection, before: Team, name: str, parent_id: UUID | None, *, now: datetime, by: UUID | None
) -> Team:
    """Renames or moves a locked team. Violates uq_team_parent_id_name_key when a sibling has the name."""
    values = {
        "name": name,
        "name_key": fold(name),
        "parent_id": parent_id,
        "version": before.version + 1,
        "updated_at": now,
        "updated_by": by,
    }
    return _to_team((await db.execute(update(team).where(team.c.id == before.id).values(values).returning(team))).one())


async def remove(db: AsyncConnection, team_id: UUID) -> None:
    """Deletes a locked team. Raises TeamInUse when it has members or children."""
    used = or_(exists().where(user.c.team_id == team_id), exists().where(team.c.parent_id == team_id))
    if (await db.execute(select(used))).scalar_one():
        raise errors.TeamInUse
    await db.execute(delete(team).where(team.c.id == team_id))


async def subtree(db: AsyncConnection, team_id: UUID) -> tuple[UUID, ...]:
    """The team and every team below it, in order of id."""
    below = select(team.c.id).where(team.c.id == team_id).cte("below", recursive=True)
    below = below.union(select(team.c.id).join(below, team.c.parent_id == below.c.id))
    return tuple((await db.execute(select(below.c.id).order_by(below.c.id))).scalars())
