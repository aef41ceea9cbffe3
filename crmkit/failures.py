"""One place that turns whatever a handler raised into a canonical code with typed details."""

from __future__ import annotations

import asyncio
from typing import Any, NoReturn

import grpc
import structlog
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crmkit.errors import Aborted, DeadlineExceeded, DomainError, ResourceExhausted, Unavailable
from crmkit.service import Service

DOMAIN = "peyvand"
# Where gRPC carries a google.rpc.Status beside code and message.
DETAILS_KEY = "grpc-status-details-bin"
log = structlog.get_logger(__name__)
_CODES = {code.name: code for code in grpc.StatusCode}


class Internal(DomainError):
    """A defect of ours. The caller learns that, and nothing else."""

    code = "INTERNAL"


def classify(error: BaseException, service: Service) -> DomainError:
    """The refusal that an exception stands for; anything unknown is logged and becomes INTERNAL."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, IntegrityError):
        constraint = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
        known = service.constraints.get(constraint) if constraint else None
        if known is not None:
            return known()
    if isinstance(error, PoolTimeout):
        return ResourceExhausted("OVERLOADED", "Too many requests at once. Try again shortly.", 1.0)
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return DeadlineExceeded("DEADLINE_EXCEEDED", "The call took longer than its deadline allows.")
    if isinstance(error, DBAPIError):
        found = _classify_database(error)
        if found is not None:
            return found
    if isinstance(error, OSError):
        return Unavailable("DATABASE_UNAVAILABLE", "The database cannot be reached at the moment. Try again shortly.")
    log.error("unhandled error", exc_info=error)
    return Internal("INTERNAL", "Something went wrong on our side. The error was logged.")


def _classify_database(error: DBAPIError) -> DomainError | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    if state == "57014":
        return DeadlineExceeded("DEADLINE_EXCEEDED", "The query took longer than its deadline allows.")
    if state in ("40001", "40P01", "55P03"):
        return Aborted("CONCURRENT_CHANGE", "Another change was made at the same time. Try again.")
    starting_or_ending = state.startswith(("08", "57P")) or state == "53300"
    if (
        error.connection_invalidated
        or starting_or_ending
        or (not state and isinstance(error, InterfaceError | OperationalError))
    ):
        return Unavailable("DATABASE_UNAVAILABLE", "The database cannot be reached at the moment. Try again shortly.")
    return None


def _pack(message: ErrorInfo | BadRequest | RetryInfo) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(message)
    return packed


def status_of(error: DomainError) -> Status:
    """The google.rpc.Status of a refusal: ErrorInfo always, BadRequest and RetryInfo where they say something."""
    info = ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=error.metadata)
    status = Status(code=Code.Value(error.code), message=error.message, details=[_pack(info)])
    if error.violations:
        fields = [
            BadRequest.FieldViolation(field=wrong.field, description=wrong.description, reason=wrong.reason)
            for wrong in error.violations
        ]
        status.details.append(_pack(BadRequest(field_violations=fields)))
    if error.retry_after_seconds is not None:
        delay = Duration()
        delay.FromMilliseconds(int(error.retry_after_seconds * 1000))
        status.details.append(_pack(RetryInfo(retry_delay=delay)))
    return status


async def refuse(context: grpc.aio.ServicerContext[Any, Any], error: DomainError) -> NoReturn:
    """Ends the call with code, message and details. Always raises, as grpc wants it (AbortError).

    Setting the code and returning would send an empty message along, which the gateway would print as the
    answer instead of the error.
    """
    await context.abort(code_of(error), error.message, ((DETAILS_KEY, status_of(error).SerializeToString()),))


def code_of(error: DomainError) -> grpc.StatusCode:
    """The canonical code of a refusal."""
    return _CODES[error.code]
