"""Teams: names, and the tree they form."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.identity.domain import errors

MAX_NAME_LENGTH = 200
FIELDS = frozenset({"name", "parent_id"})


@dataclass(frozen=True, slots=True)
class Team:
    """One team as stored."""

    id: UUID
    name: str
    parent_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID | None
    updated_by: UUID | None


def clean_name(name: str) -> str:
    """The name without surrounding space. Raises TeamInvalid (TEAM_NAME_INVALID)."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= MAX_NAME_LENGTH:
        raise errors.TeamInvalid(
            "TEAM_NAME_INVALID", f"A team's name has 1 to {MAX_NAME_LENGTH} characters.", "team.name"
        )
    return name


def check_parent(team_id: UUID, subtree: Collection[UUID], parent_id: UUID | None) -> None:
    """Raises TeamCycle when the new parent is the team itself or stands below it (`subtree` holds both)."""
    if parent_id is not None and (parent_id == team_id or parent_id in subtree):
        raise errors.TeamCycle


def state(team: Team) -> dict[str, Any]:
    """What events tell of a team."""
    return {
        "id": str(team.id),
        "name": team.name,
        "parent_id": str(team.parent_id) if team.parent_id else "",
        "version": team.version,
    }
