"""Operations of the OpenAPI document: one for every RPC that has an HTTP rule."""

from __future__ import annotations

import re
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto

from gateway.contracts import GrpcService, HttpRule, Rpc
from gateway.edge.openapi.schemas import WELL_KNOWN, Schema, Schemas, fields

_REPEATED = FieldDescriptorProto.LABEL_REPEATED
_MESSAGE = FieldDescriptorProto.TYPE_MESSAGE
_VARIABLE = re.compile(r"\{([^}]+)\}")
ERROR_RESPONSE = {"$ref": "#/components/responses/Error"}


def operation(service: GrpcService, rpc: Rpc, rule: HttpRule, schemas: Schemas) -> dict[str, Any]:
    """The operation of one RPC."""
    bound = path_fields(rule)
    found: dict[str, Any] = {
        "operationId": rpc.name,
        "tags": [service.full_name.rsplit(".", 1)[1].removesuffix("Service")],
        "summary": _summary(rpc),
        "description": _description(rpc),
        "parameters": [_path_parameter(rpc.input_type, name) for name in bound],
        "responses": {"200": _json("OK", schemas.of(rpc.output_type, sent=False)), "default": ERROR_RESPONSE},
    }
    if rule.body:
        found["requestBody"] = _body(rpc, rule, bound, schemas)
    else:
        found["parameters"] += _query_parameters(rpc.input_type, bound, schemas)
    if rpc.public:
        found["security"] = []
    return found


def path_fields(rule: HttpRule) -> list[str]:
    """The fields of the request that are in the path, as "id" or "contact.id"."""
    return _VARIABLE.findall(rule.template)


def json_path(name: str) -> str:
    """A field path by its JSON names: "import_id" becomes "importId"."""
    return re.sub(r"_([a-z])", lambda match: match.group(1).upper(), name)


def openapi_path(rule: HttpRule) -> str:
    """The path as OpenAPI writes it. Variables bear JSON names; dots are not for names of variables."""
    return _VARIABLE.sub(lambda match: "{" + _variable(match.group(1)) + "}", rule.template)


def _variable(name: str) -> str:
    return json_path(name.rsplit(".", 1)[-1])


def _summary(rpc: Rpc) -> str:
    """The RPC's name as words: "BatchGetContacts" becomes "Batch get contacts"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", rpc.name)
    return words[0] + words[1:].lower()


def _description(rpc: Rpc) -> str:
    right = f"Needs the right to {rpc.action} {rpc.object}." if rpc.object else "Needs a signed-in user."
    return "\n\n".join(part for part in (rpc.comment, "" if rpc.public else right, f"gRPC: `{rpc.path[1:]}`") if part)


def _path_parameter(input_type: str, name: str) -> dict[str, Any]:
    comment = _find(input_type, name)[1]
    schema: Schema = {"type": "string", "minLength": 1}
    if "UUID" in comment:
        schema["format"] = "uuid"
    parameter = {"name": _variable(name), "in": "path", "required": True, "schema": schema}
    return {**parameter, "description": comment} if comment else parameter


def _find(message: str, path: str) -> tuple[FieldDescriptorProto, str]:
    head, _, rest = path.partition(".")
    field, comment = next(pair for pair in fields(message) if pair[0].name == head)
    return _find(field.type_name.lstrip("."), rest) if rest else (field, comment)


def _query_parameters(message: str, bound: list[str], schemas: Schemas, prefix: str = "") -> list[dict[str, Any]]:
    """Every field that is not in the path; fields of a message as `parent.child`, as the transcoder takes them."""
    found: list[dict[str, Any]] = []
    for field, comment in fields(message):
        kind = field.type_name.lstrip(".")
        if f"{prefix}{field.name}" in bound:
            continue
        if field.type == _MESSAGE and kind not in WELL_KNOWN:
            if field.label != _REPEATED:
                found += _query_parameters(kind, bound, schemas, f"{prefix}{field.name}.")
            continue
        parameter: dict[str, Any] = {"name": json_path(f"{prefix}{field.name}"), "in": "query"}
        schema = schemas.field(field, "", sent=True)
        if field.label == _REPEATED:
            parameter |= {"style": "form", "explode": True}
        if "Required" in comment:
            parameter["required"] = True
        found.append({**parameter, "schema": schema, **({"description": comment} if comment else {})})
    return found


def _body(rpc: Rpc, rule: HttpRule, bound: list[str], schemas: Schemas) -> dict[str, Any]:
    if rule.body != "*":
        field = _find(rpc.input_type, rule.body)[0]
        return {"required": True, **_content(schemas.of(field.type_name.lstrip("."), sent=True))}
    without = frozenset(name for name in bound if "." not in name)
    left = [(field, comment) for field, comment in fields(rpc.input_type) if field.name not in without]
    required = any(field.type == _MESSAGE or "Required" in comment for field, comment in left)
    schema = schemas.message(rpc.input_type, sent=True, without=without)
    schema.pop("description", None)
    return {"required": required, **_content(schema)}


def _content(schema: Schema) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def _json(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, **_content(schema)}
