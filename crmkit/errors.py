"""Errors that services raise. They know no transport, so rules may raise them; the kit turns them into a
canonical gRPC code with `google.rpc.ErrorInfo` and, where fields are at fault, `BadRequest`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

# Where gRPC carries a google.rpc.Status beside code and message.
DETAILS_KEY: Final = "grpc-status-details-bin"


@dataclass(frozen=True)
class Violation:
    """One field that is wrong: its path in the request ("contact.emails[1].address"), a sentence, a reason."""

    field: str
    description: str
    reason: str


class DomainError(Exception):
    """A refusal that the caller is told about.

    `reason` is UPPER_SNAKE_CASE and stable: clients branch on it. `message` is a sentence for a person.
    `metadata` holds further facts as strings.
    """

    code: ClassVar[str] = "UNKNOWN"
    retry_after_seconds: float | None = None

    def __init__(self, reason: str, message: str, violations: Sequence[Violation] = (), **metadata: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.violations = tuple(violations)
        self.metadata = metadata


class InvalidArgument(DomainError):
    """The request is wrong whatever the state of the system; `field` or `violations` name what is."""

    code = "INVALID_ARGUMENT"

    def __init__(
        self,
        reason: str,
        message: str,
        field: str | None = None,
        violations: Sequence[Violation] = (),
        **metadata: str,
    ) -> None:
        if field is not None:
            violations = (Violation(field, message, reason), *violations)
        super().__init__(reason, message, violations, **metadata)


class FieldsInvalid(InvalidArgument):
    """Some fields are wrong; the reason is that of the first one."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        first, more = violations[0], len(violations) - 1
        message = first.description + (f" ({more} more in the details.)" if more else "")
        super().__init__(first.reason, message, violations=violations)


class NotFound(DomainError):
    """There is no such record, or none the caller may see."""

    code = "NOT_FOUND"


class AlreadyExists(DomainError):
    """The record would be a second one of something unique."""

    code = "ALREADY_EXISTS"


class Aborted(DomainError):
    """Somebody else was first; read again and repeat."""

    code = "ABORTED"


class FailedPrecondition(DomainError):
    """The state of the system does not allow it now."""

    code = "FAILED_PRECONDITION"


class PermissionDenied(DomainError):
    """The caller is known and may not do this."""

    code = "PERMISSION_DENIED"


class Unauthenticated(DomainError):
    """The caller is not known, or no longer."""

    code = "UNAUTHENTICATED"


class ResourceExhausted(DomainError):
    """Too much or too often; `retry_after_seconds` says when it may work again."""

    code = "RESOURCE_EXHAUSTED"

    def __init__(self, reason: str, message: str, retry_after_seconds: float | None = None, **metadata: str) -> None:
        super().__init__(reason, message, (), **metadata)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(DomainError):
    """Something needed is not there at the moment; the same call may work soon."""

    code = "UNAVAILABLE"


class DeadlineExceeded(DomainError):
    """The caller's time ran out."""

    code = "DEADLINE_EXCEEDED"


class Internal(DomainError):
    """A defect of ours. The caller learns that, and nothing else."""

    code = "INTERNAL"

    def __init__(self) -> None:
        super().__init__("INTERNAL", "Something went wrong on our side. The error was logged.")
