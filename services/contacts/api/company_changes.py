"""How a company comes to be and changes; what all records have in common is in `crmkit.records`."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from crm.contacts.v1 import company_pb2
from crmkit import checks
from crmkit.access import covers
from crmkit.checks import checking
from crmkit.context import Call
from crmkit.errors import InvalidArgument
from crmkit.masks import CUSTOM, check_mask
from crmkit.records import Records
from crmkit.versions import changed
from services.contacts.api.company_convert import company_fields
from services.contacts.domain import company as rules
from services.contacts.domain.company import MAX_PARENTS, WRITABLE, Company, snapshot
from services.contacts.domain.errors import CompanyCycle, CompanyNotFound
from services.contacts.store import companies
from services.contacts.workers.renames import spread_name


async def create(call: Call, message: company_pb2.Company) -> Company:
    """Creates a company."""
    with checking("company") as problems:
        fields = company_fields(message, problems)
        rules.clean(fields, WRITABLE, problems)
    company = COMPANIES.new(call, fields)
    await _check_parent(call, company)
    return await COMPANIES.create(call, company)


async def update(call: Call, request: company_pb2.UpdateCompanyRequest, id: UUID) -> Company:
    """Replaces the fields the mask names. Nothing different: the same version, and no event."""
    mask = check_mask(request.update_mask, company_pb2.Company.DESCRIPTOR, WRITABLE)
    with checking("company") as problems:
        fields = company_fields(request.company, problems, mask.fields)
        rules.clean(fields, mask.touched, problems)
    before = await COMPANIES.held(call, id, request.company.etag)
    after = changed(before, fields, mask)
    with checking("company") as problems:
        checks.count(after.custom, CUSTOM, checks.MAX_CUSTOM_FIELDS, problems)
    if after.parent_id != before.parent_id:
        await _check_parent(call, after)
    return await COMPANIES.save(call, before, after)


async def _put(db: AsyncConnection, before: Company, after: Company) -> None:
    """Writes the next version; a new name is spread to the company's contacts."""
    await companies.put(db, after)
    if after.name != before.name:
        await spread_name(db, after.id)


COMPANIES = Records(
    kind="company",
    make=Company,
    lock=companies.lock,
    add=companies.add,
    put=_put,
    snapshot=snapshot,
    not_found=CompanyNotFound,
)


async def _check_parent(call: Call, company: Company) -> None:
    """The parent must be a company the caller may see, and not stand below this one."""
    if company.parent_id is None:
        return
    chain = await companies.ancestors(call.db, company.parent_id)
    if company.id in chain or len(chain) > MAX_PARENTS:
        raise CompanyCycle(MAX_PARENTS)
    scope, user = call.scope_of("company", "read"), call.require()
    seen = await companies.named(call.db, [company.parent_id])
    if not any(covers(scope, user, row.owner_id, row.team_id) for row in seen):
        raise InvalidArgument(
            "COMPANY_NOT_FOUND", f"There is no company {company.parent_id}.", field="company.parent_id"
        )
