"""JSON Schemas (2020-12) of the contracts' messages, as the transcoder reads and prints them.

A message that goes both ways has two schemas: `Contact` is what comes back, where every field without presence
is there, and `ContactInput` is what may be sent, where everything may be left out and nothing else added.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FieldDescriptorProto

from gateway import contracts

Schema = dict[str, Any]
_MESSAGE_FIELD, _ENUM_FIELD = 4, 5
_NESTED_FIELD, _NESTED_ENUM_FIELD, _FIELD_FIELD, _VALUE_FIELD = 3, 4, 2, 2
_TYPE = FieldDescriptorProto.Type
_LABEL_REPEATED = FieldDescriptorProto.LABEL_REPEATED

WELL_KNOWN: dict[str, Schema] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time", "examples": ["2026-03-21T08:30:00Z"]},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?\d+(\.\d{1,9})?s$", "examples": ["1.5s"]},
    "google.protobuf.FieldMask": {
        "type": "string",
        "description": "Names of fields, separated by commas.",
        "examples": ["givenName,tags"],
    },
    "google.protobuf.Struct": {"type": "object", "additionalProperties": True},
    "google.protobuf.Value": {"description": "Any JSON value."},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.Empty": {"type": "object"},
}
# Integers of 64 bits are strings in JSON, as JavaScript's numbers cannot hold them.
_WIDE = {"type": "string", "pattern": r"^-?\d+$", "examples": ["42"]}
_WIDE_UNSIGNED = {"type": "string", "pattern": r"^\d+$", "examples": ["42"]}
_INT32 = {"type": "integer", "format": "int32", "minimum": -(2**31), "maximum": 2**31 - 1}
_UINT32 = {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**32 - 1}
_SCALARS: dict[int, Schema] = {
    _TYPE.TYPE_DOUBLE: {"type": "number", "format": "double"},
    _TYPE.TYPE_FLOAT: {"type": "number", "format": "float"},
    _TYPE.TYPE_INT64: _WIDE,
    _TYPE.TYPE_SINT64: _WIDE,
    _TYPE.TYPE_SFIXED64: _WIDE,
    _TYPE.TYPE_UINT64: _WIDE_UNSIGNED,
    _TYPE.TYPE_FIXED64: _WIDE_UNSIGNED,
    _TYPE.TYPE_INT32: _INT32,
    _TYPE.TYPE_SINT32: _INT32,
    _TYPE.TYPE_SFIXED32: _INT32,
    _TYPE.TYPE_UINT32: _UINT32,
    _TYPE.TYPE_FIXED32: _UINT32,
    _TYPE.TYPE_BOOL: {"type": "boolean"},
    _TYPE.TYPE_STRING: {"type": "string"},
    _TYPE.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
}


class Type:
    """A message or enum of the contracts with its comments."""

    def __init__(
        self, name: str, descriptor: DescriptorProto | EnumDescriptorProto, comment: str, parts: dict[str, str]
    ) -> None:
        self.name = name
        self.descriptor = descriptor
        self.comment = comment
        # Comments of fields or enum values by name.
        self.parts = parts

    @property
    def short_name(self) -> str:
        """The name without its package: "SearchContactsResponse.Result" becomes "SearchContactsResponseResult"."""
        return "".join(part for part in self.name.split(".") if part[0].isupper())


@cache
def types() -> dict[str, Type]:
    """Every message and enum by full name."""
    found: dict[str, Type] = {}
    for file in contracts.descriptor_set().file:
        comments = contracts.comments_of(file)
        for index, message in enumerate(file.message_type):
            _collect(found, comments, file.package, message, (_MESSAGE_FIELD, index))
        for index, enum in enumerate(file.enum_type):
            _collect_enum(found, comments, file.package, enum, (_ENUM_FIELD, index))
    return found


def _collect(
    found: dict[str, Type],
    comments: dict[tuple[int, ...], str],
    scope: str,
    message: DescriptorProto,
    place: tuple[int, ...],
) -> None:
    name = f"{scope}.{message.name}"
    parts = {field.name: comments.get((*place, _FIELD_FIELD, index), "") for index, field in enumerate(message.field)}
    found[name] = Type(name, message, comments.get(place, ""), parts)
    for index, nested in enumerate(message.nested_type):
        _collect(found, comments, name, nested, (*place, _NESTED_FIELD, index))
    for index, enum in enumerate(message.enum_type):
        _collect_enum(found, comments, name, enum, (*place, _NESTED_ENUM_FIELD, index))


def _collect_enum(
    found: dict[str, Type],
    comments: dict[tuple[int, ...], str],
    scope: str,
    enum: EnumDescriptorProto,
    place: tuple[int, ...],
) -> None:
    parts = {value.name: comments.get((*place, _VALUE_FIELD, index), "") for index, value in enumerate(enum.value)}
    name = f"{scope}.{enum.name}"
    found[name] = Type(name, enum, comments.get(place, ""), parts)


def fields(name: str) -> list[tuple[FieldDescriptorProto, str]]:
    """The fields of a message, each with its comment."""
    found = types()[name]
    assert isinstance(found.descriptor, DescriptorProto)  # noqa: S101 - callers pass messages
    return [(field, found.parts[field.name]) for field in found.descriptor.field]


class Schemas:
    """Collects the schemas that a document refers to."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def of(self, name: str, *, sent: bool) -> Schema:
        """A reference to the schema of a message or enum; `sent`: as the body of a request."""
        if name in WELL_KNOWN:
            return WELL_KNOWN[name]
        found = types()[name]
        is_enum = isinstance(found.descriptor, EnumDescriptorProto)
        component = found.short_name + ("Input" if sent and not is_enum else "")
        if component not in self.components:
            self.components[component] = {}  # messages may hold themselves
            self.components[component] = self._enum(found) if is_enum else self.message(name, sent=sent)
        return {"$ref": f"#/components/schemas/{component}"}

    def message(self, name: str, *, sent: bool, without: frozenset[str] = frozenset()) -> Schema:
        """The schema of a message itself; `without` the fields that are in the path."""
        found = [(field, comment) for field, comment in fields(name) if field.name not in without]
        schema: Schema = {
            "type": "object",
            "properties": {field.json_name: self.field(field, comment, sent=sent) for field, comment in found},
        }
        if types()[name].comment:
            schema["description"] = types()[name].comment
        if sent:
            schema["additionalProperties"] = False
        elif required := [field.json_name for field, _ in found if not _may_be_absent(field)]:
            schema["required"] = required
        return schema

    def field(self, field: FieldDescriptorProto, comment: str, *, sent: bool) -> Schema:
        """The schema of one field."""
        if field.type in (_TYPE.TYPE_MESSAGE, _TYPE.TYPE_ENUM):
            schema = self.of(field.type_name.lstrip("."), sent=sent)
        else:
            schema = _SCALARS[field.type]
        if field.label == _LABEL_REPEATED:
            schema = {"type": "array", "items": schema}
        extra: Schema = {"description": comment} if comment else {}
        if "Output only" in comment:
            extra["readOnly"] = True
        return {**schema, **extra}

    def _enum(self, found: Type) -> Schema:
        assert isinstance(found.descriptor, EnumDescriptorProto)  # noqa: S101 - asked for before
        lines = [found.comment] if found.comment else []
        lines += [f"- `{name}`: {comment}" for name, comment in found.parts.items() if comment]
        schema: Schema = {"type": "string", "enum": [value.name for value in found.descriptor.value]}
        return {**schema, "description": "\n".join(lines)} if lines else schema


def _may_be_absent(field: FieldDescriptorProto) -> bool:
    """Fields with presence are printed only when set; lists and plain scalars always."""
    if field.label == _LABEL_REPEATED:
        return False
    return field.type == _TYPE.TYPE_MESSAGE or field.HasField("oneof_index")
