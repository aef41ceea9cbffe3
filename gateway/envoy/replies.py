"""Answers that Envoy gives by itself, in the error shape of the whole API: google.rpc.Status as JSON.

`{"code": 5, "message": "…", "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "…"}]}`
"""

from __future__ import annotations

from typing import Any

ERROR_DOMAIN = "peyvand"
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
JSON = "application/json"

# HTTP status -> canonical code and reason, for everything that no service answered. The first group is told
# apart by what Envoy notes about a refused token, so that a client knows when refreshing helps.
_JWT_DENIED = "jwt_authn_access_denied"
_REFUSED_TOKENS = (
    ("Jwt_is_missing", "SIGN_IN_REQUIRED", "Sign in, or send an access token as `Authorization: Bearer …`."),
    ("Jwt_is_expired", "TOKEN_EXPIRED", "The access token has expired. Refresh the session."),
    (_JWT_DENIED, "TOKEN_INVALID", "The access token is not valid. Sign in again."),
)
_MALFORMED = (
    ("path_normalization_failed", "PATH_INVALID", "The path holds an escaped slash or cannot be normalised."),
    ("codec_error", "HTTP_INVALID", "The request is not valid HTTP."),
)
_STATUSES: tuple[tuple[int, int, str, str], ...] = (
    (400, 3, "REQUEST_INVALID", "%LOCAL_REPLY_BODY%"),
    (403, 7, "ORIGIN_NOT_ALLOWED", "The request comes from another site."),
    (404, 5, "PATH_NOT_FOUND", "There is nothing at this address."),
    (405, 12, "METHOD_NOT_ALLOWED", "This address does not take this method; see the header Allow."),
    (408, 4, "REQUEST_TIMEOUT", "The request did not arrive in time."),
    (413, 3, "BODY_TOO_LARGE", "The body is larger than this address takes."),
    (415, 3, "CONTENT_TYPE_INVALID", "Send application/json."),
    (426, 3, "PROTOCOL_NOT_SUPPORTED", "Use HTTP/1.1 or HTTP/2."),
    (429, 8, "RATE_LIMITED", "Too many requests from this address. Wait a little."),
    (431, 3, "HEADERS_TOO_LARGE", "The headers are larger than the gateway takes."),
    (500, 13, "GATEWAY_ERROR", "The gateway could not handle the request."),
    (501, 12, "HTTP_NOT_SUPPORTED", "The gateway does not know this kind of HTTP message."),
    (502, 14, "SERVICE_UNAVAILABLE", "A service gave no valid answer. Try again."),
    (503, 14, "SERVICE_UNAVAILABLE", "A service is not available. Try again."),
    (504, 4, "DEADLINE_EXCEEDED", "A service did not answer in time."),
)


def status_body(code: int, reason: str, message: str) -> dict[str, Any]:
    """The error shape with one ErrorInfo."""
    return {
        "code": code,
        "message": message,
        "details": [{"@type": ERROR_INFO, "reason": reason, "domain": ERROR_DOMAIN, "metadata": {}}],
    }


def local_reply_config() -> dict[str, Any]:
    """Envoy's `local_reply_config`: every answer of its own becomes the error shape."""
    plain = {"body_format_override": {"text_format_source": {"inline_string": "%LOCAL_REPLY_BODY%"}}}
    refused_token = _details_contain(_JWT_DENIED)
    # Envoy calls a token for another audience forbidden (403). It proves nobody's identity, like any other wrong one.
    mappers = [
        {"filter": _all(*_native_grpc(), refused_token), "status_code": 401, **plain},
        {"filter": _all(*_native_grpc()), **plain},
    ]
    mappers += [
        {**_mapper(_details_contain(mark), status_body(16, *texts)), "status_code": 401}
        for mark, *texts in _REFUSED_TOKENS
    ]
    mappers += [_mapper(_details_contain(mark), status_body(3, *texts)) for mark, *texts in _MALFORMED]
    mappers += [_mapper(_status_is(http), status_body(code, *texts)) for http, code, *texts in _STATUSES]
    fallback = status_body(2, "UNKNOWN", "%LOCAL_REPLY_BODY%")
    return {"mappers": mappers, "body_format": {"json_format": fallback, "content_type": JSON}}


def _mapper(condition: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    return {"filter": condition, "body_format_override": {"json_format": body, "content_type": JSON}}


def _all(*filters: dict[str, Any]) -> dict[str, Any]:
    return {"and_filter": {"filters": list(filters)}}


def _native_grpc() -> tuple[dict[str, Any], ...]:
    """A gRPC call by a gRPC client: its errors are a code and a plain message. After transcoding a JSON request looks
    like gRPC too, and has an original path."""
    grpc = {"name": "content-type", "string_match": {"prefix": "application/grpc"}}
    transcoded = {"name": "x-envoy-original-path", "present_match": True, "invert_match": True}
    return tuple({"header_filter": {"header": header}} for header in (grpc, transcoded))


def _status_is(status: int) -> dict[str, Any]:
    comparison = {"op": "EQ", "value": {"default_value": status, "runtime_key": "unused"}}
    return {"status_code_filter": {"comparison": comparison}}


def _details_contain(mark: str) -> dict[str, Any]:
    return {
        "extension_filter": {
            "name": "envoy.access_loggers.extension_filters.cel",
            "typed_config": {
                "@type": "type.googleapis.com/envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
                "expression": f"response.code_details.contains('{mark}')",
            },
        }
    }
