"""What the GetOperation and UndoOperation of every service do."""

from __future__ import annotations

from crm.common.v1 import operation_pb2 as pb
from crmkit import operations
from crmkit.context import Call
from crmkit.operations import Operation, operation
from crmkit.operations_errors import OperationExpired, OperationNotFound, OperationRunning, OperationUndone
from crmkit.operations_run import undo
from crmkit.wire import id_text, parse_id, timestamp


async def get_operation(call: Call, request: pb.GetOperationRequest) -> pb.Operation:
    """One operation. Raises OperationNotFound."""
    found = await operations.get(call.db, parse_id(request.id), call.visible(operation))
    if found is None:
        raise OperationNotFound
    return operation_message(found)


async def undo_operation(call: Call, request: pb.UndoOperationRequest) -> pb.Operation:
    """Undoes an operation, at once or in the background. Raises OperationNotFound, OperationRunning, OperationUndone,
    OperationExpired."""
    row = await operations.lock(call.db, parse_id(request.id), call.visible(operation))
    if row is None:
        raise OperationNotFound
    if row.finished_at is None:
        raise OperationRunning
    if row.undone_by is not None:
        raise OperationUndone(row.undone_by)
    if call.now > row.finished_at + operations.UNDO_WITHIN:
        raise OperationExpired
    undoing = await undo(call, row)
    await operations.set_undone(call.db, row.id, undoing.id)
    return operation_message(undoing)


def operation_message(row: Operation) -> pb.Operation:
    """An operation as the contract tells it."""
    message = pb.Operation(
        id=str(row.id),
        method=row.method,
        object=row.object,
        state=pb.Operation.State.Value(f"STATE_{row.state}"),
        progress=row.progress,
        matched_count=row.matched_count,
        changed_count=row.changed_count,
        unchanged_count=row.unchanged_count,
        skipped_count=row.skipped_count,
        skipped=[pb.SkippedRecord(id=key, reason=reason) for key, reason in row.skipped],
        error=row.error,
        create_time=timestamp(row.created_at),
        created_by=id_text(row.owner_id),
        undoes_operation_id=id_text(row.undoes),
        undone_by_operation_id=id_text(row.undone_by),
    )
    if row.finished_at is not None:
        message.finish_time.CopyFrom(timestamp(row.finished_at))
    if row.undo_expires_at is not None:
        message.undo_expire_time.CopyFrom(timestamp(row.undo_expires_at))
    return message
