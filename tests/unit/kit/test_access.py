"""The mirror of rights: the tree of teams, and what a token reaches by it."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from crmkit.access import AccessDirectory, Principal
from crmkit.errors import Unauthenticated

TOP, LEFT, RIGHT, LEAF = (uuid4() for _ in range(4))


@pytest.fixture
def directory() -> AccessDirectory:
    made = AccessDirectory()
    for team_id, parent_id in ((LEAF, LEFT), (LEFT, TOP), (RIGHT, TOP), (TOP, None)):  # children may come first
        made.set_team(team_id, parent_id)
    return made


def member(team_id: UUID | None) -> Principal:
    return Principal(uuid4(), uuid4(), frozenset({"manager"}), team_id)


@pytest.mark.parametrize(
    ("team_id", "reached"),
    [(TOP, {TOP, LEFT, RIGHT, LEAF}), (LEFT, {LEFT, LEAF}), (LEAF, {LEAF}), (None, set())],
)
def test_one_reaches_the_own_team_and_all_below(
    directory: AccessDirectory, team_id: UUID | None, reached: set[UUID]
) -> None:
    assert set(directory.admit(member(team_id), 1).team_ids) == reached


def test_a_team_the_tree_does_not_know_is_alone(directory: AccessDirectory) -> None:
    team_id = uuid4()
    assert directory.subtree(team_id) == (team_id,)
    directory.set_team(team_id, None)
    directory.take(f"team.{LEAF}", b'{"parent_id": "%s"}' % str(team_id).encode())
    assert directory.subtree(team_id) == (team_id, LEAF)


def test_a_move_takes_the_teams_below_along(directory: AccessDirectory) -> None:
    assert LEAF in directory.subtree(TOP)
    directory.set_team(LEFT, None)
    assert set(directory.subtree(TOP)) == {TOP, RIGHT}
    directory.set_team(LEFT, RIGHT)
    assert set(directory.subtree(RIGHT)) == {RIGHT, LEFT, LEAF}


def test_a_deleted_team_reaches_nobody(directory: AccessDirectory) -> None:
    directory.subtree(LEFT)
    directory.take(f"team.{LEAF}", None)
    assert directory.subtree(LEFT) == (LEFT,)
    directory.take(f"team.{LEAF}", None)
    directory.keep_teams([TOP, RIGHT])
    assert set(directory.subtree(TOP)) == {TOP, RIGHT}


def test_a_circle_seen_between_two_moves_ends(directory: AccessDirectory) -> None:
    directory.set_team(TOP, LEAF)
    assert set(directory.subtree(LEAF)) == {TOP, LEFT, RIGHT, LEAF}


def test_an_ended_session_is_not_admitted(directory: AccessDirectory) -> None:
    who = member(TOP)
    directory.take(f"user.{who.user_id}", b'{"not_before_ms": 5}')
    with pytest.raises(Unauthenticated):
        directory.admit(who, 5)
    assert directory.admit(who, 6).user_id == who.user_id


def test_endings_older_than_any_token_are_forgotten(directory: AccessDirectory) -> None:
    old, late, gone, left = (uuid4() for _ in range(4))
    directory.take(f"user.{old}", b'{"not_before_ms": 9}')
    directory.take(f"user.{late}", b'{"not_before_ms": 10}')
    directory.take(f"session.{gone}", b'{"ended_ms": 9}')
    directory.take(f"session.{left}", b'{"ended_ms": 10}')
    directory.forget_endings(10)
    assert (set(directory.not_before_ms), set(directory.ended_sessions)) == ({late}, {left})
