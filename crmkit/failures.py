"""One place that turns whatever a handler raised into a canonical code with typed details."""

from __future__ import annotations

from typing import Any, NoReturn

import asyncpg
import grpc
import structlog
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
from google.rpc.code_pb2 import Code
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crmkit.errors import (
    DETAILS_KEY,
    Aborted,
    DeadlineExceeded,
    DomainError,
    Internal,
    ResourceExhausted,
    Unavailable,
)
from crmkit.service import Service

DOMAIN = "peyvand"
# gRPC clients take 8 KiB of trailers; bytes of a message may grow threefold on the wire, those of details by a third.
MAX_STATUS_BYTES = 4_000
MAX_TEXT_BYTES = 500
log = structlog.get_logger(__name__)
_CODES = {code.name: code for code in grpc.StatusCode}


def classify(error: BaseException, service: Service) -> DomainError:
    """The refusal that an exception stands for; anything unknown is logged and becomes INTERNAL."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, IntegrityError | asyncpg.IntegrityConstraintViolationError):
        cause = error if isinstance(error, asyncpg.PostgresError) else getattr(error.orig, "__cause__", None)
        constraint = getattr(cause, "constraint_name", None)
        known = service.constraints.get(constraint) if constraint else None
        if known is not None:
            return known()
    if isinstance(error, PoolTimeout):
        return ResourceExhausted("OVERLOADED", "Too many requests at once. Try again shortly.", 1.0)
    if isinstance(error, ConnectionError):  # ours from connecting, a time-out included, or the operating system's
        return _database_away(error)
    if isinstance(error, TimeoutError):
        return DeadlineExceeded("DEADLINE_EXCEEDED", "The call took longer than its deadline allows.")
    if isinstance(error, DBAPIError | asyncpg.PostgresError | asyncpg.InterfaceError | asyncpg.InternalClientError):
        found = _classify_database(error)
        if found is not None:
            return found
    log.error("unhandled error", exc_info=error)
    return Internal()


def _classify_database(error: Exception) -> DomainError | None:
    """What SQLAlchemy, or asyncpg itself, raised."""
    state = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None) or ""
    if state == "57014":
        return DeadlineExceeded("DEADLINE_EXCEEDED", "The query took longer than its deadline allows.")
    if state in ("40001", "40P01", "55P03"):
        return Aborted("CONCURRENT_CHANGE", "Another change was made at the same time. Try again.")
    starting_or_ending = state.startswith(("08", "57P")) or state == "53300"
    if starting_or_ending or _is_connection_lost(error, state):
        return _database_away(error)
    return None


def _database_away(error: Exception) -> DomainError:
    """Logged for the operator: the caller is not told why."""
    log.warning("the database cannot be reached", error=str(error) or type(error).__name__)
    return Unavailable("DATABASE_UNAVAILABLE", "The database cannot be reached at the moment. Try again shortly.")


def _is_connection_lost(error: Exception, state: str) -> bool:
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (not state and isinstance(error, InterfaceError | OperationalError))
    # A ValueError is a parameter of another type than the statement's: a defect of ours.
    return not isinstance(error, asyncpg.PostgresError | ValueError)


def _pack(message: ErrorInfo | BadRequest | RetryInfo) -> AnyMessage:
    packed = AnyMessage()
    packed.Pack(message)
    return packed


def status_of(error: DomainError) -> Status:
    """The google.rpc.Status of a refusal: ErrorInfo always, BadRequest and RetryInfo where they say something.

    It travels in the trailers, so it is kept small: texts are cut, and fields beyond the first dozens left out.
    """
    facts = {name: _cut(value, 1_000) for name, value in error.metadata.items()}
    info = ErrorInfo(reason=error.reason, domain=DOMAIN, metadata=facts)
    status = Status(code=Code.Value(error.code), message=_cut(error.message), details=[_pack(info)])
    if error.violations:
        status.details.append(_pack(_bad_request(error, MAX_STATUS_BYTES - status.ByteSize())))
    if error.retry_after_seconds is not None:
        delay = Duration()
        delay.FromMilliseconds(int(error.retry_after_seconds * 1000))
        status.details.append(_pack(RetryInfo(retry_delay=delay)))
    return status


def _bad_request(error: DomainError, most: int) -> BadRequest:
    """As many of the fields at fault as fit into so many bytes, one at least."""
    wrong = BadRequest()
    for violation in error.violations:
        wrong.field_violations.add(
            field=_cut(violation.field), description=_cut(violation.description), reason=violation.reason
        )
        if wrong.ByteSize() > most and len(wrong.field_violations) > 1:
            del wrong.field_violations[-1]
            break
    return wrong


def _cut(text: str, most: int = MAX_TEXT_BYTES) -> str:
    """The beginning of a text that is longer than so many bytes: it may repeat what the caller sent."""
    data = text.encode("utf-8", "replace")
    return data.decode() if len(data) <= most else f"{data[: most - 3].decode('utf-8', 'ignore')}…"


async def refuse(context: grpc.aio.ServicerContext[Any, Any], error: DomainError) -> NoReturn:
    """Ends the call with code, message and details. Always raises, as grpc wants it (AbortError).

    Setting the code and returning would send an empty message along, which the gateway would print as the
    answer instead of the error.
    """
    status = status_of(error)
    await context.abort(code_of(error), status.message, ((DETAILS_KEY, status.SerializeToString()),))


def code_of(error: DomainError) -> grpc.StatusCode:
    """The canonical code of a refusal."""
    return _CODES[error.code]
