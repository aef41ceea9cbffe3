"""What a contact's fields must be: limits, one primary, normal forms. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from typing import Final, TypeVar

from crmkit import checks
from crmkit.checks import Problems
from services.contacts.domain.addresses import addresses
from services.contacts.domain.contact import (
    CompanyRole,
    Consent,
    ContactFields,
    Email,
    LifecycleStage,
    Phone,
    SocialProfile,
)
from services.contacts.domain.emails import normalize_email
from services.contacts.domain.phones import normalize_phone

MAX_EMAILS: Final = 20
MAX_PHONES: Final = 20
MAX_COMPANIES: Final = 20
MAX_PROFILES: Final = 20
_STAGES = frozenset(LifecycleStage)
# A leap year, for birthdays without one.
_ANY_YEAR: Final = 2000

WithPrimary = TypeVar("WithPrimary", Email, Phone, CompanyRole)

# Limit in characters of the fields that are one line of text.
_LINES: Final = {"given_name": 200, "family_name": 200, "honorific": 50, "job_title": 200, "source": 100}


def clean(
    fields: ContactFields, which: Collection[str], problems: Problems, *, regions: Sequence[str], now: datetime
) -> None:
    """Checks and normalises, in place, the fields named in `which`; notes what is wrong in `problems`.

    `regions`: the country (ISO 3166-1) of each number in `fields.phones` that bears no country code.
    """
    for name in which:
        if name in _LINES:
            setattr(fields, name, checks.text(getattr(fields, name), name, _LINES[name], problems))
        elif name == "phones":
            fields.phones = phones(fields.phones, regions, problems)
        elif name == "consents":
            fields.consents = consents(fields.consents, now, problems)
        elif name in _CLEANERS:
            setattr(fields, name, _CLEANERS[name](getattr(fields, name), problems))


def require_identity(fields: ContactFields, problems: Problems) -> None:
    """Notes NO_IDENTITY when there is neither a name nor an address nor a number."""
    if not (fields.given_name or fields.family_name or fields.emails or fields.phones):
        problems.add(
            "", "NO_IDENTITY", "A contact needs a given or family name, an e-mail address or a telephone number."
        )


def emails(given: list[Email], problems: Problems) -> list[Email]:
    """Addresses with their normal form, one of them primary."""
    if not checks.count(given, "emails", MAX_EMAILS, problems):
        return given
    kept: list[Email] = []
    for index, email in enumerate(given):
        path = f"emails[{index}].address"
        address, normalized = email_key(email["address"], path, problems)
        if normalized and any(normalized == other["normalized"] for other in kept):
            problems.add(path, "EMAIL_REPEATED", f"`{address}` is in the list twice.")
        label = checks.text(email["label"], f"emails[{index}].label", 50, problems)
        kept.append(Email(address=address, normalized=normalized, label=label, primary=email["primary"]))
    return one_primary(kept, "emails", problems)


def email_key(typed: str, path: str, problems: Problems) -> tuple[str, str]:
    """The address as typed and as compared. Notes EMAIL_INVALID or VALUE_TOO_LONG."""
    address = checks.text(typed, path, 254, problems)
    normalized = normalize_email(address) or ""
    if not normalized and len(address) <= 254:
        problems.add(path, "EMAIL_INVALID", f"`{address}` is not an e-mail address.")
    return address, normalized


def phones(given: list[Phone], regions: Sequence[str], problems: Problems) -> list[Phone]:
    """Numbers with their E.164 form, one of them primary."""
    if not checks.count(given, "phones", MAX_PHONES, problems):
        return given
    kept: list[Phone] = []
    for index, (phone, country) in enumerate(zip(given, regions, strict=True)):
        path = f"phones[{index}].number"
        region = checks.region(country, f"phones[{index}].region", problems)
        number, e164 = phone_key(phone["number"], region, path, problems)
        if e164 and any(e164 == other["e164"] for other in kept):
            problems.add(path, "PHONE_REPEATED", f"`{number}` is in the list twice.")
        label = checks.text(phone["label"], f"phones[{index}].label", 50, problems)
        kept.append(Phone(number=number, e164=e164, label=label, primary=phone["primary"]))
    return one_primary(kept, "phones", problems)


def phone_key(typed: str, region: str, path: str, problems: Problems) -> tuple[str, str]:
    """The number as typed and in E.164. Notes PHONE_INVALID or VALUE_TOO_LONG."""
    number = checks.text(typed, path, 50, problems)
    e164 = normalize_phone(number, region) or ""
    if not e164 and len(number) <= 50:
        problems.add(
            path, "PHONE_INVALID", f"`{number}` is not a telephone number (without country code: of {region})."
        )
    return number, e164


def one_primary(given: list[WithPrimary], path: str, problems: Problems) -> list[WithPrimary]:
    """Makes the first primary when none is; notes PRIMARY_REPEATED when several are."""
    at_most_one_primary(given, path, problems)
    if given and not any(value["primary"] for value in given):
        given[0]["primary"] = True
    return given


def at_most_one_primary(given: list[WithPrimary], path: str, problems: Problems) -> None:
    """Notes PRIMARY_REPEATED when several are primary."""
    primaries = [index for index, value in enumerate(given) if value["primary"]]
    if len(primaries) > 1:
        problems.add(f"{path}[{primaries[1]}].primary", "PRIMARY_REPEATED", f"Only one of {path} is primary.")


def companies(given: list[CompanyRole], problems: Problems) -> list[CompanyRole]:
    """The roles in companies, each company once, at most one primary. Whether they exist is the store's to know."""
    if not checks.count(given, "companies", MAX_COMPANIES, problems):
        return given
    seen: set[str] = set()
    for index, company in enumerate(given):
        path = f"companies[{index}]"
        company["role"] = checks.text(company["role"], f"{path}.role", 100, problems)
        if company["company_id"] in seen:
            problems.add(f"{path}.company_id", "COMPANY_REPEATED", "The company is in the list twice.")
        seen.add(company["company_id"])
    at_most_one_primary(given, "companies", problems)
    return given


def birthday(given: tuple[int, int, int], problems: Problems) -> tuple[int, int, int]:
    """A Gregorian date whose year may be 0 (unknown). Notes DATE_INVALID."""
    year, month, day = given
    if given != (0, 0, 0):
        try:
            date(year or _ANY_YEAR, month, day)
        except (ValueError, OverflowError):
            problems.add("birthday", "DATE_INVALID", f"{year:04}-{month:02}-{day:02} is not a day of the calendar.")
    return given


def lifecycle_stage(given: int, problems: Problems) -> int:
    """A stage; 0 means LEAD. Notes ENUM_INVALID."""
    if given and given not in _STAGES:
        problems.add("lifecycle_stage", "ENUM_INVALID", f"lifecycle_stage has no value {given}.")
    return given or LifecycleStage.LEAD


def consents(given: list[Consent], now: datetime, problems: Problems) -> list[Consent]:
    """At most one consent per channel; the evidence is of now unless it says otherwise."""
    kept: dict[str, Consent] = {}
    for index, consent in enumerate(given):
        path = f"consents[{index}]"
        for part in ("channel", "state"):
            if not consent[part]:
                problems.add(f"{path}.{part}", "ENUM_INVALID", f"{path}.{part} is required.")
        if consent["channel"] in kept:
            problems.add(f"{path}.channel", "CONSENT_REPEATED", "There is one consent per channel.")
        kept[consent["channel"]] = Consent(
            channel=consent["channel"],
            state=consent["state"],
            evidence_time=consent["evidence_time"] or instant(now),
            method=checks.text(consent["method"], f"{path}.method", 200, problems),
            text_shown=checks.text(consent["text_shown"], f"{path}.text_shown", 5_000, problems, lines=True),
        )
    return list(kept.values())


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, the form instants have inside JSON."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def social_profiles(given: list[SocialProfile], problems: Problems) -> list[SocialProfile]:
    """Profiles, network and handle both given."""
    checks.count(given, "social_profiles", MAX_PROFILES, problems)
    return [
        SocialProfile(
            network=checks.text(profile["network"], f"social_profiles[{index}].network", 50, problems, required=True),
            handle=checks.text(profile["handle"], f"social_profiles[{index}].handle", 300, problems, required=True),
        )
        for index, profile in enumerate(given)
    ]


_CLEANERS: Final[dict[str, Callable[..., object]]] = {
    "emails": emails,
    "addresses": addresses,
    "companies": companies,
    "tags": checks.tags,
    "language": checks.language,
    "time_zone": checks.time_zone,
    "birthday": birthday,
    "lifecycle_stage": lifecycle_stage,
    "social_profiles": social_profiles,
    "custom": checks.custom,
}
