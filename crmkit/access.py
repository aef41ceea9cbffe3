"""Who calls, and how far their rights reach.

Roles give each (object, action) a scope; the matrix, the tree of teams and the endings of sessions live in the NATS
key-value bucket `crm_access`, written by identity and mirrored in every process, so that a change is in force at once
and a request costs no look-up.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from uuid import UUID

import orjson

from crmkit.errors import Unauthenticated


class Scope(IntEnum):
    """How far a right reaches; wider is greater."""

    NONE = 1
    OWN = 2
    TEAM = 3
    ALL = 4


@dataclass(frozen=True, slots=True)
class Principal:
    """The signed-in user of a request."""

    user_id: UUID
    session_id: UUID | None
    role_ids: frozenset[str]
    team_id: UUID | None
    # The user's team and every team below it, as of the call: `AccessDirectory.admit` fills it in.
    team_ids: tuple[UUID, ...] = ()


RoleMatrix = Mapping[str, Mapping[str, str]]


@dataclass
class AccessDirectory:
    """This process's mirror of the role matrix, the tree of teams, and ended sessions.

    Entries of the bucket: `role.<role id>` = {"contact": {"read": "all"}}; `team.<uuid>` = {"parent_id": uuid or null};
    `user.<uuid>` = {"not_before_ms": int}, which ends what was issued until then; `session.<uuid>` =
    {"ended_ms": int}, which ends one session.
    """

    roles: dict[str, dict[str, dict[str, Scope]]] = field(default_factory=dict)
    not_before_ms: dict[UUID, int] = field(default_factory=dict)
    ended_sessions: dict[UUID, int] = field(default_factory=dict)
    # The team above each team.
    parents: dict[UUID, UUID | None] = field(default_factory=dict)
    # What was asked for since the tree last changed.
    _subtrees: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)

    def admit(self, principal: Principal, issued_ms: int) -> Principal:
        """The principal of a verified token with its teams as they are now.

        Raises Unauthenticated (SESSION_ENDED), see `check_session`.
        """
        self.check_session(principal, issued_ms)
        return self.with_teams(principal)

    def with_teams(self, principal: Principal) -> Principal:
        """The same with `team_ids` as they are now."""
        if principal.team_id is None:
            return principal
        return replace(principal, team_ids=self.subtree(principal.team_id))

    def scope(self, principal: Principal, object_name: str, action: str) -> Scope:
        """The widest scope that any role of the principal gives."""
        widest = Scope.NONE
        for role_id in principal.role_ids:
            given = self.roles.get(role_id, {}).get(object_name, {}).get(action, Scope.NONE)
            widest = max(widest, given)
        return widest

    def check_session(self, principal: Principal, issued_ms: int) -> None:
        """Raises Unauthenticated (SESSION_ENDED) when the token's session, or all of the user's, ended since."""
        ended = self.not_before_ms.get(principal.user_id)
        if (ended is not None and issued_ms <= ended) or principal.session_id in self.ended_sessions:
            raise Unauthenticated("SESSION_ENDED", "Your session has ended. Sign in again.")

    def set_role(self, role_id: str, matrix: RoleMatrix) -> None:
        """Takes over one role's rights: {"contact": {"read": "all"}}."""
        self.roles[role_id] = {
            object_name: {action: Scope[scope.upper()] for action, scope in actions.items()}
            for object_name, actions in matrix.items()
        }

    def set_team(self, team_id: UUID, parent_id: UUID | None) -> None:
        """Takes over a team's place in the tree."""
        if self.parents.get(team_id, team_id) != parent_id:
            self.parents[team_id] = parent_id
            self._subtrees.clear()

    def keep_teams(self, team_ids: Collection[UUID]) -> None:
        """Forgets every other team."""
        for team_id in self.parents.keys() - set(team_ids):
            del self.parents[team_id]
            self._subtrees.clear()

    def forget_endings(self, before_ms: int) -> None:
        """Forgets endings before an instant that no valid token is older than."""
        self.not_before_ms = {key: ended for key, ended in self.not_before_ms.items() if ended >= before_ms}
        self.ended_sessions = {key: ended for key, ended in self.ended_sessions.items() if ended >= before_ms}

    def subtree(self, team_id: UUID) -> tuple[UUID, ...]:
        """The team and every team below it, the team itself first; only itself when the tree does not know it."""
        known = self._subtrees.get(team_id)
        if known is None:
            known = self._subtrees[team_id] = self._walk(team_id)
        return known

    def _walk(self, team_id: UUID) -> tuple[UUID, ...]:
        children: dict[UUID | None, list[UUID]] = {}
        for child, parent in self.parents.items():
            children.setdefault(parent, []).append(child)
        # Moves arrive one by one: between two of them a circle may be seen for a moment, and must not catch us.
        found = {team_id: None}
        waiting = [team_id]
        while waiting:
            below = [child for child in children.get(waiting.pop(), ()) if child not in found]
            found.update(dict.fromkeys(below))
            waiting += below
        return tuple(found)

    def take(self, key: str, value: bytes | None) -> None:
        """Takes over one entry of the bucket; `value` is None when the entry was deleted.

        Raises ValueError, KeyError, TypeError or AttributeError for an entry of another form, and changes nothing.
        """
        kind, _, identifier = key.partition(".")
        if kind == "role":
            if value is None:
                self.roles.pop(identifier, None)
            else:
                self.set_role(identifier, orjson.loads(value))
        elif kind == "team":
            if value is None:
                self.keep_teams(self.parents.keys() - {UUID(identifier)})
            else:
                parent_id = orjson.loads(value)["parent_id"]
                self.set_team(UUID(identifier), UUID(parent_id) if parent_id else None)
        elif kind == "user":
            if value is None:
                self.not_before_ms.pop(UUID(identifier), None)
            else:
                self.not_before_ms[UUID(identifier)] = int(orjson.loads(value)["not_before_ms"])
        elif kind == "session":
            if value is None:
                self.ended_sessions.pop(UUID(identifier), None)
            elif ended_ms := int(orjson.loads(value)["ended_ms"]):
                self.ended_sessions[UUID(identifier)] = ended_ms


def covers(scope: Scope, principal: Principal, owner_id: UUID | None, team_id: UUID | None) -> bool:
    """The same decision as `visible`, for a record already in hand."""
    if scope is Scope.ALL:
        return True
    if owner_id == principal.user_id and scope >= Scope.OWN:
        return True
    return scope is Scope.TEAM and team_id is not None and team_id in principal.team_ids
