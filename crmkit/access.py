"""Who calls, and how far their rights reach.

Roles give each (object, action) a scope; the matrix and the endings of sessions live in the NATS key-value
bucket `crm_access`, written by identity and mirrored in every process, so that a change is in force at once
and a request costs no look-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
    # The user's team and every team below it.
    team_ids: tuple[UUID, ...] = ()


RoleMatrix = Mapping[str, Mapping[str, str]]


@dataclass
class AccessDirectory:
    """This process's mirror of the role matrix and of ended sessions.

    Entries of the bucket: `role.<role id>` = {"contact": {"read": "all"}}; `user.<uuid>` = {"not_before_ms": int},
    which ends what was issued until then; `session.<uuid>` = {"ended_ms": int}, which ends one session.
    """

    roles: dict[str, dict[str, dict[str, Scope]]] = field(default_factory=dict)
    not_before_ms: dict[UUID, int] = field(default_factory=dict)
    ended_sessions: set[UUID] = field(default_factory=set)

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

    def take(self, key: str, value: bytes | None) -> None:
        """Takes over one entry of the bucket; `value` is None when the entry was deleted."""
        kind, _, identifier = key.partition(".")
        if kind == "role":
            if value is None:
                self.roles.pop(identifier, None)
            else:
                self.set_role(identifier, orjson.loads(value))
        elif kind == "user":
            if value is None:
                self.not_before_ms.pop(UUID(identifier), None)
            else:
                self.not_before_ms[UUID(identifier)] = int(orjson.loads(value)["not_before_ms"])
        elif kind == "session":
            if value is None:
                self.ended_sessions.discard(UUID(identifier))
            else:
                self.ended_sessions.add(UUID(identifier))


def covers(scope: Scope, principal: Principal, owner_id: UUID | None, team_id: UUID | None) -> bool:
    """The same decision as `visible`, for a record already in hand."""
    if scope is Scope.ALL:
        return True
    if owner_id == principal.user_id and scope >= Scope.OWN:
        return True
    return scope is Scope.TEAM and team_id is not None and team_id in principal.team_ids


def widest(scopes: Iterable[Scope]) -> Scope:
    """The widest of several scopes; NONE when there is none."""
    return max(scopes, default=Scope.NONE)
