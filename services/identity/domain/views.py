"""Saved views of tables: which fields are right, and whom they may be shared with."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from crmkit.access import Scope
from crmkit.errors import Violation
from crmkit.text import fold
from services.identity.domain import errors
from services.identity.domain.roles import ACTIONS

MAX_VIEWS = 200  # of one owner
MAX_NAME_LENGTH = 100
MAX_FILTER_BYTES = 8_192
MAX_ORDER_LENGTH = 200
MAX_COLUMNS = 100
MAX_POSITION = 10_000
DENSITIES = ("comfortable", "compact")
# What has a list that is read by right: a further service brings its own.
OBJECTS = frozenset(name for name, actions in ACTIONS.items() if "read" in actions)
# What UpdateView changes; `sharing` and `team_id` go together.
FIELDS = frozenset({"name", "filter", "order_by", "columns", "density", "sharing", "team_id", "pinned", "position"})
_COLUMN_ID = re.compile(r"[A-Za-z0-9_.-]{1,100}")
_WIDTHS = range(40, 2_001)


class Sharing(IntEnum):
    """Whom a view is for; numbered as in the contract."""

    PRIVATE = 1
    TEAM = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column shown; `width` in pixels, 0: whatever fits."""

    id: str
    width: int


@dataclass(frozen=True, slots=True)
class ViewContent:
    """What can be said about a view."""

    name: str
    object: str
    filter: str
    order_by: str
    columns: tuple[ViewColumn, ...]
    density: str
    sharing: Sharing
    team_id: UUID | None
    pinned: bool
    position: int


@dataclass(frozen=True, slots=True)
class View:
    """One view as stored."""

    id: UUID
    owner_id: UUID
    content: ViewContent
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID | None
    updated_by: UUID | None


def cleaned(content: ViewContent) -> ViewContent:
    """The content in its stored form. Raises ViewInvalid with a violation for every field that is wrong."""
    clean = replace(content, name=" ".join(content.name.split()), density=content.density or DENSITIES[0])
    refused = [
        Violation(f"view.{field}", sentence, reason) for field, reason, sentence, wrong in _checks(clean) if wrong
    ]
    refused += _wrong_columns(clean.columns)
    if refused:
        raise errors.ViewInvalid(refused)
    return clean


def merged(content: ViewContent, given: ViewContent, fields: Collection[str]) -> ViewContent:
    """The content with the named `fields` as `given`. A view no longer shared with a team forgets the team."""
    made = replace(content, **{name: getattr(given, name) for name in fields})
    forgets = made.sharing is not Sharing.TEAM and "team_id" not in fields
    return replace(made, team_id=None) if forgets else made


def name_key(name: str) -> str:
    """What names of views are compared by."""
    return fold(name)


def check_sharing(scope: Scope, content: ViewContent, team_ids: Collection[UUID]) -> None:
    """Raises SharingForbidden unless view:create of this scope, and these teams of one's own, let one share so."""
    if content.sharing is Sharing.PRIVATE or scope is Scope.ALL:
        return
    if content.sharing is Sharing.TEAM and scope is Scope.TEAM and content.team_id in team_ids:
        return
    raise errors.SharingForbidden


def may_change(scope: Scope, view: View, user_id: UUID, team_ids: Collection[UUID]) -> bool:
    """Whether view:update or view:delete of this scope reaches a view. A private one is its owner's alone."""
    if view.owner_id == user_id:
        return scope > Scope.NONE
    if view.content.sharing is Sharing.PRIVATE:
        return False
    return scope is Scope.ALL or (scope is Scope.TEAM and view.content.team_id in team_ids)


def state(view: View) -> dict[str, Any]:
    """What events tell of a view."""
    content = view.content
    return {
        "id": str(view.id),
        "owner_id": str(view.owner_id),
        "name": content.name,
        "object": content.object,
        "filter": content.filter,
        "order_by": content.order_by,
        "columns": [asdict(column) for column in content.columns],
        "density": content.density,
        "sharing": content.sharing.name.lower(),
        "team_id": str(content.team_id) if content.team_id else "",
        "pinned": content.pinned,
        "position": content.position,
        "version": view.version,
    }


def _checks(view: ViewContent) -> Sequence[tuple[str, str, str, bool]]:
    """Field, reason, sentence, and whether it is wrong."""
    return (
        (
            "name",
            "NAME_INVALID",
            f"A name has 1 to {MAX_NAME_LENGTH} characters that can be seen.",
            not (1 <= len(view.name) <= MAX_NAME_LENGTH and name_key(view.name)),
        ),
        ("object", "OBJECT_UNKNOWN", f"The object is one of {', '.join(sorted(OBJECTS))}.", view.object not in OBJECTS),
        (
            "filter",
            "FILTER_TOO_LONG",
            f"A filter has at most {MAX_FILTER_BYTES:,} bytes.",
            len(view.filter.encode()) > MAX_FILTER_BYTES,
        ),
        (
            "order_by",
            "ORDER_BY_TOO_LONG",
            f"An order has at most {MAX_ORDER_LENGTH} characters.",
            len(view.order_by) > MAX_ORDER_LENGTH,
        ),
        ("density", "DENSITY_UNKNOWN", f"The density is one of {', '.join(DENSITIES)}.", view.density not in DENSITIES),
        (
            "team_id",
            "TEAM_NOT_SHARED",
            "A team is named when the view is shared with one, and only then.",
            (view.sharing is Sharing.TEAM) != (view.team_id is not None),
        ),
        (
            "position",
            "POSITION_INVALID",
            f"A position is 0 to {MAX_POSITION:,}.",
            not 0 <= view.position <= MAX_POSITION,
        ),
    )


def _wrong_columns(columns: Sequence[ViewColumn]) -> list[Violation]:
    if len(columns) > MAX_COLUMNS:
        return [Violation("view.columns", f"A view has at most {MAX_COLUMNS} columns.", "COLUMNS_TOO_MANY")]
    wrong, seen = [], set()
    for place, column in enumerate(columns):
        path = f"view.columns[{place}]"
        if not _COLUMN_ID.fullmatch(column.id):
            wrong.append(Violation(f"{path}.id", "A column has a name of Latin letters and digits.", "COLUMN_INVALID"))
        elif column.id in seen:
            wrong.append(Violation(f"{path}.id", "Each column is shown once.", "COLUMN_REPEATED"))
        seen.add(column.id)
        if column.width != 0 and column.width not in _WIDTHS:
            sentence = f"A width is {_WIDTHS.start} to {_WIDTHS.stop - 1:,} pixels, or 0."
            wrong.append(Violation(f"{path}.width", sentence, "WIDTH_INVALID"))
    return wrong
