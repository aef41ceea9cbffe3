"""The OpenAPI 3.1 document of everything the gateway answers, from the contracts and their comments."""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any

from gateway import contracts
from gateway.edge.openapi.operations import openapi_path, operation
from gateway.edge.openapi.own import own_paths
from gateway.edge.openapi.schemas import Schema, Schemas

_ABOUT = """\
The HTTP API of Peyvand. Every RPC is here as JSON over HTTP, and as gRPC on the same port.

**Signing in.** `POST /auth/signIn` sets cookies for browsers; with `"transport": "token"` it answers an access
token (10 minutes) to send as `Authorization: Bearer …` and a refresh token.

**Errors** have one shape, `google.rpc.Status`: `code`, `message` for a person, and `details`, of which
`ErrorInfo.reason` is stable and meant for programs, and `BadRequest.fieldViolations` names the fields at fault.

**Safe to repeat.** A mutation with a `requestId` (a UUID of yours) may be sent again: the stored reply comes back.

**Lists** are paged by `pageToken`; the same `filter` and `orderBy` go with it. 64-bit integers are strings.
"""


@cache
def document() -> dict[str, Any]:
    """The document as plain values."""
    schemas = Schemas()
    paths: dict[str, dict[str, Any]] = {}
    tags = {}
    for service in contracts.services():
        for rpc in service.rpcs:
            if rpc.http is not None:
                made = operation(service, rpc, rpc.http, schemas)
                paths.setdefault(openapi_path(rpc.http), {})[rpc.http.verb.lower()] = made
                tags[made["tags"][0]] = service.comment
    for path, item in own_paths(schemas).items():
        paths.setdefault(path, {}).update(item)
    tags |= {"Search": "Over all kinds of records.", "Live": "What changes, as it changes.", "System": "For operators."}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Peyvand",
            "version": version("peyvand"),
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "tags": [{"name": name, "description": text} for name, text in tags.items()],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted({**schemas.components, "Status": _status()}.items())),
            "responses": {"Error": _error_response()},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "crm_access"},
            },
        },
    }


def _error_response() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Status"}
    return {"description": "The request was refused.", "content": {"application/json": {"schema": schema}}}


def _status() -> Schema:
    """google.rpc.Status as JSON."""
    detail = {
        "type": "object",
        "properties": {
            "@type": {
                "type": "string",
                "examples": ["type.googleapis.com/google.rpc.ErrorInfo"],
            },
            "reason": {"type": "string", "description": "Of ErrorInfo: stable, for programs."},
            "domain": {"type": "string"},
            "metadata": {"type": "object", "additionalProperties": {"type": "string"}},
            "fieldViolations": {
                "type": "array",
                "description": "Of BadRequest: the fields at fault.",
                "items": {
                    "type": "object",
                    "properties": {
                        "field": {"type": "string"},
                        "description": {"type": "string"},
                        "reason": {"type": "string"},
                    },
                },
            },
            "retryDelay": {"type": "string", "description": "Of RetryInfo: wait this long."},
        },
        "required": ["@type"],
    }
    return {
        "type": "object",
        "description": "Why a request was refused.",
        "properties": {
            "code": {"type": "integer", "description": "google.rpc.Code, such as 5 for NOT_FOUND."},
            "message": {"type": "string", "description": "A sentence for a person."},
            "details": {"type": "array", "items": detail},
        },
        "required": ["code", "message", "details"],
    }
