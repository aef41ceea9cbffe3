"""Users as every other user sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Row, Uuid, any_, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.filters.values import like_pattern
from crmkit.paging import AnySelect
from crmkit.text import fold
from services.identity.store.tables import team, user


@dataclass(frozen=True, slots=True)
class Colleague:
    """A user without anything that is for administrators."""

    id: UUID
    display_name: str
    email: str
    team_id: UUID | None
    team_name: str
    active: bool


_SELECT = select(
    user.c.id,
    user.c.name_key,
    user.c.display_name,
    user.c.email,
    user.c.team_id,
    func.coalesce(team.c.name, "").label("team_name"),
    user.c.active,
).outerjoin_from(user, team, user.c.team_id == team.c.id)


def matching(query: str, team_id: UUID | None, *, show_inactive: bool) -> AnySelect:
    """The select of those in whose name or address every word of the query occurs; `to_colleague` reads its rows."""
    statement: AnySelect = _SELECT
    for word in fold(query).split():
        statement = statement.where(user.c.search_text.like(like_pattern(word, before=True, after=True)))
    if team_id is not None:
        statement = statement.where(user.c.team_id == team_id)
    if not show_inactive:
        statement = statement.where(user.c.active)
    return statement


async def batch(db: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Colleague]:
    """Those of the ids that there are."""
    rows = await db.execute(_SELECT.where(user.c.id == any_(literal(list(ids), ARRAY(Uuid)))))
    return {row.id: to_colleague(row) for row in rows}


def to_colleague(row: Row[*tuple[Any, ...]]) -> Colleague:
    """A row of `matching`."""
    return Colleague(row.id, row.display_name, row.email, row.team_id, row.team_name, row.active)
