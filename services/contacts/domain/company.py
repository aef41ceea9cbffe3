"""A company: its fields, rules and snapshot. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import idna

from crmkit import checks
from crmkit.checks import CustomValue, Problems
from crmkit.money import Amount
from crmkit.text import fold
from crmkit.versions import audit_state
from services.contacts.domain import names
from services.contacts.domain.addresses import PostalAddress, address_texts, addresses

MAX_DOMAINS: Final = 20
MAX_EMPLOYEES: Final = 2_000_000_000
# Companies above a company: a chain longer than this is refused, so that looking for a cycle is bounded.
MAX_PARENTS: Final = 20
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?")


@dataclass(slots=True, kw_only=True)
class CompanyFields:
    """What a client may write, named as in the contract."""

    name: str = ""
    legal_name: str = ""
    domains: list[str] = field(default_factory=list)
    industry: str = ""
    employee_count: int = 0
    annual_revenue: Amount | None = None
    addresses: list[PostalAddress] = field(default_factory=list)
    parent_id: UUID | None = None
    owner_id: UUID | None = None
    team_id: UUID | None = None
    tags: list[str] = field(default_factory=list)
    custom: dict[str, CustomValue] = field(default_factory=dict)


# Fields of the contract that a mask may name.
WRITABLE = tuple(CompanyFields.__dataclass_fields__)


@dataclass(slots=True, kw_only=True)
class Company(CompanyFields):
    """A company as stored."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID | None
    updated_by: UUID | None
    deleted_at: datetime | None = None

    def keys(self) -> dict[str, Any]:
        """The columns that orders, filters and searches use, all made from the other fields."""
        others = [self.legal_name, *self.domains, self.industry, *address_texts(self.addresses)]
        return {
            "name_key": names.sort_key(self.name),
            "industry_key": names.sort_key(self.industry),
            "tag_keys": [fold(tag) for tag in self.tags],
            "search_text": names.company_search_text(self.name, others),
        }


def snapshot(company: Company) -> dict[str, Any]:
    """The company in events: names of the contract, money as a decimal string with its currency."""
    revenue = company.annual_revenue
    return {
        "id": company.id,
        "name": company.name,
        "legal_name": company.legal_name,
        "domains": company.domains,
        "industry": company.industry,
        "employee_count": company.employee_count,
        "annual_revenue": None
        if revenue is None
        else {"currency_code": revenue.currency, "amount": f"{revenue.value.normalize():f}"},
        "addresses": company.addresses,
        "parent_id": company.parent_id,
        "owner_id": company.owner_id,
        "team_id": company.team_id,
        "tags": company.tags,
        "custom": company.custom,
        "audit": audit_state(company),
    }


def clean(fields: CompanyFields, which: Collection[str], problems: Problems) -> None:
    """Checks and normalises, in place, the fields named in `which`; notes what is wrong in `problems`."""
    for name in which:
        if name in _CLEANERS:
            setattr(fields, name, _CLEANERS[name](getattr(fields, name), problems))


def domains(given: list[str], problems: Problems) -> list[str]:
    """Host names in lower case and IDNA's ASCII form, each once. Notes DOMAIN_INVALID."""
    if not checks.count(given, "domains", MAX_DOMAINS, problems):
        return given
    kept: dict[str, None] = {}
    for index, value in enumerate(given):
        domain = normalize_domain(value)
        if domain is None:
            problems.add(
                f"domains[{index}]", "DOMAIN_INVALID", f"`{value[:100]}` is not a host name such as `example.com`."
            )
        else:
            kept[domain] = None
    return list(kept)


def normalize_domain(value: str) -> str | None:
    """A host name of two labels or more in lower case, IDNA's ASCII form; None when it is none."""
    host = value.strip().lower().rstrip(".")
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            return None
    labels = host.split(".")
    if len(host) > 253 or len(labels) < 2 or not all(map(_LABEL.fullmatch, labels)):
        return None
    return host


def employee_count(given: int, problems: Problems) -> int:
    """0 (unknown) to two thousand million. Notes NUMBER_OUT_OF_RANGE."""
    if not 0 <= given <= MAX_EMPLOYEES:
        problems.add("employee_count", "NUMBER_OUT_OF_RANGE", f"employee_count takes 0 to {MAX_EMPLOYEES:,}.")
    return given


def _line(name: str, limit: int, *, required: bool = False) -> Callable[[str, Problems], str]:
    return lambda given, problems: checks.text(given, name, limit, problems, required=required)


_CLEANERS: Final[dict[str, Callable[[Any, Problems], object]]] = {
    "name": _line("name", 300, required=True),
    "legal_name": _line("legal_name", 300),
    "domains": domains,
    "industry": _line("industry", 100),
    "employee_count": employee_count,
    "addresses": addresses,
    "tags": checks.tags,
    "custom": checks.custom,
}
