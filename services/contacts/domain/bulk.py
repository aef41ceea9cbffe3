"""Bulk changes of contacts and companies, and what undoing a change makes of a record. Pure.

A change is kept as JSON while a job carries it out: `add_tags`, `remove_tags`, and where they are to change
`owner_id`, `team_id` (None takes it away) and `lifecycle_stage` (the number).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from crmkit import checks
from crmkit.checks import MAX_TAGS, Problems
from crmkit.money import Amount
from crmkit.text import fold
from services.contacts.domain import company as companies
from services.contacts.domain import contact as contacts
from services.contacts.domain.company import Company
from services.contacts.domain.contact import Contact, LifecycleStage
from services.contacts.domain.errors import TooManyTags

Change = Mapping[str, Any]
# A snapshot as the event log holds it.
State = Mapping[str, Any]
R = TypeVar("R", Contact, Company)


def clean_tags(given: Sequence[str], path: str, problems: Problems) -> list[str]:
    """Tags to add or remove: at most 50, each once. Notes TOO_MANY and what `checks.text` does."""
    checks.count(given, path, MAX_TAGS, problems)
    tags = [checks.text(tag, f"{path}[{index}]", 100, problems, required=True) for index, tag in enumerate(given)]
    return list({fold(tag): tag for tag in reversed(tags)}.values())[::-1]


def changed(record: R, change: Change) -> R:
    """A record with a change; equal to it when there is nothing to do. Raises TooManyTags."""
    given: dict[str, Any] = {"tags": with_tags(record.tags, change["add_tags"], change["remove_tags"])}
    given |= {name: _id(change[name]) for name in ("owner_id", "team_id") if name in change}
    if "lifecycle_stage" in change:
        given["lifecycle_stage"] = change["lifecycle_stage"]
    return replace(record, **given)


def with_tags(tags: Iterable[str], add: Iterable[str], remove: Iterable[str]) -> list[str]:
    """Tags without some and with others, compared folded; one that stays keeps its place and writing."""
    gone = {fold(tag) for tag in remove}
    kept = {key: tag for tag in tags if (key := fold(tag)) not in gone}
    before = len(kept)
    for tag in add:
        kept.setdefault(fold(tag), tag)
    if before < len(kept) > MAX_TAGS:
        raise TooManyTags
    return list(kept.values())


def contact_restored(contact: Contact, before: State, after: State) -> Contact:
    """A contact with what differs between two snapshots as it is in `before`; companies named as they were then."""
    return replace(contact, **_differing(contacts.WRITABLE, _CONTACT_VALUES, before, after))


def company_restored(company: Company, before: State, after: State) -> Company:
    """A company with what differs between two snapshots as it is in `before`."""
    return replace(company, **_differing(companies.WRITABLE, _COMPANY_VALUES, before, after))


def _differing(
    names: Iterable[str], readers: Mapping[str, Callable[[Any], Any]], before: State, after: State
) -> dict[str, Any]:
    different = [name for name in names if _compared(name, before[name]) != _compared(name, after[name])]
    return {name: readers[name](before[name]) if name in readers else before[name] for name in different}


def _compared(name: str, value: Any) -> Any:
    """A company that has another name since is still the same company."""
    if name != "companies":
        return value
    return [{part: role[part] for part in role if part != "company_name"} for role in value]


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _birthday(value: Mapping[str, int] | None) -> tuple[int, int, int]:
    return (0, 0, 0) if value is None else (value["year"], value["month"], value["day"])


def _stage(name: str) -> int:
    return LifecycleStage[name.removeprefix("LIFECYCLE_STAGE_")]


def _money(value: Mapping[str, str] | None) -> Amount | None:
    return None if value is None else Amount(Decimal(value["amount"]), value["currency_code"])


_CONTACT_VALUES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "owner_id": _id,
    "team_id": _id,
    "birthday": _birthday,
    "lifecycle_stage": _stage,
}
_COMPANY_VALUES: Final[Mapping[str, Callable[[Any], Any]]] = {
    "owner_id": _id,
    "team_id": _id,
    "parent_id": _id,
    "annual_revenue": _money,
}
