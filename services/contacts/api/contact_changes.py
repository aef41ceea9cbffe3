"""How a contact comes to be, changes, and goes to the bin and back: rules, rows and event in one transaction."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7

from crm.contacts.v1 import contact_pb2
from crmkit import etag
from crmkit.access import covers
from crmkit.context import Call
from crmkit.events.log import NewEvent
from crmkit.masks import CUSTOM, check_mask
from services.contacts.api.convert import contact_fields, phone_regions
from services.contacts.domain import contact_rules, values
from services.contacts.domain.contact import (
    WRITABLE,
    CompanyRole,
    Contact,
    changed,
    created,
    snapshot,
    stamped,
)
from services.contacts.domain.errors import ContactDuplicate, ContactNotFound, NotDeleted, OwnerOutOfScope
from services.contacts.domain.values import Problems, checking
from services.contacts.store import companies, contacts, duplicates


async def create(call: Call, message: contact_pb2.Contact, *, allow_duplicate: bool) -> Contact:
    """Creates a contact. Refuses a second one with the same address or number unless that is allowed."""
    user = call.require()
    with checking("contact") as problems:
        fields = contact_fields(message, problems)
        regions = phone_regions(message, call.runtime.settings.default_region)
        contact_rules.clean(fields, WRITABLE, problems, regions=regions, now=call.now)
        contact_rules.require_identity(fields, problems)
    contact = created(fields, id=uuid7(), by=user.user_id, now=call.now, owner_id=user.user_id, team_id=user.team_id)
    _demand_reach(call, contact)
    contact.companies = await _known_companies(call, contact.companies, before=[])
    emails, phones = contact.identities
    await duplicates.lock(call.db, emails, phones)
    if not allow_duplicate:
        await _refuse_duplicates(call, emails, phones)
    await contacts.add(call.db, contact)
    _record(call, "contact.created", None, contact)
    return contact


async def update(call: Call, request: contact_pb2.UpdateContactRequest, id: UUID) -> Contact:
    """Replaces the fields the mask names. Nothing different: the same version, and no event."""
    mask = check_mask(request.update_mask, contact_pb2.Contact.DESCRIPTOR, WRITABLE)
    with checking("contact") as problems:
        fields = contact_fields(request.contact, problems, mask.fields)
        which = mask.fields | ({CUSTOM} if mask.custom else set())
        regions = phone_regions(request.contact, call.runtime.settings.default_region)
        contact_rules.clean(fields, which, problems, regions=regions, now=call.now)
    before = await _held(call, id, request.contact.etag)
    after = changed(before, fields, mask.fields, mask.custom)
    with checking("contact") as problems:
        contact_rules.require_identity(after, problems)
        values.count(after.custom, CUSTOM, values.MAX_CUSTOM_FIELDS, problems)
    if "companies" in mask:
        after.companies = await _known_companies(call, after.companies, before=before.companies)
    if after == before:
        return before
    _demand_reach(call, after)
    return await _save(call, "contact.updated", before, after)


async def delete(call: Call, id: UUID, given_etag: str) -> Contact:
    """Puts a contact into the bin."""
    before = await _held(call, id, given_etag)
    return await _save(call, "contact.deleted", before, before, deleted=True)


async def undelete(call: Call, id: UUID) -> Contact:
    """Takes a contact out of the bin."""
    before = await contacts.lock(call.db, id)
    if before is None or not call.covers(before.owner_id, before.team_id):
        raise ContactNotFound
    if before.deleted_at is None:
        raise NotDeleted
    return await _save(call, "contact.undeleted", before, before)


async def _held(call: Call, id: UUID, given_etag: str) -> Contact:
    """The contact as it is, locked. NOT_FOUND in the bin and out of scope; ABORTED when the etag is stale."""
    found = await contacts.lock(call.db, id)
    if found is None or found.deleted_at is not None or not call.covers(found.owner_id, found.team_id):
        raise ContactNotFound
    etag.check(given_etag, found.version)
    return found


async def _save(call: Call, event: str, before: Contact, after: Contact, *, deleted: bool = False) -> Contact:
    after = stamped(after, by=call.require().user_id, now=call.now, deleted_at=call.now if deleted else None)
    if before.identities != after.identities:
        await duplicates.lock(call.db, *after.identities)
    await contacts.put(call.db, before, after)
    _record(call, event, before, after)
    return after


def _record(call: Call, type: str, before: Contact | None, after: Contact) -> None:
    state = None if before is None else snapshot(before)
    call.record(NewEvent(type, "contact", after.id, after.version, state, snapshot(after)))


def _demand_reach(call: Call, contact: Contact) -> None:
    if not call.covers(contact.owner_id, contact.team_id):
        raise OwnerOutOfScope


async def _known_companies(call: Call, roles: list[CompanyRole], *, before: list[CompanyRole]) -> list[CompanyRole]:
    """The roles with the names of their companies. A company new to the contact must be one the caller may see."""
    if not roles:
        return roles
    rows = {str(row.id): row for row in await companies.named(call.db, [UUID(role["company_id"]) for role in roles])}
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
