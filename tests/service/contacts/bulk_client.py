"""Bulk changes as tests ask for them."""

from __future__ import annotations

from typing import Any

from crm.common.v1.operation_pb2 import GetOperationRequest, Operation, UndoOperationRequest
from crm.contacts.v1 import bulk_service_pb2 as pb
from crm.contacts.v1.bulk_service_pb2_grpc import BulkServiceStub
from tests.service.contacts.conftest import Contacts, World


class Bulk:
    """Bulk changes as one user asks for them."""

    def __init__(self, world: World, user: Contacts) -> None:
        self.stub: Any = world.service.stub(BulkServiceStub)
        self.user = user

    async def update_matching(self, filter: str, **change: Any) -> Operation:
        request = pb.BulkUpdateContactsRequest(selection=pb.BulkSelection(filter=filter), **change)
        return await self._call("BulkUpdateContacts", request)

    async def delete_matching(self, filter: str) -> Operation:
        request = pb.BulkDeleteContactsRequest(selection=pb.BulkSelection(filter=filter))
        return await self._call("BulkDeleteContacts", request)

    async def undelete_matching(self, filter: str) -> Operation:
        request = pb.BulkUndeleteContactsRequest(selection=pb.BulkSelection(filter=filter))
        return await self._call("BulkUndeleteContacts", request)

    async def _call(self, name: str, request: Any) -> Operation:
        reply: Operation = await getattr(self.stub, name)(request, metadata=self.user.who)
        return reply

    async def update(self, ids: list[str], **change: Any) -> Operation:
        request = pb.BulkUpdateContactsRequest(selection=pb.BulkSelection(ids=ids), **change)
        return await self._call("BulkUpdateContacts", request)

    async def delete(self, ids: list[str]) -> Operation:
        return await self._call("BulkDeleteContacts", pb.BulkDeleteContactsRequest(selection=pb.BulkSelection(ids=ids)))

    async def undelete(self, ids: list[str]) -> Operation:
        request = pb.BulkUndeleteContactsRequest(selection=pb.BulkSelection(ids=ids))
        return await self._call("BulkUndeleteContacts", request)

    async def undo(self, id: str, request_id: str = "") -> Operation:
        return await self._call("UndoOperation", UndoOperationRequest(id=id, request_id=request_id))

    async def get(self, id: str) -> Operation:
        return await self._call("GetOperation", GetOperationRequest(id=id))


def counts(done: Operation) -> tuple[int, int, int, int]:
    return done.matched_count, done.changed_count, done.unchanged_count, done.skipped_count


def reasons(done: Operation) -> dict[str, str]:
    return {skipped.id: skipped.reason for skipped in done.skipped}
