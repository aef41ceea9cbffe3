"""Queries on roles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.identity.domain import errors
from services.identity.domain.rights import from_names, to_names, union
from services.identity.domain.roles import ROLE_IDS, Rights
from services.identity.store.tables import role


@dataclass(frozen=True, slots=True)
class Role:
    """One role as stored."""

    id: str
    rights: Rights
    version: int


_ALL = select(role.c.id, role.c.rights, role.c.version)


async def list_visible(db: AsyncConnection, visible: ColumnElement[bool]) -> list[Role]:
    """The roles in scope, in the order of ROLE_IDS."""
    rows = await db.execute(_ALL.where(visible))
    found = {row.id: Role(row.id, from_names(row.rights), row.version) for row in rows}
    return [found[role_id] for role_id in ROLE_IDS if role_id in found]


async def get(db: AsyncConnection, role_id: str, visible: ColumnElement[bool], *, lock: bool = False) -> Role:
    """One role in scope. Raises RoleNotFound."""
    statement = _ALL.where(role.c.id == role_id, visible)
    row = (await db.execute(statement.with_for_update() if lock else statement)).first()
    if row is None:
        raise errors.RoleNotFound
    return Role(row.id, from_names(row.rights), row.version)


async def rights_of(db: AsyncConnection, role_ids: Iterable[str]) -> Rights:
    """The union of the rights of these roles."""
    rows = await db.execute(_ALL.where(role.c.id.in_(set(role_ids))))
    return union(from_names(row.rights) for row in rows)


async def rights_by_role(db: AsyncConnection, role_ids: Iterable[str]) -> dict[str, Rights]:
    """The rights of each of these roles, in the order of ROLE_IDS."""
    return {found.id: found.rights for found in await list_visible(db, role.c.id.in_(set(role_ids)))}


async def add(db: AsyncConnection, role_id: str, rights: Rights) -> Role:
    """Inserts a role at version 1."""
    await db.execute(insert(role).values(id=role_id, rights=to_names(rights)))
    return Role(role_id, rights, 1)


async def change(db: AsyncConnection, before: Role, rights: Rights, now: datetime, by: UUID | None) -> Role:
    """Replaces the rights of a locked role."""
    values = {"rights": to_names(rights), "version": before.version + 1, "updated_at": now, "updated_by": by}
    await db.execute(update(role).where(role.c.id == before.id).values(values))
    return Role(before.id, rights, before.version + 1)
