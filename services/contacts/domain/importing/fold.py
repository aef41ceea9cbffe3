"""Rows onto contacts, in the order of the file, as if each were saved before the next is read.

A chunk's rows are matched with the contacts found for them in the database and with each other: a row that shares
an address, or else a number, with a contact or an earlier row updates that contact. Stored contacts are never
changed in place: what an event tells as "before" stays what it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from crmkit import checks
from crmkit.text import fold
from services.contacts.domain.addresses import PostalAddress
from services.contacts.domain.company import Company
from services.contacts.domain.contact import CompanyRole, Contact, ContactFields, Email, Phone, SocialProfile
from services.contacts.domain.contact_rules import MAX_COMPANIES, MAX_EMAILS, MAX_PHONES, MAX_PROFILES
from services.contacts.domain.importing.rows import Rejection, Row
from services.contacts.domain.names import sort_key


class Mode(StrEnum):
    """What to do with a row: see ImportOptions.Mode."""

    CREATE = "create"
    UPDATE = "update"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports, and what new contacts get from it."""

    user_id: UUID
    team_id: UUID | None
    mode: Mode
    now: datetime


@dataclass(slots=True)
class Entry:
    """A contact of the chunk: as it was (None when the chunk created it) and as it has become."""

    before: Contact | None
    contact: Contact
    # Whether the importer may change it.
    permitted: bool
    # Which of several contacts with one address or number a row means: the least.
    rank: int

    @property
    def changed(self) -> bool:
        """Whether the chunk as a whole changed it. A new contact counts."""
        return self.before is None or self.contact != self.before


@dataclass(slots=True)
class Folded:
    """What a chunk comes to. Every row is counted once."""

    entries: list[Entry] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    created: int = 0
    updated: int = 0
    unchanged: int = 0


class Companies:
    """The companies a chunk's rows name: those found, and those made for names that none has."""

    def __init__(self, found: Mapping[str, tuple[UUID, str]], make: Callable[[str], Company] | None) -> None:
        """`found`: id and name by `company_key`. `make`: a new company of a name; None when none may be made."""
        self._by_key = dict(found)
        self._make = make
        self.made: list[Company] = []

    def named(self, name: str) -> tuple[UUID, str] | None:
        """Id and name of the company of this name; None when there is none and none may be made."""
        key = company_key(name)
        found = self._by_key.get(key)
        if found is None and self._make is not None:
            company = self._make(name)
            self.made.append(company)
            found = self._by_key[key] = (company.id, company.name)
        return found


@lru_cache(maxsize=1 << 16)
def company_key(name: str) -> str:
    """What the names of companies are compared by: `company.name_key` of the store."""
    return sort_key(name)


_NOTHING = ContactFields()


class _Full(Exception):
    """A list of a contact has no room left; names the field."""


class Chunk:
    """The contacts that the rows of a chunk meet."""

    def __init__(
        self,
        importer: Importer,
        new_id: Callable[[], UUID],
        companies: Companies,
    ) -> None:
        self._importer = importer
        self._new_id = new_id
        self._companies = companies
        self._by_email: dict[str, Entry] = {}
        self._by_phone: dict[str, Entry] = {}
        self.folded = Folded()

    def know(self, contact: Contact, permitted: bool) -> None:
        """A stored contact that rows may match. Call first for those permitted, and for the oldest first."""
        entry = Entry(contact, contact, permitted, len(self.folded.entries))
        self.folded.entries.append(entry)
        self._register(entry)

    def over(self, known: Iterable[Contact], emails: Iterable[str], phones: Iterable[str]) -> list[Contact]:
        """The contacts with the addresses and numbers: `known` ones as this chunk has left them, and its own."""
        entries = [self._by_email.get(email) for email in emails] + [self._by_phone.get(phone) for phone in phones]
        own = {entry.contact.id: entry.contact for entry in entries if entry}
        left = {entry.contact.id: entry.contact for entry in self.folded.entries}
        return [left.get(contact.id, contact) for contact in known if contact.id not in own] + list(own.values())

    def take(self, row: Row) -> None:
        """Applies a row."""
        entry = self._match(row)
        folded, mode = self.folded, self._importer.mode
        try:
            if entry is None and mode is Mode.UPDATE:
                message = "No contact has this e-mail address or telephone number."
                folded.rejections.append(Rejection(row.record, "", "NOT_FOUND", message, row.cells))
            elif entry is None:
                self._create(row)
            elif mode is Mode.CREATE:
                folded.unchanged += 1
            elif not entry.permitted:
                message = "The contact with this e-mail address or telephone number is not yours to change."
                folded.rejections.append(Rejection(row.record, "", "NOT_PERMITTED", message, row.cells))
            else:
                self._update(entry, row)
        except _Full as full:
            message = f"The contact would have more {full}s than it can hold."
            folded.rejections.append(Rejection(row.record, str(full), "TOO_MANY", message, row.cells))

    def _match(self, row: Row) -> Entry | None:
        for _, normalized, _ in row.emails:
            if entry := self._by_email.get(normalized):
                return entry
        for _, e164, _ in row.phones:
            if entry := self._by_phone.get(e164):
                return entry
        return None

    def _register(self, entry: Entry) -> None:
        """The oldest contact with an address or number is the one it means, those that may be changed before others."""
        for email in entry.contact.emails:
            if entry.rank < self._by_email.setdefault(email["normalized"], entry).rank:
                self._by_email[email["normalized"]] = entry
        for phone in entry.contact.phones:
            if entry.rank < self._by_phone.setdefault(phone["e164"], entry).rank:
                self._by_phone[phone["e164"]] = entry

    def _create(self, row: Row) -> None:
        importer = self._importer
        new = Contact(
            **_changes(_NOTHING, row, self._role(row)),
            id=self._new_id(),
            version=1,
            created_at=importer.now,
            updated_at=importer.now,
            created_by=importer.user_id,
            updated_by=importer.user_id,
            owner_id=importer.user_id,
            team_id=importer.team_id,
        )
        entry = Entry(None, new, True, len(self.folded.entries))
        self.folded.entries.append(entry)
        self._register(entry)
        self.folded.created += 1

    def _update(self, entry: Entry, row: Row) -> None:
        changes = _changes(entry.contact, row, self._role(row))
        if not changes:
            self.folded.unchanged += 1
            return
        entry.contact = replace(entry.contact, **changes)
        if "emails" in changes or "phones" in changes:
            self._register(entry)
        self.folded.updated += 1

    def _role(self, row: Row) -> CompanyRole | None:
        if not row.company:
            return None
        found = self._companies.named(row.company)
        if found is None:
            row.custom.setdefault("company", row.company)
            return None
        return CompanyRole(company_id=str(found[0]), company_name=found[1], role="", primary=True)


def _changes(contact: ContactFields, row: Row, role: CompanyRole | None) -> dict[str, Any]:
    """The fields of `contact` that `row` changes, with their new values. Raises _Full."""
    changes: dict[str, Any] = {name: text for name, text in row.texts.items() if getattr(contact, name) != text}
    if row.emails and (emails := _with_emails(contact.emails, row.emails)) is not None:
        changes["emails"] = emails
    if row.phones and (phones := _with_phones(contact.phones, row.phones)) is not None:
        changes["phones"] = phones
    if role and (companies := _with_company(contact.companies, role)) is not None:
        changes["companies"] = companies
    if row.address and (addresses := _with_address(contact.addresses, row.address)) is not None:
        changes["addresses"] = addresses
    if row.tags and (tags := _with_tags(contact.tags, row.tags)) is not None:
        changes["tags"] = tags
    if row.social and (profiles := _with_profiles(contact.social_profiles, row.social)) is not None:
        changes["social_profiles"] = profiles
    if row.birthday and contact.birthday != row.birthday:
        changes["birthday"] = row.birthday
    if row.lifecycle_stage and contact.lifecycle_stage != row.lifecycle_stage:
        changes["lifecycle_stage"] = row.lifecycle_stage
    if row.custom and any(contact.custom.get(name) != value for name, value in row.custom.items()):
        changes["custom"] = contact.custom | row.custom
        if len(changes["custom"]) > checks.MAX_CUSTOM_FIELDS:
            raise _Full("custom field")
    return changes


def _with_emails(kept: list[Email], given: Iterable[tuple[str, str, str]]) -> list[Email] | None:
    known = {email["normalized"] for email in kept}
    new = [
        Email(address=typed, normalized=normalized, label=label, primary=False)
        for typed, normalized, label in given
        if normalized not in known
    ]
    return _joined(kept, new, MAX_EMAILS, "email")


def _with_phones(kept: list[Phone], given: Iterable[tuple[str, str, str]]) -> list[Phone] | None:
    known = {phone["e164"] for phone in kept}
    new = [
        Phone(number=typed, e164=e164, label=label, primary=False) for typed, e164, label in given if e164 not in known
    ]
    return _joined(kept, new, MAX_PHONES, "phone")


def _joined(kept: list[Any], new: list[Any], limit: int, name: str) -> list[Any] | None:
    """Both lists, the first of all primary when none is; None when there is nothing new."""
    if not new:
        return None
    if len(kept) + len(new) > limit:
        raise _Full(name)
    if not kept:
        new[0]["primary"] = True
    return [*kept, *new]


def _with_company(kept: list[CompanyRole], role: CompanyRole) -> list[CompanyRole] | None:
    """The file's company becomes the primary one; earlier ones stay."""
    same = next((other for other in kept if other["company_id"] == role["company_id"]), None)
    if same and same["primary"]:
        return None
    if same is None and len(kept) >= MAX_COMPANIES:
        raise _Full("company")
    others = [CompanyRole(**{**other, "primary": other is same}) for other in kept]
    return others if same else [*others, role]


def _with_address(kept: list[PostalAddress], parts: Mapping[str, Any]) -> list[PostalAddress] | None:
    """The first address with the file's parts; an empty list gets a new address."""
    first = kept[0] if kept else PostalAddress(label="", lines=[], city="", state="", postal_code="", region="")
    if all(first[name] == part for name, part in parts.items()):  # type: ignore[literal-required]
        return None
    changed = PostalAddress(**{**first, **parts})  # type: ignore[typeddict-item]
    return [changed, *kept[1:]]


def _with_tags(kept: list[str], given: Iterable[str]) -> list[str] | None:
    known = {fold(tag) for tag in kept}
    new = list(kept)
    for tag in given:
        key = fold(tag)
        if key not in known:
            known.add(key)
            new.append(tag)
    if len(new) > checks.MAX_TAGS:
        raise _Full("tag")
    return new if len(new) > len(kept) else None


def _with_profiles(kept: list[SocialProfile], given: Iterable[tuple[str, str]]) -> list[SocialProfile] | None:
    new = [
        SocialProfile(network=network, handle=handle)
        for network, handle in given
        if all(profile["network"] != network or profile["handle"] != handle for profile in kept)
    ]
    if len(kept) + len(new) > MAX_PROFILES:
        raise _Full("social profile")
    return [*kept, *new] if new else None
