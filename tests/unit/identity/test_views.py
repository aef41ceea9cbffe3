"""Saved views: which fields are right, whom they may be shared with, and whose one may change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from crmkit.access import Scope
from services.identity.domain import errors
from services.identity.domain.views import (
    FIELDS,
    MAX_COLUMNS,
    OBJECTS,
    Sharing,
    View,
    ViewColumn,
    ViewContent,
    check_sharing,
    cleaned,
    may_change,
    merged,
)

ME, OTHER, NORTH, SOUTH = uuid4(), uuid4(), uuid4(), uuid4()
CONTENT = ViewContent("Mine", "contact", "", "", (), "compact", Sharing.PRIVATE, None, pinned=False, position=0)
SHARED = {
    Sharing.PRIVATE: CONTENT,
    Sharing.TEAM: replace(CONTENT, sharing=Sharing.TEAM, team_id=NORTH),
    Sharing.ALL: replace(CONTENT, sharing=Sharing.ALL),
}


def view_of(owner_id: UUID, content: ViewContent) -> View:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return View(uuid4(), owner_id, content, 1, now, now, owner_id, owner_id)


def test_a_view_is_kept_in_its_clean_form() -> None:
    clean = cleaned(replace(CONTENT, name="  My \t customers ", density="", filter=' tags:"a"  '))
    assert (clean.name, clean.density, clean.filter) == ("My customers", "comfortable", ' tags:"a"  ')


@pytest.mark.parametrize(
    ("field", "value", "path", "reason"),
    [
        ("name", " ", "view.name", "NAME_INVALID"),
        ("name", "x" * 101, "view.name", "NAME_INVALID"),
        ("name", "\u200c", "view.name", "NAME_INVALID"),
        ("object", "password", "view.object", "OBJECT_UNKNOWN"),
        ("object", "", "view.object", "OBJECT_UNKNOWN"),
        ("filter", "ش" * 4097, "view.filter", "FILTER_TOO_LONG"),
        ("order_by", "x" * 201, "view.order_by", "ORDER_BY_TOO_LONG"),
        ("density", "tight", "view.density", "DENSITY_UNKNOWN"),
        ("sharing", Sharing.TEAM, "view.team_id", "TEAM_NOT_SHARED"),
        ("team_id", NORTH, "view.team_id", "TEAM_NOT_SHARED"),
        ("position", -1, "view.position", "POSITION_INVALID"),
        ("position", 10_001, "view.position", "POSITION_INVALID"),
        ("columns", (ViewColumn("name", 0),) * 2, "view.columns[1].id", "COLUMN_REPEATED"),
        ("columns", (ViewColumn("a b", 0),), "view.columns[0].id", "COLUMN_INVALID"),
        ("columns", (ViewColumn("a\n", 0),), "view.columns[0].id", "COLUMN_INVALID"),
        ("columns", (ViewColumn("a", 39),), "view.columns[0].width", "WIDTH_INVALID"),
        ("columns", (ViewColumn("a", 2001),), "view.columns[0].width", "WIDTH_INVALID"),
        ("columns", (ViewColumn("a", 0),) * (MAX_COLUMNS + 1), "view.columns", "COLUMNS_TOO_MANY"),
    ],
)
def test_a_wrong_field_is_named(field: str, value: Any, path: str, reason: str) -> None:
    with pytest.raises(errors.ViewInvalid) as caught:
        cleaned(replace(CONTENT, **{field: value}))
    assert [(violation.field, violation.reason) for violation in caught.value.violations] == [(path, reason)]


def test_what_is_just_allowed_is_taken() -> None:
    columns = tuple(ViewColumn(f"custom.tier_{number}", 40 + number) for number in range(MAX_COLUMNS))
    full = replace(CONTENT, name="ن" * 100, filter="ش" * 4096, order_by="x" * 200, columns=columns, position=10_000)
    assert cleaned(full) == full


def test_views_are_of_what_has_a_list() -> None:
    assert {"contact", "company", "user"} <= OBJECTS
    assert "view" not in OBJECTS


def test_a_merge_takes_the_named_fields_only_and_forgets_the_team_with_the_sharing() -> None:
    given = replace(CONTENT, name="Other", pinned=True)
    assert merged(SHARED[Sharing.TEAM], given, {"name"}) == replace(SHARED[Sharing.TEAM], name="Other")
    assert merged(SHARED[Sharing.TEAM], given, {"sharing"}) == CONTENT
    assert merged(SHARED[Sharing.TEAM], replace(given, team_id=SOUTH), FIELDS).team_id == SOUTH


@pytest.mark.parametrize(
    ("scope", "taken"),
    [
        (Scope.NONE, {Sharing.PRIVATE}),
        (Scope.OWN, {Sharing.PRIVATE}),
        (Scope.TEAM, {Sharing.PRIVATE, Sharing.TEAM}),
        (Scope.ALL, set(Sharing)),
    ],
)
def test_a_scope_says_whom_one_may_share_with(scope: Scope, taken: set[Sharing]) -> None:
    for sharing, content in SHARED.items():
        if sharing in taken:
            check_sharing(scope, content, {NORTH})
        else:
            with pytest.raises(errors.SharingForbidden):
                check_sharing(scope, content, {NORTH})


def test_a_team_of_others_is_not_shared_with() -> None:
    with pytest.raises(errors.SharingForbidden):
        check_sharing(Scope.TEAM, SHARED[Sharing.TEAM], {SOUTH})


@pytest.mark.parametrize("sharing", Sharing)
def test_who_may_change_a_view(sharing: Sharing) -> None:
    own, others = view_of(ME, SHARED[sharing]), view_of(OTHER, SHARED[sharing])
    assert may_change(Scope.OWN, own, ME, ())
    assert not may_change(Scope.NONE, own, ME, ())
    assert not may_change(Scope.OWN, others, ME, {NORTH})
    assert may_change(Scope.TEAM, others, ME, {NORTH}) == (sharing is Sharing.TEAM)
    assert not may_change(Scope.TEAM, others, ME, {SOUTH})
    assert may_change(Scope.ALL, others, ME, ()) == (sharing is not Sharing.PRIVATE)
