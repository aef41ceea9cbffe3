"""How a contact comes to be and changes; what all records have in common is in `crmkit.records`."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from crm.contacts.v1 import contact_pb2
from crmkit import checks
from crmkit.access import covers
from crmkit.checks import Problems, checking
from crmkit.context import Call
from crmkit.masks import CUSTOM, check_mask
from crmkit.records import Records
from crmkit.versions import changed
from services.contacts.api.convert import contact_fields, phone_regions
from services.contacts.domain import contact_rules
from services.contacts.domain.contact import WRITABLE, CompanyRole, Contact, snapshot
from services.contacts.domain.errors import ContactDuplicate, ContactNotFound
from services.contacts.store import companies, contacts, duplicates


async def create(call: Call, message: contact_pb2.Contact, *, allow_duplicate: bool) -> Contact:
    """Creates a contact. Refuses a second one with the same address or number unless that is allowed."""
    with checking("contact") as problems:
        fields = contact_fields(message, problems)
        regions = phone_regions(message, call.runtime.settings.default_region)
        contact_rules.clean(fields, WRITABLE, problems, regions=regions, now=call.now)
        contact_rules.require_identity(fields, problems)
    contact = CONTACTS.new(call, fields)
    contact.companies = await _known_companies(call, contact.companies, before=[])
    emails, phones = contact.identities
    await duplicates.lock(call.db, emails, phones)
    if not allow_duplicate:
        await _refuse_duplicates(call, emails, phones)
    return await CONTACTS.create(call, contact)


async def update(call: Call, request: contact_pb2.UpdateContactRequest, id: UUID) -> Contact:
    """Replaces the fields the mask names. Nothing different: the same version, and no event."""
    mask = check_mask(request.update_mask, contact_pb2.Contact.DESCRIPTOR, WRITABLE)
    with checking("contact") as problems:
        fields = contact_fields(request.contact, problems, mask.fields)
        regions = phone_regions(request.contact, call.runtime.settings.default_region)
        contact_rules.clean(fields, mask.touched, problems, regions=regions, now=call.now)
    before = await CONTACTS.held(call, id, request.contact.etag)
    after = changed(before, fields, mask)
    with checking("contact") as problems:
        contact_rules.require_identity(after, problems)
        checks.count(after.custom, CUSTOM, checks.MAX_CUSTOM_FIELDS, problems)
    if "companies" in mask:
        after.companies = await _known_companies(call, after.companies, before=before.companies)
    return await CONTACTS.save(call, before, after)


async def _put(db: AsyncConnection, before: Contact, after: Contact) -> None:
    if before.identities != after.identities:
        await duplicates.lock(db, *after.identities)
    await contacts.put(db, before, after)


CONTACTS = Records(
    kind="contact",
    make=Contact,
    lock=contacts.lock,
    add=contacts.add,
    put=_put,
    snapshot=snapshot,
    not_found=ContactNotFound,
)


async def _known_companies(call: Call, roles: list[CompanyRole], *, before: list[CompanyRole]) -> list[CompanyRole]:
    """The roles with the names of their companies. A company new to the contact must be one the caller may see."""
    if not roles:
        return roles
    ids = [UUID(role["company_id"]) for role in roles]
    rows = {str(row.id): row for row in await companies.named(call.db, ids, held=True)}
    kept = {role["company_id"]: role["company_name"] for role in before}
    scope, user = call.scope_of("company", "read"), call.require()
    problems = Problems("contact")
    for index, role in enumerate(roles):
        row = rows.get(role["company_id"])
        if row is not None and (role["company_id"] in kept or covers(scope, user, row.owner_id, row.team_id)):
            role["company_name"] = row.name
        elif role["company_id"] in kept:
            role["company_name"] = kept[role["company_id"]]
        else:
            path = f"companies[{index}].company_id"
            problems.add(path, "COMPANY_NOT_FOUND", f"There is no company {role['company_id']}.")
    problems.raise_any()
    return roles


async def _refuse_duplicates(call: Call, emails: list[str], phones: list[str]) -> None:
    found = await duplicates.find(call.db, emails, phones)
    if found:
        scope, user = call.scope_of("contact", "read"), call.require()
        raise ContactDuplicate([row.id for row in found if covers(scope, user, row.owner_id, row.team_id)])
