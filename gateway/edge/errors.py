"""Every refusal as google.rpc.Status in JSON, the shape that Envoy and its transcoder use too."""

from __future__ import annotations

import math
from typing import Any

import grpc
import orjson
from google.protobuf.json_format import MessageToDict
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status
from starlette.requests import Request
from starlette.responses import Response

from crmkit.errors import DETAILS_KEY, DomainError
from gateway.envoy.replies import ERROR_DOMAIN, ERROR_INFO

_TYPE = "type.googleapis.com/google.rpc"
# google.rpc.Code's own mapping, as the transcoder has it.
HTTP_STATUS = {
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
    "DATA_LOSS": 500,
    "UNAUTHENTICATED": 401,
}


class PathNotFound(DomainError):
    """There is no page or endpoint at this address."""

    code = "NOT_FOUND"


class MethodNotAllowed(DomainError):
    """The endpoint does not take this method."""

    code = "UNIMPLEMENTED"


class TooLarge(DomainError):
    """The body is larger than the endpoint takes."""

    code = "INVALID_ARGUMENT"


_OWN_STATUS: dict[type[DomainError], int] = {MethodNotAllowed: 405, TooLarge: 413}


class JsonResponse(Response):
    """A JSON body. What an API answers is not for caches unless the endpoint says so."""

    media_type = "application/json"

    def __init__(self, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        super().__init__(orjson.dumps(content), status, {"cache-control": "no-store", **(headers or {})})


def status_json(error: DomainError) -> dict[str, Any]:
    """google.rpc.Status of a refusal of our own."""
    info = {"@type": ERROR_INFO, "reason": error.reason, "domain": ERROR_DOMAIN, "metadata": error.metadata}
    details: list[dict[str, Any]] = [info]
    if error.violations:
        violations = [
            {"field": wrong.field, "description": wrong.description, "reason": wrong.reason}
            for wrong in error.violations
        ]
        details.append({"@type": f"{_TYPE}.BadRequest", "fieldViolations": violations})
    if error.retry_after_seconds is not None:
        details.append({"@type": f"{_TYPE}.RetryInfo", "retryDelay": f"{error.retry_after_seconds:g}s"})
    return {"code": code_pb2.Code.Value(error.code), "message": error.message, "details": details}


def domain_response(_request: Request, error: Exception) -> Response:
    """The answer to a refusal of our own."""
    assert isinstance(error, DomainError)  # noqa: S101 - registered for this class
    status = _OWN_STATUS.get(type(error)) or HTTP_STATUS[error.code]
    return JsonResponse(status_json(error), status, _retry_after(error.retry_after_seconds))


def rpc_response(_request: Request, error: Exception) -> Response:
    """The answer to a refusal by a service, handed on as it is."""
    assert isinstance(error, grpc.aio.AioRpcError)  # noqa: S101 - registered for this class
    return JsonResponse(rpc_status(error), HTTP_STATUS[error.code().name], _retry_after(_retry_delay(error)))


def rpc_status(error: grpc.aio.AioRpcError) -> dict[str, Any]:
    """google.rpc.Status of an RPC that failed; with one ErrorInfo of ours when no service answered."""
    sent = _sent_status(error)
    if sent is not None:
        return {"details": [], **MessageToDict(sent)}
    code = error.code()
    reason, message = {
        grpc.StatusCode.UNAVAILABLE: ("SERVICE_UNAVAILABLE", "A service is not available. Try again."),
        grpc.StatusCode.DEADLINE_EXCEEDED: ("DEADLINE_EXCEEDED", "A service did not answer in time."),
        # What gRPC itself says of a call that broke is for the log: it may name hosts and files.
        grpc.StatusCode.UNKNOWN: ("SERVICE_ERROR", "A service failed. Try again."),
        grpc.StatusCode.INTERNAL: ("SERVICE_ERROR", "A service failed. Try again."),
    }.get(code, ("SERVICE_ERROR", error.details() or "A service refused the call."))
    info = {"@type": ERROR_INFO, "reason": reason, "domain": ERROR_DOMAIN, "metadata": {}}
    return {"code": int(code.value[0]), "message": message, "details": [info]}


def _sent_status(error: grpc.aio.AioRpcError) -> Status | None:
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            return Status.FromString(value)
    return None


def _retry_delay(error: grpc.aio.AioRpcError) -> float | None:
    sent = _sent_status(error)
    for detail in sent.details if sent is not None else ():
        info = error_details_pb2.RetryInfo()
        if detail.Unpack(info):
            return float(info.retry_delay.seconds + info.retry_delay.nanos / 1e9)
    return None


def _retry_after(seconds: float | None) -> dict[str, str]:
    return {} if seconds is None else {"retry-after": str(max(1, math.ceil(seconds)))}
