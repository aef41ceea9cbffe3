"""Contacts between the wire and the domain. By hand: this is what every read pays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final

from google.protobuf.struct_pb2 import Struct, Value

from crm.contacts.v1 import contact_pb2
from crmkit.checks import Problems, optional_id, required_id
from crmkit.etag import etag
from crmkit.wire import audit_values, id_text
from services.contacts.domain.addresses import PostalAddress
from services.contacts.domain.contact import (
    WRITABLE,
    CompanyRole,
    Consent,
    Contact,
    ContactFields,
    Email,
    Phone,
    SocialProfile,
)
from services.contacts.domain.contact_rules import instant
from services.contacts.domain.search import Match

# Names by number without UNSPECIFIED; a number that has no name is treated as unspecified.
_CHANNELS: Final = {v.number: v.name for v in contact_pb2.Consent.Channel.DESCRIPTOR.values if v.number}
_STATES: Final = {v.number: v.name for v in contact_pb2.Consent.State.DESCRIPTOR.values if v.number}


def contact_message(contact: Contact) -> contact_pb2.Contact:
    """The contact as its contract has it."""
    return contact_pb2.Contact(**contact_values(contact))


def contact_values(contact: Contact) -> dict[str, Any]:
    """`contact_message` as the values it is made of: a reply with many contacts is made of these at one go, which
    takes a third less than to make each a message and copy it.
    """
    values: dict[str, Any] = {
        "id": str(contact.id),
        "given_name": contact.given_name,
        "family_name": contact.family_name,
        "honorific": contact.honorific,
        "display_name": contact.display_name,
        "emails": contact.emails,
        "phones": contact.phones,
        "addresses": contact.addresses,
        "companies": contact.companies,
        "job_title": contact.job_title,
        "owner_id": id_text(contact.owner_id),
        "team_id": id_text(contact.team_id),
        "tags": contact.tags,
        "language": contact.language,
        "time_zone": contact.time_zone,
        "source": contact.source,
        "lifecycle_stage": contact.lifecycle_stage,
        "social_profiles": contact.social_profiles,
        "etag": etag(contact.version),
        "audit": audit_values(contact),
    }
    year, month, day = contact.birthday
    if month:
        values["birthday"] = {"year": year, "month": month, "day": day}
    if contact.consents:
        values["consents"] = [
            {**consent, "evidence_time": datetime.fromisoformat(consent["evidence_time"])}
            for consent in contact.consents
        ]
    if contact.custom:
        values["custom"] = contact.custom
    return values


def contact_fields(
    message: contact_pb2.Contact, problems: Problems, which: Collection[str] = WRITABLE
) -> ContactFields:
    """What a client sent of a contact: `which` fields are meant, what in them cannot even be read is noted."""
    return ContactFields(
        given_name=message.given_name,
        family_name=message.family_name,
        honorific=message.honorific,
        emails=[
            Email(address=email.address, normalized="", label=email.label, primary=email.primary)
            for email in message.emails
        ],
        phones=[
            Phone(number=phone.number, e164="", label=phone.label, primary=phone.primary) for phone in message.phones
        ],
        addresses=[postal_address(address) for address in message.addresses],
        companies=[
            CompanyRole(
                company_id=id_text(required_id(company.company_id, f"companies[{index}].company_id", problems)),
                company_name="",
                role=company.role,
                primary=company.primary,
            )
            for index, company in enumerate(message.companies)
            if "companies" in which
        ],
        job_title=message.job_title,
        owner_id=optional_id(message.owner_id, "owner_id", problems) if "owner_id" in which else None,
        team_id=optional_id(message.team_id, "team_id", problems) if "team_id" in which else None,
        tags=list(message.tags),
        language=message.language,
        time_zone=message.time_zone,
        birthday=(message.birthday.year, message.birthday.month, message.birthday.day),
        source=message.source,
        lifecycle_stage=message.lifecycle_stage,
        consents=[
            _consent(consent, f"consents[{index}]", problems)
            for index, consent in enumerate(message.consents)
            if "consents" in which
        ],
        social_profiles=[
            SocialProfile(network=profile.network, handle=profile.handle) for profile in message.social_profiles
        ],
        custom=struct_values(message.custom),
    )


def phone_regions(message: contact_pb2.Contact, default: str) -> list[str]:
    """The country of each number without country code."""
    return [phone.region or default for phone in message.phones]


def postal_address(message: contact_pb2.PostalAddress) -> PostalAddress:
    """An address as sent."""
    return PostalAddress(
        label=message.label,
        lines=list(message.lines),
        city=message.city,
        state=message.state,
        postal_code=message.postal_code,
        region=message.region,
    )


def _consent(message: contact_pb2.Consent, path: str, problems: Problems) -> Consent:
    return Consent(
        channel=_CHANNELS.get(message.channel, ""),
        state=_STATES.get(message.state, ""),
        evidence_time=_evidence_time(message, path, problems),
        method=message.method,
        text_shown=message.text_shown,
    )


def _evidence_time(message: contact_pb2.Consent, path: str, problems: Problems) -> str:
    if not message.HasField("evidence_time"):
        return ""
    try:
        return instant(message.evidence_time.ToDatetime(tzinfo=UTC))
    except (ValueError, OverflowError):
        problems.add(f"{path}.evidence_time", "DATE_INVALID", f"{path}.evidence_time is not a time of the calendar.")
        return ""


def struct_values(struct: Struct) -> dict[str, Any]:
    """The values of custom fields; whole numbers become integers, so that they are shown and compared as typed."""
    return {name: _value(value) for name, value in struct.fields.items()}


def _value(value: Value) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [_value(item) for item in value.list_value.values]
        case "struct_value":
            return struct_values(value.struct_value)
    return None


def highlight_values(match: Match) -> dict[str, Any]:
    """One text that matched a search: the values of a Highlight."""
    ranges = [{"start": start, "end": end} for start, end in match.ranges]
    return {"field": match.field, "text": match.text, "ranges": ranges}
