"""What operations of the edge itself are written with."""

from __future__ import annotations

from typing import Any

from gateway.edge.openapi.operations import ERROR_RESPONSE
from gateway.edge.openapi.schemas import Schema


def object_of(properties: Schema, *required: str) -> Schema:
    """An object with these properties, of which some are always there."""
    return {"type": "object", "properties": properties, "required": list(required)}


def own_operation(id: str, tag: str, summary: str, description: str, **rest: Any) -> dict[str, Any]:
    """An operation that no contract describes."""
    responses = {**rest.pop("responses"), "default": ERROR_RESPONSE}
    return {
        "operationId": id,
        "tags": [tag],
        "summary": summary,
        "description": description,
        **rest,
        "responses": responses,
    }


def ref(name: str) -> Schema:
    """A reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def json_answer(schema: Schema, description: str = "OK") -> dict[str, Any]:
    """An answer in JSON."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def json_body(schema: Schema, *, required: bool) -> dict[str, Any]:
    """A body in JSON that may hold nothing else."""
    return {
        "required": required,
        "content": {"application/json": {"schema": {**schema, "additionalProperties": False}}},
    }
