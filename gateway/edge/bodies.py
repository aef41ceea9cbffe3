"""Reading what a request brings, strictly."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request

from crmkit.errors import InvalidArgument
from gateway.edge.errors import TooLarge

SMALL_BODY_BYTES = 16 * 1024


async def json_object(request: Request, fields: dict[str, type]) -> dict[str, Any]:
    """The JSON object of a small body with only these fields, each of its type; a missing body is an empty object.

    Raises InvalidArgument, TooLarge.
    """
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > SMALL_BODY_BYTES:
            raise TooLarge("BODY_TOO_LARGE", f"The body may have {SMALL_BODY_BYTES} bytes.")
    if not raw:
        return {}
    try:
        value = orjson.loads(bytes(raw))
    except orjson.JSONDecodeError as error:
        raise InvalidArgument("REQUEST_INVALID", f"The body is not valid JSON: {error}.") from error
    if not isinstance(value, dict):
        raise InvalidArgument("REQUEST_INVALID", "The body must be a JSON object.")
    for name, given in value.items():
        if name not in fields:
            raise InvalidArgument("REQUEST_INVALID", "There is no such field.", field=name)
        if not isinstance(given, fields[name]):
            raise InvalidArgument("REQUEST_INVALID", f"This must be a {fields[name].__name__}.", field=name)
    return value


def query(request: Request, *allowed: str) -> dict[str, str]:
    """The query parameters, each at most once and none but these. Raises InvalidArgument."""
    given: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in allowed:
            raise InvalidArgument("REQUEST_INVALID", "There is no such query parameter.", field=name)
        if name in given:
            raise InvalidArgument("REQUEST_INVALID", "This query parameter is given twice.", field=name)
        given[name] = value
    return given


def flag(values: dict[str, str], name: str) -> bool:
    """A query parameter that is true or false; false when missing. Raises InvalidArgument."""
    value = values.get(name, "false")
    if value not in ("true", "false"):
        raise InvalidArgument("REQUEST_INVALID", "This must be true or false.", field=name)
    return value == "true"
