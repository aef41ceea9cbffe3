"""How a company comes to be, changes, and goes to the bin and back: rules, rows and event in one transaction."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7

from crm.contacts.v1 import company_pb2
from crmkit import etag
from crmkit.access import covers
from crmkit.context import Call
from crmkit.errors import InvalidArgument
from crmkit.events.log import NewEvent
from crmkit.jobs import defer
from crmkit.masks import CUSTOM, check_mask
from services.contacts.api.company_convert import company_fields
from services.contacts.domain import company as rules
from services.contacts.domain import values
from services.contacts.domain.company import MAX_PARENTS, WRITABLE, Company
from services.contacts.domain.errors import CompanyCycle, CompanyNotFound, NotDeleted, OwnerOutOfScope
from services.contacts.domain.values import checking
from services.contacts.store import companies

# Contacts of a renamed company that follow in the transaction of the change.
AT_ONCE = 200


async def create(call: Call, message: company_pb2.Company) -> Company:
    """Creates a company."""
    user = call.require()
    with checking("company") as problems:
        fields = company_fields(message, problems)
        rules.clean(fields, WRITABLE, problems)
    company = rules.created(
        fields, id=uuid7(), by=user.user_id, now=call.now, owner_id=user.user_id, team_id=user.team_id
    )
    _demand_reach(call, company)
    await _check_parent(call, company)
    await companies.add(call.db, company)
    _record(call, "company.created", None, company)
    return company


async def update(call: Call, request: company_pb2.UpdateCompanyRequest, id: UUID) -> Company:
    """Replaces the fields the mask names. Nothing different: the same version, and no event."""
    mask = check_mask(request.update_mask, company_pb2.Company.DESCRIPTOR, WRITABLE)
    with checking("company") as problems:
        fields = company_fields(request.company, problems, mask.fields)
        rules.clean(fields, mask.fields | ({CUSTOM} if mask.custom else set()), problems)
    before = await _held(call, id, request.company.etag)
    after = rules.changed(before, fields, mask.fields, mask.custom)
    with checking("company") as problems:
        values.count(after.custom, CUSTOM, values.MAX_CUSTOM_FIELDS, problems)
    if after == before:
        return before
    _demand_reach(call, after)
    if after.parent_id != before.parent_id:
        await _check_parent(call, after)
    saved = await _save(call, "company.updated", before, after)
    if saved.name != before.name:
        await _spread_name(call, saved)
    return saved


async def delete(call: Call, id: UUID, given_etag: str) -> Company:
    """Puts a company into the bin. Its contacts keep their place in it."""
    before = await _held(call, id, given_etag)
    return await _save(call, "company.deleted", before, before, deleted=True)


async def undelete(call: Call, id: UUID) -> Company:
    """Takes a company out of the bin."""
    before = await companies.lock(call.db, id)
    if before is None or not call.covers(before.owner_id, before.team_id):
        raise CompanyNotFound
    if before.deleted_at is None:
        raise NotDeleted
    return await _save(call, "company.undeleted", before, before)


async def _spread_name(call: Call, company: Company) -> None:
    """Makes its contacts found by the new name: the first at once, the rest by a job."""
    last = await companies.rename_in_contacts(call.db, company.id, UUID(int=0), AT_ONCE)
    if last is not None:
        await defer(call.db, "contacts:rename_company", {"company_id": str(company.id), "after": str(last)})


async def _held(call: Call, id: UUID, given_etag: str) -> Company:
    """The company as it is, locked. NOT_FOUND in the bin and out of scope; ABORTED when the etag is stale."""
    found = await companies.lock(call.db, id)
    if found is None or found.deleted_at is not None or not call.covers(found.owner_id, found.team_id):
        raise CompanyNotFound
    etag.check(given_etag, found.version)
    return found


async def _save(call: Call, event: str, before: Company, after: Company, *, deleted: bool = False) -> Company:
    after = rules.stamped(after, by=call.require().user_id, now=call.now, deleted_at=call.now if deleted else None)
    await companies.put(call.db, after)
    _record(call, event, before, after)
    return after


def _record(call: Call, type: str, before: Company | None, after: Company) -> None:
    state = None if before is None else rules.snapshot(before)
    call.record(NewEvent(type, "company", after.id, after.version, state, rules.snapshot(after)))


def _demand_reach(call: Call, company: Company) -> None:
    if not call.covers(company.owner_id, company.team_id):
        raise OwnerOutOfScope


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
