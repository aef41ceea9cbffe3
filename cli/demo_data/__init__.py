"""Invented people and companies in four languages, for demo data and measurements.

The same seed gives the same people, so that a second run finds what the first one made. Addresses end in the reserved
domain .example; nobody real is meant.
"""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files

import yaml

LANGUAGES = ("en", "fa", "az", "ms")
_PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_LATIN = str.maketrans({"ə": "e", "ı": "i", "ø": "o", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written, and as an e-mail address writes it."""

    written: str
    latin: str


@dataclass(frozen=True, slots=True)
class Group:
    """Given and family names that fit together."""

    given: Sequence[Name]
    family: Sequence[Name]


@dataclass(frozen=True, slots=True)
class Company:
    """An invented company; `domain` is below .example."""

    name: str
    domain: str
    industry: str


@dataclass(frozen=True, slots=True)
class Language:
    """What a language's people are called, where they live and what one writes about them."""

    code: str
    region: str
    time_zones: Sequence[str]
    phones: Sequence[str]
    cities: Sequence[str]
    streets: Sequence[str]
    postcodes: Sequence[str]
    people: Sequence[Group]
    companies: Sequence[Company]
    titles: Sequence[str]
    roles: Sequence[str]
    tags: Sequence[str]
    sources: Sequence[str]
    consent_method: str
    consent_text: str
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person. `number` counts from 0 within the language and makes address and telephone unique."""

    number: int
    given_name: str
    family_name: str
    email: str
    phone: str
    company: Company


def load(code: str) -> Language:
    """The data of one of LANGUAGES."""
    text = (files(__package__) / f"{code}.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    return Language(
        code=data["language"],
        region=data["region"],
        people=[Group(_names(group["given"]), _names(group["family"])) for group in data["people"]],
        companies=[Company(name, f"{domain}.example", industry) for name, domain, industry in data["companies"]],
        consent_method=data["consent"]["method"],
        consent_text=data["consent"]["text"],
        **{key: data[key] for key in _PLAIN},
    )


_PLAIN = ("time_zones", "phones", "cities", "streets", "postcodes", "titles", "roles", "tags", "sources", "notes")


def people(language: Language, count: int, seed: str = "peyvand") -> Iterator[Person]:
    """`count` people of a language, the same ones for the same seed.

    The first 2,900 have telephone numbers of their own, all have an address of their own.
    """
    choose = random.Random(f"{seed} {language.code}")  # noqa: S311 - invented people, no secrets
    taken: Counter[tuple[str, str]] = Counter()
    for number in range(count):
        group = choose.choice(language.people)
        given, family = choose.choice(group.given), choose.choice(group.family)
        company = choose.choice(language.companies)
        address = f"{given.latin}.{family.latin}"
        taken[address, company.domain] += 1
        again = taken[address, company.domain]
        yield Person(
            number=number,
            given_name=given.written,
            family_name=family.written,
            email=f"{address}{again if again > 1 else ''}@{company.domain}",
            phone=_phone(language, number),
            company=company,
        )


def _phone(language: Language, number: int) -> str:
    """A number in one of the language's ways of writing, another one for each of the first thousands."""
    form, n = language.phones[number % len(language.phones)], number // len(language.phones) % 1000
    written = form.format(n=n, a=n // 100, b=n % 100)
    return written if form.isascii() else written.translate(_PERSIAN_DIGITS)


def _names(written: Sequence[str | Sequence[str]]) -> list[Name]:
    """Names given as they are written, or as [written, latin]."""
    return [Name(name, _latin(name)) if isinstance(name, str) else Name(*name) for name in written]


def _latin(name: str) -> str:
    """The last word of a Latin name in ASCII lower case: "binti Yusof" is "yusof", "Şəbnəm" is "sebnem"."""
    plain = unicodedata.normalize("NFKD", name.rpartition(" ")[2].lower().translate(_LATIN))
    return "".join(character for character in plain if character.isascii() and character.isalnum())
