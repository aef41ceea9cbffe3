"""Who is told of what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.activities.domain.notification import ASSIGNED, IMPORTED, KEPT, MENTIONED, Notice, mentions, notices
from services.activities.domain.timeline import Happening
from tests.unit.activities.test_timeline_entries import COMPANY, CONTACT, OPERATION, OTHER, OWNER, START, happening


def told(*happenings: Happening) -> list[Notice]:
    return notices(happenings, START)


def handed(number: int, *, to: UUID = OWNER, by: UUID | None = OTHER, **more: Any) -> Happening:
    """Record `number` becomes somebody's."""
    values = {"subject_id": UUID(int=number), "event_id": UUID(int=1000 + number), "actor_id": by}
    return happening("contact.updated", before={"owner_id": ""}, after={"owner_id": str(to)}, **values | more)


def test_a_record_that_becomes_somebodys_by_another_is_told_to_the_new_owner() -> None:
    (notice,) = told(handed(1))
    assert (notice.user_id, notice.kind, notice.actor_id, notice.record_count) == (OWNER, ASSIGNED, OTHER, 1)
    assert (notice.subject_type, notice.subject_id, notice.time) == ("contact", UUID(int=1), START)


def test_what_the_system_assigns_is_told_too() -> None:
    assert [notice.actor_id for notice in told(handed(1, by=None))] == [None]


def test_a_new_record_for_somebody_else_is_told() -> None:
    made = happening("company.created", subject_id=COMPANY, actor_id=OTHER, after={"owner_id": str(OWNER)})
    assert [(notice.user_id, notice.subject_type) for notice in told(made)] == [(OWNER, "company")]


@pytest.mark.parametrize(
    "quiet",
    [
        handed(1, by=OWNER),
        happening("contact.created"),
        happening("contact.updated", actor_id=OTHER, before={"owner_id": str(OWNER)}),
        happening("contact.updated", actor_id=OTHER, before={"owner_id": str(OWNER)}, after={"owner_id": ""}),
        happening("contact.deleted", actor_id=OTHER),
        happening("contact.undeleted", actor_id=OTHER),
        happening("contact.erased", actor_id=OTHER, after=None),
        handed(1, time=START - KEPT),
    ],
    ids=lambda one: f"{one.type} {one.actor_id} {one.time:%F}",
)
def test_what_one_does_oneself_and_what_changes_no_owner_is_not_told(quiet: Happening) -> None:
    assert told(quiet) == []


def test_a_bulk_change_is_told_once_to_each_with_its_count() -> None:
    many = [handed(number, operation_id=OPERATION, to=OWNER if number % 3 else CONTACT) for number in range(9)]
    found = {notice.user_id: notice for notice in told(*many)}
    assert {user_id: notice.record_count for user_id, notice in found.items()} == {OWNER: 6, CONTACT: 3}
    assert found[OWNER].subject_id == UUID(int=1)


def test_further_records_of_a_bulk_change_belong_to_the_same_notification() -> None:
    (first,), (second,) = told(handed(1, operation_id=OPERATION)), told(handed(2, operation_id=OPERATION))
    (company,) = told(handed(3, operation_id=OPERATION, subject_type="company", type="company.updated"))
    assert first.id == second.id != company.id


def test_the_same_news_has_the_same_id_and_other_news_another() -> None:
    (first,), (again,), (later,) = told(handed(1)), told(handed(1)), told(handed(1, event_id=UUID(int=7)))
    assert first.id == again.id != later.id


def test_mentions_are_told_to_everyone_but_the_writer() -> None:
    found = mentions(UUID(int=9), ("contact", CONTACT), [OWNER, OTHER], OTHER, START)
    assert [(notice.user_id, notice.kind, notice.about_id) for notice in found] == [(OWNER, MENTIONED, UUID(int=9))]


def ended(verb: str, **after: Any) -> Happening:
    state = {"owner_id": str(OWNER), "filename": "people.csv", "created_count": 5} | after
    return happening(f"import.{verb}", subject_id=UUID(int=8), operation_id=OPERATION, after=state)


def test_the_end_of_an_import_is_told_to_who_asked_for_it() -> None:
    (good,), (bad,) = told(ended("succeeded")), told(ended("failed", error="The file has expired."))
    assert (good.user_id, good.kind, good.about_id) == (OWNER, IMPORTED, UUID(int=8))
    assert good.detail is not None and bad.detail is not None
    assert (good.detail["succeeded"], good.detail["filename"], good.detail["created_count"]) == (True, "people.csv", 5)
    assert (bad.detail["succeeded"], bad.detail["error"]) == (False, "The file has expired.")


def test_what_is_as_old_as_notifications_get_is_not_told_again_by_a_replay() -> None:
    assert notices([handed(1)], START + KEPT) == []
    assert len(notices([handed(1)], START + KEPT - timedelta(seconds=1))) == 1
