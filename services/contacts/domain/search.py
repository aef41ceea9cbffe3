"""What a search asks for, and where in a record it was found. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from crmkit.text import compact, digits, fold, highlight_ranges
from services.contacts.domain.addresses import address_texts
from services.contacts.domain.company import Company
from services.contacts.domain.contact import Contact, Phone
from services.contacts.domain.phones import normalize_phone

MAX_QUERY: Final = 200
# More words narrow a search no further.
MAX_TERMS: Final = 6
MAX_HIGHLIGHTS: Final = 10
_LETTERS = re.compile(r"[^\W_]+")
_PHONE = re.compile(r"[-+()./ 0-9]*[0-9][-+()./ 0-9]*")


@dataclass(frozen=True, slots=True)
class Query:
    """A search as typed, ready to be looked up.

    `folded` is the whole of it; `terms` must all occur, `prefixes` tells of each whether it must begin a word:
    one or two letters are in every text, so they count at the beginning of words only. `number` is what a
    telephone number looked for begins with, in E.164; empty when the query is none.
    """

    folded: str
    terms: tuple[str, ...]
    prefixes: tuple[bool, ...]
    number: str = ""

    @classmethod
    def of(cls, typed: str, region: str) -> Query:
        """The query in `typed`; without terms when there is no letter and no digit in it.

        What looks like a telephone number is one term, its digits without leading zeros: numbers are kept in
        E.164, which has neither the national prefix nor the 00 of a country code. `region` (ISO 3166-1) is the
        country of whole numbers without country code.
        """
        folded = fold(typed)
        if _PHONE.fullmatch(folded) and len(digits(folded)) >= 3:
            tail = digits(folded).lstrip("0") or "0"
            number = normalize_phone(folded, region) or f"+{tail}"
            return cls(folded, (tail,), (not has_trigram(tail),), number)
        words = dict.fromkeys(word for word in folded.split() if _LETTERS.search(word))
        terms = tuple(sorted(words, key=len, reverse=True)[:MAX_TERMS])
        return cls(folded, terms, tuple(not has_trigram(term) for term in terms))


def has_trigram(term: str) -> bool:
    """Whether a text can be looked for anywhere inside words by the trigram index: three letters in a row."""
    return any(len(run) >= 3 for run in _LETTERS.findall(term))


@dataclass(frozen=True, slots=True)
class Match:
    """A text of a record that matched: the field by its JSON name, and the ranges in code points."""

    field: str
    text: str
    ranges: list[tuple[int, int]]


def contact_matches(contact: Contact, query: Query) -> list[Match]:
    """Where a contact matched, in the order a person reads it; at least the name."""
    terms = query.terms
    found = _found("displayName", (contact.display_name,), terms)
    found += _found("emails", (email["address"] for email in contact.emails), terms)
    numbers = [term for term in terms if term.isdecimal()]
    if numbers:
        found += [match for phone in contact.phones if (match := _phone_match(phone, numbers))]
    found += _found("companies", (company["company_name"] for company in contact.companies), terms)
    found += _found("jobTitle", (contact.job_title,), terms)
    if contact.addresses:
        found += _found("addresses", address_texts(contact.addresses), terms)
    return found[:MAX_HIGHLIGHTS] or [Match("displayName", contact.display_name, [])]


def company_matches(company: Company, query: Query) -> list[Match]:
    """Where a company matched; at least the name."""
    terms = query.terms
    found = _found("name", (company.name,), terms) + _found("legalName", (company.legal_name,), terms)
    found += _found("domains", company.domains, terms) + _found("industry", (company.industry,), terms)
    found += _found("addresses", address_texts(company.addresses), terms)
    return found[:MAX_HIGHLIGHTS] or [Match("name", company.name, [])]


def _phone_match(phone: Phone, numbers: Sequence[str]) -> Match | None:
    """The number as typed when its digits hold one of the numbers, else its E.164 form (which has the country code)."""
    for text in (phone["number"], phone["e164"]):
        places = [index for index, character in enumerate(text) if character.isdecimal()]
        plain = digits(text)
        starts = [(plain.find(number), len(number)) for number in numbers]
        ranges = sorted((places[start], places[start + size - 1] + 1) for start, size in starts if start >= 0)
        if ranges:
            return Match("phones", text, ranges[:1])
    return None


# What is found shares companies, titles and cities.
_compact = lru_cache(maxsize=1 << 14)(compact)


def _found(field: str, texts: Iterable[str], terms: Sequence[str]) -> list[Match]:
    """Those of a field's texts that hold a term; most hold none, which the compact form tells at a tenth of the price
    of the ranges."""
    found: list[Match] = []
    for text in texts:
        tight = _compact(text)
        for term in terms:
            if term in tight:
                if ranges := highlight_ranges(text, terms):
                    found.append(Match(field, text, ranges))
                break
    return found
