"""Companies between the wire and the domain."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Final

from google.type.money_pb2 import Money as MoneyMessage

from crm.contacts.v1 import company_pb2
from crmkit.checks import Problems, optional_id
from crmkit.etag import etag
from crmkit.wire import audit, id_text
from services.contacts.api.convert import postal_address, struct_values
from services.contacts.domain.company import WRITABLE, Company, CompanyFields, Money

_NANO: Final = Decimal("0.000000001")


def company_message(company: Company) -> company_pb2.Company:
    """The company as its contract has it."""
    message = company_pb2.Company(
        id=str(company.id),
        name=company.name,
        legal_name=company.legal_name,
        domains=company.domains,
        industry=company.industry,
        employee_count=company.employee_count,
        addresses=company.addresses,  # type: ignore[arg-type]  # upb builds sub-messages from dicts
        parent_id=id_text(company.parent_id),
        owner_id=id_text(company.owner_id),
        team_id=id_text(company.team_id),
        tags=company.tags,
        etag=etag(company.version),
        audit=audit(company),
    )
    if company.annual_revenue is not None:
        message.annual_revenue.CopyFrom(_money_message(company.annual_revenue))
    if company.custom:
        message.custom.update(company.custom)
    return message


def _money_message(money: Money) -> MoneyMessage:
    units = int(money["amount"])
    nanos = int((money["amount"] - units) / _NANO)
    return MoneyMessage(currency_code=money["currency_code"], units=units, nanos=nanos)


def _money(message: MoneyMessage, problems: Problems) -> Money:
    """Exact. Notes MONEY_INVALID when nanos are out of range or of another sign than units."""
    units, nanos = message.units, message.nanos
    if abs(nanos) > 999_999_999 or units * nanos < 0:
        problems.add(
            "annual_revenue",
            "MONEY_INVALID",
            "annual_revenue.nanos takes -999,999,999 to 999,999,999, signed as units.",
        )
    return Money(currency_code=message.currency_code, amount=units + nanos * _NANO)


def company_fields(
    message: company_pb2.Company, problems: Problems, which: Collection[str] = WRITABLE
) -> CompanyFields:
    """What a client sent of a company; `which` fields are meant, ids among them that are none are noted."""
    return CompanyFields(
        name=message.name,
        legal_name=message.legal_name,
        domains=list(message.domains),
        industry=message.industry,
        employee_count=message.employee_count,
        annual_revenue=_money(message.annual_revenue, problems) if message.HasField("annual_revenue") else None,
        addresses=[postal_address(address) for address in message.addresses],
        parent_id=optional_id(message.parent_id, "parent_id", problems) if "parent_id" in which else None,
        owner_id=optional_id(message.owner_id, "owner_id", problems) if "owner_id" in which else None,
        team_id=optional_id(message.team_id, "team_id", problems) if "team_id" in which else None,
        tags=list(message.tags),
        custom=struct_values(message.custom),
    )
