"""Why an operation is not shown or not undone."""

from __future__ import annotations

from uuid import UUID

from crmkit.errors import FailedPrecondition, NotFound
from crmkit.operations import UNDO_WITHIN


class OperationNotFound(NotFound):
    """There is no such operation, or none the caller may see."""

    def __init__(self) -> None:
        super().__init__("OPERATION_NOT_FOUND", "There is no such operation.")


class OperationRunning(FailedPrecondition):
    """Undo of an operation that has not ended."""

    def __init__(self) -> None:
        super().__init__("OPERATION_RUNNING", "The operation is still running. Undo it once it has ended.")


class OperationUndone(FailedPrecondition):
    """Undo of an operation that was undone, or is being undone; metadata `operation_id` names that undo."""

    def __init__(self, by: UUID) -> None:
        super().__init__("OPERATION_UNDONE", "The operation has been undone already.", operation_id=str(by))


class OperationExpired(FailedPrecondition):
    """Undo after UNDO_WITHIN."""

    def __init__(self) -> None:
        hours = int(UNDO_WITHIN.total_seconds() // 3600)
        super().__init__("OPERATION_EXPIRED", f"An operation can be undone for {hours} hours.")
