"""Operations for administrators of the system, which the edge asks of every service."""

from __future__ import annotations

from typing import Any

from gateway.edge.openapi.parts import json_answer, json_body, object_of, own_operation
from gateway.edge.openapi.schemas import WELL_KNOWN, Schema, Schemas

_TIME = WELL_KNOWN["google.protobuf.Timestamp"]
_STRING: Schema = {"type": "string"}
_HEALTH: Schema = {"type": "string", "enum": ["SERVING", "NOT_SERVING"]}
_SERVICE: Schema = {**_STRING, "description": "Name of the service, such as `activities`."}


def system_paths(schemas: Schemas) -> dict[str, Any]:
    """The paths under /v1/system."""
    return {
        "/v1/system/status": {"get": _status(schemas)},
        "/v1/system/deadLetters": {"get": _dead_letters(schemas)},
        "/v1/system/deadLetters:retry": {"post": _retry(schemas)},
    }


def _status(schemas: Schemas) -> dict[str, Any]:
    answer = {
        "status": {
            "type": "string",
            "enum": ["SERVING", "DEGRADED"],
            "description": "SERVING when everything serves and says how it is.",
        },
        "time": {**_TIME, "description": "When this was so: ages and uptimes count from here."},
        "edge": object_of(
            {
                "version": _STRING,
                "startTime": _TIME,
                "parts": {
                    "type": "array",
                    "items": object_of({"name": _STRING, "status": _HEALTH}, "name", "status"),
                    "description": "`access`: the rights of roles are known; `nats`: live updates flow.",
                },
            },
            "version",
            "startTime",
            "parts",
        ),
        "services": {"type": "array", "items": _service(schemas), "description": "In the order of names."},
    }
    return own_operation(
        "GetSystemStatus",
        "System",
        "Status of the system",
        "How every service is: processes and versions, event relay, consumers, jobs, database. A service that does not "
        "answer within 3 seconds has `error` instead of `status`; the answer is 200 all the same.\n\n"
        "Needs the right to read system.",
        responses={"200": json_answer(object_of(answer, *answer))},
    )


def _service(schemas: Schemas) -> Schema:
    health = {**_STRING, "enum": ["SERVING", "NOT_SERVING", "UNREACHABLE", "UNKNOWN", "SERVICE_UNKNOWN"]}
    error = object_of({"code": _STRING, "message": _STRING}, "code", "message")
    return object_of(
        {
            "name": _STRING,
            "health": {**health, "description": "What the process that was asked says to load balancers."},
            "status": schemas.of("crm.system.v1.ServiceStatus", sent=False),
            "error": {**error, "description": "Why there is no `status`: a code of gRPC and a sentence."},
        },
        "name",
        "health",
    )


def _dead_letters(schemas: Schemas) -> dict[str, Any]:
    size = {"type": "integer", "minimum": 0, "maximum": 1000}
    token = {**_STRING, "description": "`nextPageToken` of the page before."}
    return own_operation(
        "ListDeadLetters",
        "System",
        "List dead letters",
        "The events that consumers of one service gave up after their last attempt, the oldest first.\n\n"
        "Needs the right to read system.",
        parameters=[
            {"name": "service", "in": "query", "required": True, "schema": _SERVICE},
            {"name": "pageSize", "in": "query", "schema": size, "description": "Default 50."},
            {"name": "pageToken", "in": "query", "schema": token},
        ],
        responses={"200": json_answer(schemas.of("crm.system.v1.ListDeadLettersResponse", sent=False))},
    )


def _retry(schemas: Schemas) -> dict[str, Any]:
    ids = {
        "type": "array",
        "items": {"type": "string", "format": "uuid"},
        "maxItems": 300,
        "description": "Ids of events.",
    }
    every = {"type": "boolean", "default": False, "description": "Instead of eventIds: all of the service."}
    return own_operation(
        "RetryDeadLetters",
        "System",
        "Retry dead letters",
        "Gives dead letters of one service back to their consumers, to be tried at once.\n\n"
        "Needs the right to administer system.",
        requestBody=json_body(
            object_of({"service": _SERVICE, "eventIds": ids, "all": every}, "service"), required=True
        ),
        responses={"200": json_answer(schemas.of("crm.system.v1.RetryDeadLettersResponse", sent=False))},
    )
