"""What lists of contacts and companies can be narrowed by and ordered by, each backed by an index."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, Text, and_, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import JSONB

from crm.contacts.v1 import contact_pb2
from crmkit.filters import (
    ChildField,
    CustomField,
    EnumField,
    FilterField,
    FilterSchema,
    IntegerField,
    KeywordField,
    ListField,
    TextField,
    TimestampField,
    UuidField,
)
from crmkit.filters.nodes import Literal
from crmkit.filters.values import like_pattern
from crmkit.text import digits, fold
from services.contacts.domain.emails import normalize_email
from services.contacts.domain.names import family_prefix, sort_key
from services.contacts.domain.search import has_trigram
from services.contacts.store.tables import company, contact, contact_company, contact_email, contact_phone

Condition = ColumnElement[bool]


class _SearchedField(TextField):
    """Text whose words are in the search text too: the trigram index finds the rows, the key decides."""

    def __init__(self, column: ColumnElement[str], search_text: ColumnElement[str]) -> None:
        super().__init__(column, sort_key)
        self.search_text = search_text

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        """See TextField."""
        exact = super().match(operator, literal, zone)
        if operator == ":" or (operator == "=" and literal.is_pattern):
            return and_(exact, *_contains_words(self.search_text, literal.text))
        return exact


class _FamilyField(_SearchedField):
    """The family name, which the key holds before the given one."""

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        """See TextField."""
        if operator == "=" and not literal.is_pattern:
            beginning = like_pattern(family_prefix(literal.text), before=False, after=True)
            return self.column.like(_bound(beginning))
        return super().match(operator, literal, zone)

    def present(self) -> Condition:
        """Whether there is a family name."""
        return self.column >= " "


class _AddressField(FilterField):
    """E-mail addresses or numbers of a contact: whole ones by their key table, pieces by the trigram index.

    `normal_form` is the name of the compared form inside the JSON; `part` brings a piece into it.
    """

    operators = ("=", "!=", ":")

    def __init__(
        self, whole: ChildField, elements: ColumnElement[Any], normal_form: str, part: Callable[[str], str]
    ) -> None:
        self.whole = whole
        self.elements = elements
        self.normal_form = normal_form
        self.part = part

    def present(self) -> Condition:
        """Whether there is one at all."""
        return self.elements != func.jsonb_build_array()

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        """See KeywordField."""
        if operator == "=" and not literal.is_pattern:
            return self.whole.match(operator, literal, zone)
        piece = self.part(literal.text)
        contains = operator == ":"
        pattern = like_pattern(piece, before=contains or literal.any_before, after=contains or literal.any_after)
        element = func.jsonb_array_elements(self.elements, type_=JSONB).column_valued()
        normal = element.op("->>", return_type=Text())(literal_column(f"'{self.normal_form}'"))
        found: Select[Any] = select(literal_column("1")).where(normal.like(_bound(pattern)))
        return and_(found.correlate(contact).exists(), *_contains_words(contact.c.search_text, piece))


def _bound(text: str) -> BindParameter[str]:
    return bindparam(None, text, type_=Text(), unique=True)


def _contains_words(search_text: ColumnElement[str], text: str) -> list[Condition]:
    """What is true of every row whose words contain those of `text`, as far as the trigram index can tell."""
    words = [word for word in fold(text).split() if has_trigram(word)]
    return [search_text.like(_bound(like_pattern(word, before=True, after=True))) for word in words]


def _email(text: str) -> str:
    """The address as compared; one that is none matches nothing but is no mistake of the filter."""
    return normalize_email(text) or text.strip().lower()


def _number(text: str) -> str:
    """A whole number: with its country code, as the key table holds it."""
    return f"+{digits(text).removeprefix('00')}"


def _tail(text: str) -> str:
    """A piece of a number; the national prefix 0 is no part of the E.164 form."""
    return digits(text).lstrip("0")


CONTACTS = FilterSchema(
    {
        "id": UuidField(contact.c.id),
        "given_name": _SearchedField(contact.c.given_key, contact.c.search_text),
        "family_name": _FamilyField(contact.c.family_key, contact.c.search_text),
        "display_name": _SearchedField(contact.c.name_key, contact.c.search_text),
        "email": _AddressField(
            ChildField(KeywordField(contact_email.c.normalized, _email), contact_email.c.contact_id, contact.c.id),
            contact.c.emails,
            "normalized",
            fold,
        ),
        "phone": _AddressField(
            ChildField(KeywordField(contact_phone.c.e164, _number), contact_phone.c.contact_id, contact.c.id),
            contact.c.phones,
            "e164",
            _tail,
        ),
        "company_id": ChildField(UuidField(contact_company.c.company_id), contact_company.c.contact_id, contact.c.id),
        "job_title": _SearchedField(contact.c.job_key, contact.c.search_text),
        "owner_id": UuidField(contact.c.owner_id),
        "team_id": UuidField(contact.c.team_id),
        "tags": ListField(contact.c.tag_keys, fold),
        "language": KeywordField(contact.c.language),
        "time_zone": KeywordField(contact.c.time_zone),
        "source": TextField(contact.c.source_key, sort_key),
        "lifecycle_stage": EnumField(
            contact.c.lifecycle_stage, contact_pb2.DESCRIPTOR.enum_types_by_name["LifecycleStage"]
        ),
        "create_time": TimestampField(contact.c.created_at),
        "update_time": TimestampField(contact.c.updated_at),
        "custom": CustomField(contact.c.custom),
    }
)
CONTACT_ORDERS = {
    "display_name": contact.c.name_key,
    "family_name": contact.c.family_key,
    "create_time": contact.c.created_at,
    "update_time": contact.c.updated_at,
}

COMPANIES = FilterSchema(
    {
        "id": UuidField(company.c.id),
        "name": _SearchedField(company.c.name_key, company.c.search_text),
        "domain": ListField(company.c.domains, str.lower),
        "industry": TextField(company.c.industry_key, sort_key),
        "employee_count": IntegerField(company.c.employee_count),
        "parent_id": UuidField(company.c.parent_id),
        "owner_id": UuidField(company.c.owner_id),
        "team_id": UuidField(company.c.team_id),
        "tags": ListField(company.c.tag_keys, fold),
        "create_time": TimestampField(company.c.created_at),
        "update_time": TimestampField(company.c.updated_at),
        "custom": CustomField(company.c.custom),
    }
)
COMPANY_ORDERS = {
    "name": company.c.name_key,
    "create_time": company.c.created_at,
    "update_time": company.c.updated_at,
}
DEFAULT_ORDER = "create_time desc"
