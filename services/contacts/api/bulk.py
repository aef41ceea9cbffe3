"""BulkService: many records changed at once, and undo."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from crm.common.v1 import operation_pb2
from crm.contacts.v1 import bulk_service_pb2 as pb
from crmkit.access import Scope
from crmkit.checks import checking, optional_id
from crmkit.context import Call
from crmkit.operations_api import get_operation, operation_message, undo_operation
from crmkit.operations_run import DELETE, UPDATE, begin
from crmkit.server import Servicer
from crmkit.wire import parse_ids
from services.contacts.domain import contact_rules
from services.contacts.domain.bulk import clean_tags
from services.contacts.domain.errors import ChangeRequired, SelectionInvalid, SelectionTooLarge
from services.contacts.store import bulk, lists

# Records of one operation that a filter may match.
MAX_MATCHED: Final = 100_000
_LISTINGS: Final[dict[str, lists.Listing[Any]]] = {"contact": lists.CONTACTS, "company": lists.COMPANIES}
Updates = pb.BulkUpdateContactsRequest | pb.BulkUpdateCompaniesRequest


class BulkServicer(Servicer):
    """The answer is the operation: finished, or waiting for a worker when it is about many records."""

    contract = pb.DESCRIPTOR.services_by_name["BulkService"]

    async def BulkUpdateContacts(self, request: pb.BulkUpdateContactsRequest, call: Call) -> operation_pb2.Operation:
        """Changes tags, owner, team or stage."""
        return await _update(call, "contact", request)

    async def BulkDeleteContacts(self, request: pb.BulkDeleteContactsRequest, call: Call) -> operation_pb2.Operation:
        """To the bin."""
        return await _move(call, "contact", request.selection, deleted=True)

    async def BulkUndeleteContacts(
        self, request: pb.BulkUndeleteContactsRequest, call: Call
    ) -> operation_pb2.Operation:
        """Out of the bin."""
        return await _move(call, "contact", request.selection, deleted=False)

    async def BulkUpdateCompanies(self, request: pb.BulkUpdateCompaniesRequest, call: Call) -> operation_pb2.Operation:
        """Changes tags, owner or team."""
        return await _update(call, "company", request)

    async def BulkDeleteCompanies(self, request: pb.BulkDeleteCompaniesRequest, call: Call) -> operation_pb2.Operation:
        """To the bin."""
        return await _move(call, "company", request.selection, deleted=True)

    async def BulkUndeleteCompanies(
        self, request: pb.BulkUndeleteCompaniesRequest, call: Call
    ) -> operation_pb2.Operation:
        """Out of the bin."""
        return await _move(call, "company", request.selection, deleted=False)

    async def GetOperation(self, request: operation_pb2.GetOperationRequest, call: Call) -> operation_pb2.Operation:
        """One operation."""
        return await get_operation(call, request)

    async def UndoOperation(self, request: operation_pb2.UndoOperationRequest, call: Call) -> operation_pb2.Operation:
        """Puts back what nobody changed since."""
        return await undo_operation(call, request)


async def _update(call: Call, kind: str, request: Updates) -> operation_pb2.Operation:
    change = _change_of(request)
    targets = await _targets(call, kind, request.selection, binned=False)
    return operation_message(await begin(call, kind, targets, action=UPDATE, change=change))


async def _move(call: Call, kind: str, selection: pb.BulkSelection, *, deleted: bool) -> operation_pb2.Operation:
    targets = await _targets(call, kind, selection, binned=not deleted)
    return operation_message(await begin(call, kind, targets, action=DELETE, change={"deleted": deleted}))


def _change_of(request: Updates) -> dict[str, Any]:
    """The change as domain/bulk.py has it. Raises FieldsInvalid, or ChangeRequired when there is none."""
    with checking("") as problems:
        change: dict[str, Any] = {
            name: clean_tags(getattr(request, name), name, problems) for name in ("add_tags", "remove_tags")
        }
        for name in ("owner_id", "team_id"):
            if request.HasField(name):
                change[name] = optional_id(getattr(request, name), name, problems)
        if isinstance(request, pb.BulkUpdateContactsRequest) and request.lifecycle_stage:
            change["lifecycle_stage"] = contact_rules.lifecycle_stage(request.lifecycle_stage, problems)
    if not (change["add_tags"] or change["remove_tags"] or len(change) > 2):
        raise ChangeRequired
    return change | {name: str(change[name]) for name in ("owner_id", "team_id") if change.get(name)}


async def _targets(call: Call, kind: str, selection: pb.BulkSelection, *, binned: bool) -> list[UUID]:
    """The records a selection means, in order of id."""
    by_filter = selection.HasField("filter")
    if by_filter == bool(selection.ids):
        raise SelectionInvalid
    if not by_filter:
        return sorted(set(parse_ids(selection.ids, "selection.ids")))
    call.demand(kind, "read", Scope.OWN)
    found = await bulk.matching(
        call.db,
        _LISTINGS[kind],
        selection.filter,
        binned=binned,
        scope=call.scope_of(kind, "read"),
        principal=call.require(),
        most=MAX_MATCHED,
    )
    if len(found) > MAX_MATCHED:
        raise SelectionTooLarge(MAX_MATCHED)
    return found
