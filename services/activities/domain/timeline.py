"""From events of other services to entries of timelines. Pure: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from services.activities.domain.diff import Change, diff

CONTACT = "contact"
COMPANY = "company"
SUBJECT_TYPES = frozenset({CONTACT, COMPANY})
# Lines on the timeline of a company that tell of a contact.
LINKED, UNLINKED = "contact.linked", "contact.unlinked"
LINKS = frozenset({LINKED, UNLINKED})


class Happening(NamedTuple):
    """An event as far as timelines care."""

    event_id: UUID
    type: str
    subject_type: str
    subject_id: UUID
    version: int
    time: datetime
    actor_id: UUID | None
    operation_id: UUID | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def verb(self) -> str:
        return self.type.partition(".")[2]


class Entry(NamedTuple):
    """One line of one timeline; (subject_id, occur_time, id) is unique."""

    subject_id: UUID
    occur_time: datetime
    id: UUID
    type: str
    actor_id: UUID | None
    operation_id: UUID | None
    changes: list[Change]


class Subject(NamedTuple):
    """What is known of a record that has a timeline: enough to say who may see it, and its name."""

    id: UUID
    type: str
    version: int
    owner_id: UUID | None
    team_id: UUID | None
    deleted: bool
    name: str


@dataclass(frozen=True, slots=True)
class Effects:
    """What a run of events does, in order."""

    entries: list[Entry]
    # The last known state of each record, once each.
    subjects: list[Subject]
    # Records erased for good: their timeline and notes go too.
    erased: list[UUID]
    # (company, contact): whether the contact belongs to the company now.
    people: dict[tuple[UUID, UUID], bool]


def effects(happenings: Iterable[Happening]) -> Effects:
    """What the events do to timelines. Events of records without a timeline do nothing."""
    entries: list[Entry] = []
    subjects: dict[UUID, Subject] = {}
    erased: list[UUID] = []
    people: dict[tuple[UUID, UUID], bool] = {}
    for happening in happenings:
        if happening.subject_type not in SUBJECT_TYPES:
            continue
        if happening.after is None:
            subjects.pop(happening.subject_id, None)
            erased.append(happening.subject_id)
            entries = [entry for entry in entries if entry.subject_id != happening.subject_id]
            people = {pair: belongs for pair, belongs in people.items() if happening.subject_id not in pair}
            continue
        subjects[happening.subject_id] = _subject(happening, happening.after)
        entries.extend(_own_entries(happening))
        moves = _moves(happening, happening.after)
        people.update({(move.company_id, happening.subject_id): move.joined for move in moves})
        entries.extend(_company_entries(happening, happening.after, moves))
    return Effects(entries, list(subjects.values()), erased, people)


def changed_timelines(happenings: Iterable[Happening]) -> tuple[set[UUID], set[UUID]]:
    """The records whose own timelines may have new lines, and those of them that are contacts: their companies show
    theirs too. A record that an import has just made is left out: nobody looks at it yet, but for its companies."""
    records: set[UUID] = set()
    contacts: set[UUID] = set()
    for happening in happenings:
        if happening.subject_type not in SUBJECT_TYPES:
            continue
        records.update(move.company_id for move in _moves(happening, happening.after or {}))
        if happening.verb == "created" and happening.operation_id is not None:
            continue
        records.add(happening.subject_id)
        if happening.subject_type == CONTACT:
            contacts.add(happening.subject_id)
    return records, contacts


def _subject(happening: Happening, after: Mapping[str, Any]) -> Subject:
    return Subject(
        id=happening.subject_id,
        type=happening.subject_type,
        version=happening.version,
        owner_id=_uuid(after.get("owner_id")),
        team_id=_uuid(after.get("team_id")),
        deleted=happening.verb == "deleted",
        name=after.get("display_name") or after.get("name") or "",
    )


def _own_entries(happening: Happening) -> Iterator[Entry]:
    """The line on the record's own timeline; none for an update that changed nothing a person would notice."""
    kind, changes = happening.type, list[Change]()
    if happening.verb == "created" and happening.operation_id is not None:
        kind = f"{happening.subject_type}.imported"
    elif happening.verb == "updated":
        changes = diff(happening.before, happening.after)
        if not changes:
            return
    yield _entry(happening, happening.subject_id, kind, changes)


@dataclass(frozen=True, slots=True)
class _Move:
    """A contact joined a company, or left it."""

    company_id: UUID
    role: str
    joined: bool


def _moves(happening: Happening, after: Mapping[str, Any]) -> list[_Move]:
    if happening.subject_type != CONTACT or happening.verb not in ("created", "updated"):
        return []
    old, new = _roles(happening.before), _roles(after)
    joined = [_Move(company_id, role, joined=True) for company_id, role in new.items() if company_id not in old]
    return joined + [_Move(company_id, role, joined=False) for company_id, role in old.items() if company_id not in new]


def _company_entries(happening: Happening, after: Mapping[str, Any], moves: Iterable[_Move]) -> Iterator[Entry]:
    """Lines on the timelines of companies that a contact joined or left."""
    for move in moves:
        told = {
            "id": str(happening.subject_id),
            "display_name": after.get("display_name", ""),
            "role": move.role,
        }
        change = Change(field="contacts", before=None, after=told)
        if not move.joined:
            change = Change(field="contacts", before=told, after=None)
        yield _entry(happening, move.company_id, LINKED if move.joined else UNLINKED, [change])


def _entry(happening: Happening, subject_id: UUID, kind: str, changes: list[Change]) -> Entry:
    return Entry(
        subject_id=subject_id,
        occur_time=happening.time,
        id=happening.event_id,
        type=kind,
        actor_id=happening.actor_id,
        operation_id=happening.operation_id,
        changes=changes,
    )


def person_of(kind: str, changes: Sequence[Change] | None) -> UUID | None:
    """The contact that a line of a company tells of; None for lines of other kinds."""
    if kind not in LINKS or not changes:
        return None
    told = changes[0]["after"] or changes[0]["before"]
    return UUID(told["id"])


def without_person(changes: Sequence[Change]) -> list[Change]:
    """The changes of such a line without who it is; the role stays."""
    return [
        Change(field=change["field"], before=_role_alone(change["before"]), after=_role_alone(change["after"]))
        for change in changes
    ]


def _role_alone(told: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if told is None else {"role": told["role"]}


def _roles(snapshot: Mapping[str, Any] | None) -> dict[UUID, str]:
    """The companies of a contact's snapshot with the role in each."""
    links = (snapshot or {}).get("companies") or []
    named = {_uuid(link.get("company_id")): link.get("role") or "" for link in links}
    return {company_id: role for company_id, role in named.items() if company_id}


# Owners, teams and companies, which are those of many records.
@lru_cache(maxsize=1 << 12)
def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None
