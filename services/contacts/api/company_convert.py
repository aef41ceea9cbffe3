"""Companies between the wire and the domain."""

from __future__ import annotations

from collections.abc import Collection

from google.type.money_pb2 import Money

from crm.contacts.v1 import company_pb2
from crmkit.checks import Problems, optional_id
from crmkit.errors import InvalidArgument
from crmkit.etag import etag
from crmkit.money import Amount, from_proto, to_proto
from crmkit.wire import audit, id_text
from services.contacts.api.convert import postal_address, struct_values
from services.contacts.domain.company import WRITABLE, Company, CompanyFields


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
        message.annual_revenue.CopyFrom(to_proto(company.annual_revenue))
    if company.custom:
        message.custom.update(company.custom)
    return message


def _revenue(message: Money, problems: Problems) -> Amount | None:
    try:
        return from_proto(message, "annual_revenue")
    except InvalidArgument as error:
        problems.take(error)
        return None


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
        annual_revenue=_revenue(message.annual_revenue, problems) if "annual_revenue" in which else None,
        addresses=[postal_address(address) for address in message.addresses],
        parent_id=optional_id(message.parent_id, "parent_id", problems) if "parent_id" in which else None,
        owner_id=optional_id(message.owner_id, "owner_id", problems) if "owner_id" in which else None,
        team_id=optional_id(message.team_id, "team_id", problems) if "team_id" in which else None,
        tags=list(message.tags),
        custom=struct_values(message.custom),
    )
