"""Fields of users and teams, and who may change which."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from crmkit.access import Scope
from services.identity.domain import errors
from services.identity.domain.rights import Actor
from services.identity.domain.roles import default_rights
from services.identity.domain.teams import check_parent, clean_name
from services.identity.domain.users import Profile, check_creation, check_update, cleaned

NORTH, SOUTH = uuid4(), uuid4()
PROFILE = Profile("rana@example.com", "Rana", ("representative",), NORTH, "az", "Asia/Baku", "gregorian")


def actor(role_id: str, *teams: UUID, **more: dict[str, Scope]) -> Actor:
    held = default_rights(role_id)
    for name, cells in more.items():
        held[name] |= cells
    return Actor(uuid4(), frozenset(teams), held)


def update(who: Actor, after: Profile, before: Profile = PROFILE) -> None:
    held, given = (
        default_rights(profile.role_ids[0]) if len(profile.role_ids) == 1 else default_rights("administrator")
        for profile in (before, after)
    )
    check_update(who, before, after, held, given)


def test_preferences_left_empty_stay_so() -> None:
    clean = cleaned(replace(PROFILE, language="fa", time_zone="", calendar=""))
    assert (clean.language, clean.time_zone, clean.calendar) == ("fa", "", "")


def test_every_wrong_field_is_named_at_once() -> None:
    wrong = Profile("nobody", "  ", ("king",), None, "tlh", "Mars/Olympus", "maya")
    with pytest.raises(errors.UserInvalid) as caught:
        cleaned(wrong)
    assert {(violation.field, violation.reason) for violation in caught.value.violations} == {
        ("user.email", "EMAIL_INVALID"),
        ("user.display_name", "NAME_INVALID"),
        ("user.role_ids", "ROLE_UNKNOWN"),
        ("user.language", "LANGUAGE_UNKNOWN"),
        ("user.time_zone", "TIME_ZONE_UNKNOWN"),
        ("user.calendar", "CALENDAR_UNKNOWN"),
    }


def test_a_user_has_at_least_one_role() -> None:
    with pytest.raises(errors.UserInvalid):
        cleaned(replace(PROFILE, role_ids=()))


def test_anyone_may_change_personal_fields_in_scope() -> None:
    update(actor("viewer"), replace(PROFILE, display_name="Rana A.", language="fa", calendar="jalali", time_zone="UTC"))


@pytest.mark.parametrize("change", [{"email": "x@example.com"}, {"role_ids": ("viewer",)}, {"team_id": SOUTH}])
@pytest.mark.parametrize("role_id", ["representative", "marketer", "agent", "viewer"])
def test_nobody_promotes_or_moves_themselves(role_id: str, change: dict[str, Any]) -> None:
    with pytest.raises(errors.FieldsForbidden) as caught:
        update(actor(role_id, NORTH, SOUTH), replace(PROFILE, **change))
    assert caught.value.metadata["fields"] == next(iter(change))


@pytest.mark.parametrize("change", [{"email": "x@example.com"}, {"role_ids": ("viewer",)}])
def test_a_manager_may_not_touch_address_or_roles(change: dict[str, Any]) -> None:
    with pytest.raises(errors.FieldsForbidden):
        update(actor("manager", NORTH, SOUTH), replace(PROFILE, **change))


def test_a_manager_moves_people_between_the_own_teams_only() -> None:
    update(actor("manager", NORTH, SOUTH), replace(PROFILE, team_id=SOUTH))
    for elsewhere in (uuid4(), None):
        with pytest.raises(errors.TeamOutOfReach):
            update(actor("manager", NORTH, SOUTH), replace(PROFILE, team_id=elsewhere))


def test_user_administration_below_all_gives_no_roles() -> None:
    who = actor("manager", NORTH, user={"administer": Scope.TEAM})
    with pytest.raises(errors.FieldsForbidden):
        update(who, replace(PROFILE, role_ids=("viewer",)))


def test_a_user_administrator_cannot_make_administrators_nor_unmake_them() -> None:
    who = actor("manager", user={"administer": Scope.ALL, "create": Scope.ALL, "update": Scope.ALL})
    administrator = replace(PROFILE, role_ids=("administrator",))
    for before, after in ((PROFILE, administrator), (administrator, PROFILE)):
        with pytest.raises(errors.RightsTooWide):
            update(who, after, before)
    with pytest.raises(errors.RightsTooWide):
        check_creation(who, administrator, default_rights("administrator"))
    check_creation(who, replace(PROFILE, role_ids=("viewer",)), default_rights("viewer"))


def test_the_right_to_create_users_alone_gives_no_roles() -> None:
    who = actor("manager", NORTH, user={"create": Scope.ALL})
    with pytest.raises(errors.FieldsForbidden):
        check_creation(who, replace(PROFILE, role_ids=("viewer",)), default_rights("viewer"))


def test_an_administrator_may_do_all_of_it() -> None:
    update(actor("administrator"), replace(PROFILE, email="x@example.com", role_ids=("administrator",), team_id=None))


def test_a_team_cannot_stand_below_itself() -> None:
    team, child = uuid4(), uuid4()
    for parent in (team, child):
        with pytest.raises(errors.TeamCycle):
            check_parent(team, (team, child), parent)
    check_parent(team, (team, child), uuid4())
    check_parent(team, (team, child), None)


def test_names_of_teams_are_trimmed_and_bounded() -> None:
    assert clean_name("  Satış   şöbəsi ") == "Satış şöbəsi"
    for wrong in ("", "   ", "x" * 201):
        with pytest.raises(errors.TeamInvalid):
            clean_name(wrong)
