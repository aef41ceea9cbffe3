"""Which events become which lines of which timelines."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.activities.domain.timeline import Happening, changed_timelines, effects

CONTACT = UUID(int=1)
COMPANY = UUID(int=2)
OTHER = UUID(int=3)
OWNER = UUID(int=4)
TEAM = UUID(int=5)
OPERATION = UUID(int=6)
START = datetime(2026, 3, 1, tzinfo=UTC)


def happening(kind: str, version: int = 1, **more: Any) -> Happening:
    values: dict[str, Any] = {
        "event_id": UUID(int=100 + version),
        "type": kind,
        "subject_type": kind.split(".", maxsplit=1)[0],
        "subject_id": CONTACT,
        "version": version,
        "time": START,
        "actor_id": OWNER,
        "operation_id": None,
        "before": None,
        "after": {"owner_id": str(OWNER), "team_id": str(TEAM)},
    }
    return Happening(**values | more)


def test_a_creation_is_told_and_its_owner_known() -> None:
    result = effects([happening("contact.created")])
    (entry,) = result.entries
    (subject,) = result.subjects
    assert (entry.subject_id, entry.type, entry.actor_id, entry.changes) == (CONTACT, "contact.created", OWNER, [])
    assert (subject.owner_id, subject.team_id, subject.deleted) == (OWNER, TEAM, False)


def test_a_creation_by_an_operation_is_told_as_an_import() -> None:
    (entry,) = effects([happening("contact.created", operation_id=OPERATION)]).entries
    assert (entry.type, entry.operation_id) == ("contact.imported", OPERATION)


def test_an_update_that_changed_nothing_visible_is_not_told_but_moves_the_owner() -> None:
    before = {"owner_id": None, "etag": "1"}
    result = effects([happening("contact.updated", 2, before=before, after={"owner_id": None, "etag": "2"})])
    assert result.entries == []
    assert result.subjects[0].version == 2


def test_deletion_and_its_undoing_are_told_and_remembered() -> None:
    deleted = effects([happening("contact.created"), happening("contact.deleted", 2)])
    assert [entry.type for entry in deleted.entries] == ["contact.created", "contact.deleted"]
    assert deleted.subjects[0].deleted
    back = effects([happening("contact.deleted", 2), happening("contact.undeleted", 3)])
    assert not back.subjects[0].deleted


def test_the_last_event_of_a_record_says_who_owns_it() -> None:
    result = effects(
        [happening("contact.created"), happening("contact.updated", 2, before={}, after={"owner_id": str(OTHER)})]
    )
    assert [subject.owner_id for subject in result.subjects] == [OTHER]


def test_a_contact_that_joins_and_leaves_companies_appears_on_their_timelines() -> None:
    joined = {"display_name": "Sara", "companies": [{"company_id": str(COMPANY), "role": "buyer"}]}
    moved = {"display_name": "Sara", "companies": [{"company_id": str(OTHER), "role": ""}]}
    result = effects(
        [happening("contact.created", after=joined), happening("contact.updated", 2, before=joined, after=moved)]
    )
    told = [(entry.subject_id, entry.type) for entry in result.entries if entry.subject_id != CONTACT]
    assert told == [(COMPANY, "contact.linked"), (OTHER, "contact.linked"), (COMPANY, "contact.unlinked")]
    linked = next(entry for entry in result.entries if entry.subject_id == COMPANY)
    assert linked.changes == [
        {
            "field": "contacts",
            "before": None,
            "after": {"id": str(CONTACT), "display_name": "Sara", "role": "buyer"},
        }
    ]


def test_a_changed_role_is_told_on_the_contact_only() -> None:
    before = {"companies": [{"company_id": str(COMPANY), "role": "buyer"}]}
    after = {"companies": [{"company_id": str(COMPANY), "role": "director"}]}
    result = effects([happening("contact.updated", 2, before=before, after=after)])
    assert [entry.subject_id for entry in result.entries] == [CONTACT]


def test_an_erased_record_leaves_nothing() -> None:
    result = effects([happening("contact.created"), happening("contact.erased", 2, after=None)])
    assert (result.entries, result.subjects, result.erased) == ([], [], [CONTACT])


def test_records_without_a_timeline_are_passed_over() -> None:
    result = effects([happening("import.created", subject_type="import")])
    assert (result.entries, result.subjects, result.erased) == ([], [], [])


def _at(*companies: UUID) -> dict[str, Any]:
    return {"companies": [{"company_id": str(company), "role": ""} for company in companies]}


def test_who_belongs_to_which_company_is_what_the_last_event_says() -> None:
    result = effects(
        [
            happening("contact.created", after=_at(COMPANY)),
            happening("contact.updated", 2, before=_at(COMPANY), after=_at(OTHER)),
        ]
    )
    assert result.people == {(COMPANY, CONTACT): False, (OTHER, CONTACT): True}
    erased = effects([happening("contact.created", after=_at(COMPANY)), happening("contact.erased", 2, after=None)])
    assert erased.people == {}


def test_changed_timelines_are_those_of_the_record_and_of_companies_joined_or_left() -> None:
    moved = happening("contact.updated", 2, before=_at(COMPANY), after=_at(OTHER))
    assert changed_timelines([moved]) == ({CONTACT, COMPANY, OTHER}, {CONTACT})
    assert changed_timelines([happening("company.updated", 2, subject_id=COMPANY)]) == ({COMPANY}, set())
    # Nobody has the page of a record open that an import has just made.
    imported = happening("contact.created", operation_id=OPERATION, after=_at(COMPANY))
    assert changed_timelines([imported]) == ({COMPANY}, set())
    assert changed_timelines([happening("user.updated")]) == (set(), set())
