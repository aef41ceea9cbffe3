"""Arithmetic on rights: union, comparison, and who may hand out what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from crmkit.access import Scope
from services.identity.domain import errors
from services.identity.domain.roles import ACTIONS, Rights, complete


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for a change, with the union of the rights of all roles."""

    user_id: UUID
    team_ids: frozenset[UUID]
    rights: Rights


def scope_of(rights: Rights, object_name: str, action: str) -> Scope:
    """The scope of one cell; NONE when there is none."""
    return rights.get(object_name, {}).get(action, Scope.NONE)


def union(many: Iterable[Rights]) -> dict[str, dict[str, Scope]]:
    """For each cell the widest scope among `many`, complete."""
    total = complete({})
    for rights in many:
        for object_name, action, scope in _cells(rights):
            total[object_name][action] = max(total[object_name][action], scope)
    return total


def sources(many: Mapping[str, Rights]) -> list[tuple[str, str, Scope, tuple[str, ...]]]:
    """Every known cell with the widest scope that roles give it, and the ids of the roles that give that scope."""
    total = union(many.values())
    return [
        (name, action, scope, tuple(role for role, rights in many.items() if scope_of(rights, name, action) is scope))
        if scope > Scope.NONE
        else (name, action, scope, ())
        for name, action, scope in _cells(total)
    ]


def wider_cells(rights: Rights, limit: Rights) -> list[tuple[str, str]]:
    """The (object, action) cells where `rights` reaches further than `limit`."""
    return [(name, action) for name, action, scope in _cells(rights) if scope > scope_of(limit, name, action)]


def check_may_give(actor: Actor, rights: Rights) -> None:
    """Raises RightsTooWide when the actor would give away a right that he does not hold himself."""
    too_wide = wider_cells(rights, actor.rights)
    if too_wide:
        raise errors.RightsTooWide(too_wide)


def check_replacement(actor: Actor, old: Rights, new: Rights) -> None:
    """Replacing a role's rights gives away the cells it widens; those must be the actor's own."""
    raised = {
        name: {action: scope for action, scope in actions.items() if scope > scope_of(old, name, action)}
        for name, actions in new.items()
    }
    check_may_give(actor, raised)


def parse(cells: Iterable[tuple[str, str, Scope]]) -> dict[str, dict[str, Scope]]:
    """A complete matrix from a list of cells. Raises InvalidRights for unknown and repeated ones."""
    given: dict[str, dict[str, Scope]] = {}
    for position, (object_name, action, scope) in enumerate(cells):
        if action not in ACTIONS.get(object_name, ()):
            raise errors.InvalidRights(position, f"There is no right to {action!r} a {object_name!r}.")
        if action in given.get(object_name, {}):
            raise errors.InvalidRights(position, f"The right to {action} a {object_name} is given twice.")
        given.setdefault(object_name, {})[action] = scope
    return complete(given)


def to_names(rights: Rights) -> dict[str, dict[str, str]]:
    """As stored and mirrored: {"contact": {"read": "all"}}."""
    return {name: {action: scope.name.lower() for action, scope in actions.items()} for name, actions in rights.items()}


def from_names(names: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Scope]]:
    """The inverse of `to_names`."""
    return {name: {action: Scope[scope.upper()] for action, scope in cells.items()} for name, cells in names.items()}


def _cells(rights: Rights) -> Iterator[tuple[str, str, Scope]]:
    for object_name, actions in rights.items():
        for action, scope in actions.items():
            if action in ACTIONS.get(object_name, ()):  # a newer version may have stored cells unknown here
                yield object_name, action, scope
