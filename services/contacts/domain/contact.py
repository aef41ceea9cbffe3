"""A contact: its fields and its events' snapshot."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import Any, TypedDict
from uuid import UUID

from crmkit.checks import CustomValue
from crmkit.text import fold
from crmkit.versions import audit_state
from services.contacts.domain import names
from services.contacts.domain.addresses import PostalAddress, address_texts


class LifecycleStage(IntEnum):
    """As crm.contacts.v1.LifecycleStage."""

    SUBSCRIBER = 1
    LEAD = 2
    OPPORTUNITY = 3
    CUSTOMER = 4
    ADVOCATE = 5
    FORMER = 6


class Email(TypedDict):
    """As crm.contacts.v1.EmailAddress."""

    address: str
    normalized: str
    label: str
    primary: bool


class Phone(TypedDict):
    """As crm.contacts.v1.PhoneNumber, without the region it was typed in."""

    number: str
    e164: str
    label: str
    primary: bool


class CompanyRole(TypedDict):
    """As crm.contacts.v1.CompanyRole; the name as last read."""

    company_id: str
    company_name: str
    role: str
    primary: bool


class Consent(TypedDict):
    """As crm.contacts.v1.Consent: enums by name, the time in RFC 3339 with milliseconds and "Z"."""

    channel: str
    state: str
    evidence_time: str
    method: str
    text_shown: str


class SocialProfile(TypedDict):
    """As crm.contacts.v1.SocialProfile."""

    network: str
    handle: str


@dataclass(slots=True, kw_only=True)
class ContactFields:
    """What a client may write, named as in the contract."""

    given_name: str = ""
    family_name: str = ""
    honorific: str = ""
    emails: list[Email] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    addresses: list[PostalAddress] = field(default_factory=list)
    companies: list[CompanyRole] = field(default_factory=list)
    job_title: str = ""
    owner_id: UUID | None = None
    team_id: UUID | None = None
    tags: list[str] = field(default_factory=list)
    language: str = ""
    time_zone: str = ""
    # Year (0: unknown), month, day; (0, 0, 0): no birthday.
    birthday: tuple[int, int, int] = (0, 0, 0)
    source: str = ""
    lifecycle_stage: int = LifecycleStage.LEAD
    consents: list[Consent] = field(default_factory=list)
    social_profiles: list[SocialProfile] = field(default_factory=list)
    custom: dict[str, CustomValue] = field(default_factory=dict)


# Fields of the contract that a mask may name.
WRITABLE = tuple(ContactFields.__dataclass_fields__)


@dataclass(slots=True, kw_only=True)
class Contact(ContactFields):
    """A contact as stored."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID | None
    updated_by: UUID | None
    deleted_at: datetime | None = None

    @property
    def display_name(self) -> str:
        """The name in its culture's order, or the first address or number."""
        fallback = self.emails[0]["address"] if self.emails else self.phones[0]["number"] if self.phones else ""
        return names.display_name(self.given_name, self.family_name, self.language, fallback)

    def keys(self) -> dict[str, Any]:
        """The columns made from the other fields: the name shown, and what orders, filters and searches use."""
        display_name = self.display_name
        return {
            "display_name": display_name,
            "name_key": names.sort_key(display_name),
            "family_key": names.family_key(self.given_name, self.family_name),
            "given_key": names.common_key(self.given_name),
            "job_key": names.common_key(self.job_title),
            "source_key": names.common_key(self.source),
            "tag_keys": [fold(tag) for tag in self.tags],
            "search_text": self._search_text(display_name),
        }

    def _search_text(self, display_name: str) -> str:
        own = [display_name, self.given_name, self.family_name, self.job_title]
        for email in self.emails:
            own.append(email["address"])
            if email["normalized"] != email["address"]:
                own.append(email["normalized"])
        return names.contact_search_text(
            [*own, *address_texts(self.addresses)],
            (phone["e164"] for phone in self.phones),
            (company["company_name"] for company in self.companies),
        )

    @property
    def identities(self) -> tuple[list[str], list[str]]:
        """The normalised addresses and the numbers in E.164."""
        return [email["normalized"] for email in self.emails], [phone["e164"] for phone in self.phones]

    @property
    def company_ids(self) -> list[UUID]:
        """The companies the person belongs to, in order."""
        return [UUID(company["company_id"]) for company in self.companies]


def snapshot(contact: Contact) -> dict[str, Any]:
    """The contact in events: names of the contract, enums by name."""
    year, month, day = contact.birthday
    return {
        "id": contact.id,
        "given_name": contact.given_name,
        "family_name": contact.family_name,
        "honorific": contact.honorific,
        "display_name": contact.display_name,
        "emails": contact.emails,
        "phones": contact.phones,
        "addresses": contact.addresses,
        "companies": contact.companies,
        "job_title": contact.job_title,
        "owner_id": contact.owner_id,
        "team_id": contact.team_id,
        "tags": contact.tags,
        "language": contact.language,
        "time_zone": contact.time_zone,
        "birthday": {"year": year, "month": month, "day": day} if month else None,
        "source": contact.source,
        "lifecycle_stage": f"LIFECYCLE_STAGE_{LifecycleStage(contact.lifecycle_stage).name}",
        "consents": contact.consents,
        "social_profiles": contact.social_profiles,
        "custom": contact.custom,
        "audit": audit_state(contact),
    }
