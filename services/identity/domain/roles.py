"""The objects and actions that rights are about, and the rights every role begins with.

A right gives an (object, action) a scope: none, own, team or all. What a scope means for an action:
read, update, delete, export: which records; create: for whom (own: owned by oneself); import: whose imports,
and which records they may change; administer: which users or roles.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid5

from crmkit.access import Scope
from crmkit.contracts import declared_rights

Rights = Mapping[str, Mapping[str, Scope]]

ADMINISTRATOR = "administrator"
MANAGER = "manager"
REPRESENTATIVE = "representative"
MARKETER = "marketer"
AGENT = "agent"
VIEWER = "viewer"
ROLE_IDS = (ADMINISTRATOR, MANAGER, REPRESENTATIVE, MARKETER, AGENT, VIEWER)

# Every (object, action) that the access policy of some RPC names: a further service brings its own.
ACTIONS: Mapping[str, tuple[str, ...]] = declared_rights()

_ROLE_NAMESPACE = UUID("6f0d3f52-5f0e-5c0f-9a52-1d0f6c0b7a11")  # arbitrary and fixed

_OWN, _TEAM, _ALL = Scope.OWN, Scope.TEAM, Scope.ALL

# Names of colleagues and teams fill every owner picker, and everyone keeps their own profile.
_EVERYONE: Rights = {
    "user": {"read": _ALL, "update": _OWN},
    "team": {"read": _ALL},
    # Ways to look at a table are one's own; see domain/views.py for what the scopes mean.
    "view": {"create": _OWN, "update": _OWN, "delete": _OWN},
    # What one did oneself; how far it can be undone depends on the rights to the records.
    "operation": {"read": _OWN, "undo": _OWN},
}
# Whoever works with customers writes notes and stands by them.
_OWN_NOTES: Mapping[str, Scope] = {"create": _OWN, "update": _OWN, "delete": _OWN}

_TEAM_VIEWS: Mapping[str, Scope] = {"create": _TEAM}

_GIVEN: Mapping[str, Rights] = {
    # Sees everything, since work is handed over between teams; changes and takes out what the own teams own.
    MANAGER: {
        "contact": {"read": _ALL, "create": _TEAM, "update": _TEAM, "delete": _TEAM, "import": _TEAM, "export": _TEAM},
        "company": {"read": _ALL, "create": _TEAM, "update": _TEAM, "delete": _TEAM, "export": _TEAM},
        "activity": {"read": _ALL},
        "note": {"read": _ALL, "create": _TEAM, "update": _OWN, "delete": _TEAM},
        "user": {"read": _ALL, "update": _TEAM},
        "role": {"read": _ALL},
        "view": {"create": _ALL, "update": _TEAM, "delete": _TEAM},
    },
    # Works the own customers and stands in for the team; cannot carry the customer list away.
    REPRESENTATIVE: {
        "contact": {"read": _TEAM, "create": _OWN, "update": _OWN, "delete": _OWN, "import": _OWN},
        "company": {"read": _ALL, "create": _OWN, "update": _OWN},
        "activity": {"read": _TEAM},
        "note": {"read": _TEAM, **_OWN_NOTES},
        "view": _TEAM_VIEWS,
    },
    # Addresses everyone: needs all people with their consents, in and out, but deletes none.
    MARKETER: {
        "contact": {"read": _ALL, "create": _ALL, "update": _ALL, "import": _ALL, "export": _ALL},
        "company": {"read": _ALL, "create": _ALL, "update": _ALL, "export": _ALL},
        "activity": {"read": _ALL},
        "note": {"read": _ALL, **_OWN_NOTES},
        "view": _TEAM_VIEWS,
    },
    # Anybody may call in: an agent finds them, corrects an address or adds who is new.
    AGENT: {
        "contact": {"read": _ALL, "create": _OWN, "update": _ALL},
        "company": {"read": _ALL, "create": _OWN},
        "activity": {"read": _ALL},
        "note": {"read": _ALL, **_OWN_NOTES},
        "view": _TEAM_VIEWS,
    },
    VIEWER: {
        "contact": {"read": _ALL},
        "company": {"read": _ALL},
        "activity": {"read": _ALL},
        "note": {"read": _ALL},
        "operation": {"undo": Scope.NONE},
    },
}


def complete(given: Rights) -> dict[str, dict[str, Scope]]:
    """A cell for every known (object, action), NONE where `given` has none. Raises nothing; drops unknown cells."""
    return {
        object_name: {action: given.get(object_name, {}).get(action, Scope.NONE) for action in actions}
        for object_name, actions in ACTIONS.items()
    }


def default_rights(role_id: str) -> dict[str, dict[str, Scope]]:
    """The rights a role begins with; `role_id` is one of ROLE_IDS."""
    if role_id == ADMINISTRATOR:
        return {object_name: dict.fromkeys(actions, Scope.ALL) for object_name, actions in ACTIONS.items()}
    given = _GIVEN[role_id]
    return complete(
        {name: {**_EVERYONE.get(name, {}), **given.get(name, {})} for name in (*_EVERYONE, *given)},
    )


def with_new_cells(role_id: str, stored: Rights) -> dict[str, dict[str, Scope]]:
    """What a role holds after an upgrade: stored cells as they are, cells it never heard of by default."""
    defaults = default_rights(role_id)
    if role_id == ADMINISTRATOR:
        return defaults
    return {
        object_name: {action: stored.get(object_name, {}).get(action, default) for action, default in actions.items()}
        for object_name, actions in defaults.items()
    }


def aggregate_id(role_id: str) -> UUID:
    """Roles have names for ids; their events need a UUID."""
    return uuid5(_ROLE_NAMESPACE, role_id)
