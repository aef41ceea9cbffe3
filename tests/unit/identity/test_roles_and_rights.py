"""The rights matrix: what it covers, what roles begin with, and who may hand out what."""

from __future__ import annotations

from uuid import uuid4

import pytest
from google.protobuf import descriptor_pb2
from hypothesis import given
from hypothesis import strategies as st

from crm.activities.v1 import activity_service_pb2
from crm.common.v1 import access_pb2
from crm.contacts.v1 import bulk_service_pb2, company_service_pb2, contact_service_pb2, import_service_pb2
from crm.identity.v1 import identity_service_pb2, rights_service_pb2, view_service_pb2
from crm.system.v1 import system_service_pb2
from crmkit.access import Scope
from services.identity.domain import errors, rights
from services.identity.domain.rights import Actor
from services.identity.domain.roles import ACTIONS, ADMINISTRATOR, ROLE_IDS, Rights, default_rights, with_new_cells

FILES = (
    activity_service_pb2,
    bulk_service_pb2,
    company_service_pb2,
    contact_service_pb2,
    import_service_pb2,
    identity_service_pb2,
    rights_service_pb2,
    view_service_pb2,
    system_service_pb2,
)
CELLS = [(name, action) for name, actions in ACTIONS.items() for action in actions]
matrices = st.fixed_dictionaries(
    {
        name: st.fixed_dictionaries({action: st.sampled_from(Scope) for action in actions})
        for name, actions in ACTIONS.items()
    }
)


def policies() -> set[tuple[str, str]]:
    """Every (object, action) that an RPC of the product names."""
    named = set()
    for file in FILES:
        for service in file.DESCRIPTOR.services_by_name.values():
            for method in service.methods:
                options: descriptor_pb2.MethodOptions = method.GetOptions()
                policy = options.Extensions[access_pb2.access]
                if policy.object:
                    named.add((policy.object, policy.action))
    return named


def test_the_matrix_has_a_cell_for_every_access_policy_and_no_other() -> None:
    assert set(CELLS) == policies()


def test_the_administrator_may_do_everything_to_everything() -> None:
    assert all(default_rights(ADMINISTRATOR)[name][action] is Scope.ALL for name, action in CELLS)


@pytest.mark.parametrize("role_id", ROLE_IDS)
def test_every_role_reads_names_of_colleagues_and_teams_and_keeps_its_own_profile(role_id: str) -> None:
    held = default_rights(role_id)
    assert (held["user"]["read"], held["team"]["read"]) == (Scope.ALL, Scope.ALL)
    assert held["user"]["update"] >= Scope.OWN


@pytest.mark.parametrize("role_id", [role_id for role_id in ROLE_IDS if role_id != ADMINISTRATOR])
def test_no_other_role_creates_users_or_administers_anything(role_id: str) -> None:
    held = default_rights(role_id)
    assert [held["user"]["create"], held["user"]["administer"], held["role"]["administer"]] == [Scope.NONE] * 3


def test_a_viewer_writes_nothing_but_the_own_profile_and_views() -> None:
    held = default_rights("viewer")
    written = {(name, action) for name, action in CELLS if action != "read" and held[name][action] > Scope.NONE}
    assert written == {("user", "update"), ("view", "create"), ("view", "update"), ("view", "delete")}


def test_a_representative_cannot_carry_the_customers_away() -> None:
    assert default_rights("representative")["contact"]["export"] is Scope.NONE


def test_after_an_upgrade_a_role_keeps_what_was_set_and_gets_defaults_for_what_is_new() -> None:
    stored = {"contact": {"read": Scope.NONE}}
    upgraded = with_new_cells("viewer", stored)
    assert upgraded["contact"]["read"] is Scope.NONE
    assert upgraded["company"] == default_rights("viewer")["company"]


def test_an_upgrade_gives_the_administrator_whatever_is_new() -> None:
    assert with_new_cells(ADMINISTRATOR, {}) == default_rights(ADMINISTRATOR)


@given(st.lists(matrices, max_size=3))
def test_a_union_is_the_widest_of_each_cell(held: list[Rights]) -> None:
    total = rights.union(held)
    for name, action in CELLS:
        assert total[name][action] == max((one[name][action] for one in held), default=Scope.NONE)


@given(matrices)
def test_the_stored_form_of_rights_is_the_same_rights(held: Rights) -> None:
    assert rights.from_names(rights.to_names(held)) == held


@given(matrices, matrices)
def test_rights_are_given_only_by_who_holds_them_all(mine: Rights, wanted: Rights) -> None:
    actor = Actor(uuid4(), frozenset(), mine)
    allowed = all(wanted[name][action] <= mine[name][action] for name, action in CELLS)
    if allowed:
        rights.check_may_give(actor, wanted)
    else:
        with pytest.raises(errors.RightsTooWide):
            rights.check_may_give(actor, wanted)


@given(matrices, matrices, matrices)
def test_a_replaced_role_never_reaches_further_than_before_or_than_its_changer(
    mine: Rights, old: Rights, new: Rights
) -> None:
    try:
        rights.check_replacement(Actor(uuid4(), frozenset(), mine), old, new)
    except errors.RightsTooWide:
        return
    for name, action in CELLS:
        assert new[name][action] <= max(mine[name][action], old[name][action])


@pytest.mark.parametrize(
    "cells",
    [
        [("contact", "fly", Scope.ALL)],
        [("spaceship", "read", Scope.ALL)],
        [("contact", "read", Scope.ALL), ("contact", "read", Scope.OWN)],
    ],
)
def test_unknown_and_repeated_cells_are_refused_with_their_place(cells: list[tuple[str, str, Scope]]) -> None:
    with pytest.raises(errors.InvalidRights) as caught:
        rights.parse(cells)
    assert caught.value.violations[0].field == f"role.rights[{len(cells) - 1}]"


def test_each_cell_says_which_roles_give_its_widest_scope() -> None:
    given_by = {
        (name, action): (scope, role_ids)
        for name, action, scope, role_ids in rights.sources(
            {"representative": default_rights("representative"), "agent": default_rights("agent")}
        )
    }
    assert list(given_by) == CELLS
    assert given_by["contact", "read"] == (Scope.ALL, ("agent",))
    assert given_by["contact", "create"] == (Scope.OWN, ("representative", "agent"))
    assert given_by["contact", "delete"] == (Scope.OWN, ("representative",))
    assert given_by["role", "administer"] == (Scope.NONE, ())
    assert all(cell[2:] == (Scope.NONE, ()) for cell in rights.sources({}))
