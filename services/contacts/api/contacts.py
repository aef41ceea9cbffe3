"""The RPCs of ContactService."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

from crm.contacts.v1 import contact_pb2, contact_service_pb2
from crmkit.context import Call
from crmkit.paging import Pager
from crmkit.server import Servicer
from crmkit.service import Runtime
from crmkit.wire import parse_id, parse_ids
from services.contacts.api import contact_changes
from services.contacts.api.contact_changes import CONTACTS
from services.contacts.api.convert import contact_message, contact_values, highlight_values
from services.contacts.api.requests import normal_keys, query_of, search_size
from services.contacts.domain.contact import Contact
from services.contacts.domain.search import contact_matches
from services.contacts.store import contacts, duplicates, lists, search
from services.contacts.store.tables import contact as table


class ContactServicer(Servicer):
    """People."""

    contract = contact_service_pb2.DESCRIPTOR.services_by_name["ContactService"]
    own_connections = frozenset(
        {"GetContact", "BatchGetContacts", "ListContacts", "SearchContacts", "FindDuplicateContacts", "ExportContacts"}
    )

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.pager = Pager(runtime.seal_key)
        self.region = runtime.settings.default_region

    async def GetContact(self, request: contact_pb2.GetContactRequest, call: Call) -> contact_pb2.Contact:
        """NOT_FOUND when there is none the caller may see, or it is in the bin and the bin was not asked for."""
        found = await contacts.get(call.reads, parse_id(request.id))
        return contact_message(CONTACTS.seen(call, found, show_deleted=request.show_deleted))

    async def BatchGetContacts(
        self, request: contact_pb2.BatchGetContactsRequest, call: Call
    ) -> contact_pb2.BatchGetContactsResponse:
        """In the order asked for; what is not found is named."""
        ids = parse_ids(request.ids)
        seen, missing = CONTACTS.all_seen(call, await contacts.batch(call.reads, ids), ids)
        return contact_pb2.BatchGetContactsResponse(contacts=_values(seen), missing_ids=missing)

    async def ListContacts(
        self, request: contact_pb2.ListContactsRequest, call: Call
    ) -> contact_pb2.ListContactsResponse:
        """A page; see the contract for filter and order."""
        page = await lists.read_page(
            call.reads, lists.CONTACTS, self.pager, request, scope=call.scope, principal=call.require()
        )
        return contact_pb2.ListContactsResponse(
            contacts=_values(page.records),
            next_page_token=page.next_page_token,
            total_size=page.total,
            total_size_capped=page.capped,
        )

    async def SearchContacts(
        self, request: contact_service_pb2.SearchContactsRequest, call: Call
    ) -> contact_service_pb2.SearchContactsResponse:
        """The best matches first."""
        query = query_of(request.query, self.region)
        size = search_size(request.page_size)
        found = await search.find(call.reads, search.CONTACTS, query, size, scope=call.scope, principal=call.require())
        results: Any = [
            {
                "contact": contact_values(contact),
                "highlights": list(map(highlight_values, contact_matches(contact, query))),
            }
            for contact in found
        ]
        return contact_service_pb2.SearchContactsResponse(results=results)

    async def FindDuplicateContacts(
        self, request: contact_pb2.FindDuplicateContactsRequest, call: Call
    ) -> contact_pb2.FindDuplicateContactsResponse:
        """At most 20, the oldest first."""
        emails, phones = normal_keys(request, self.region)
        found = await duplicates.find_visible(call.reads, emails, phones, call.visible(table))
        return contact_pb2.FindDuplicateContactsResponse(contacts=_values(found))

    async def CreateContact(self, request: contact_pb2.CreateContactRequest, call: Call) -> contact_pb2.Contact:
        """ALREADY_EXISTS with reason CONTACT_DUPLICATE when another has the same address or number."""
        created = await contact_changes.create(call, request.contact, allow_duplicate=request.allow_duplicate)
        return contact_message(created)

    async def UpdateContact(self, request: contact_pb2.UpdateContactRequest, call: Call) -> contact_pb2.Contact:
        """ABORTED when an etag is given and stale."""
        updated = await contact_changes.update(call, request, parse_id(request.contact.id, "contact.id"))
        return contact_message(updated)

    async def DeleteContact(self, request: contact_pb2.DeleteContactRequest, call: Call) -> contact_pb2.Contact:
        """To the bin."""
        return contact_message(await CONTACTS.delete(call, parse_id(request.id), request.etag))

    async def UndeleteContact(self, request: contact_pb2.UndeleteContactRequest, call: Call) -> contact_pb2.Contact:
        """Out of the bin. FAILED_PRECONDITION when it is not in it."""
        return contact_message(await CONTACTS.undelete(call, parse_id(request.id)))

    async def ExportContacts(
        self, request: contact_service_pb2.ExportContactsRequest, call: Call
    ) -> AsyncIterator[contact_service_pb2.ExportContactsResponse]:
        """Batches in order of id."""
        batches = lists.read_all(call.reads, lists.CONTACTS, request.filter, scope=call.scope, principal=call.require())
        async for batch in batches:
            yield contact_service_pb2.ExportContactsResponse(contacts=_values(batch))


def _values(contacts: Iterable[Contact]) -> Any:
    """Contacts as a field of a reply takes them; upb makes messages of dicts."""
    return map(contact_values, contacts)
