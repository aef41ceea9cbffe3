"""What `strict.lua` knows of the contracts: paths that take a body, and the fields of messages."""

from __future__ import annotations

import re
from importlib.resources import files

from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto

from gateway import contracts

# Messages that stand as one value in JSON, and those that may hold anything.
_AS_SCALAR = frozenset(("google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask"))
_ANYTHING = frozenset(("google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue"))
_SPECIAL = re.compile(r"([^A-Za-z0-9/])")


def script() -> str:
    """The program of the Lua filter."""
    messages = _messages()
    needed: dict[str, str] = {}
    operations: dict[str, list[str]] = {}
    for service in contracts.services():
        for rpc in service.rpcs:
            if rpc.http is None or not rpc.http.body:
                continue
            if rpc.http.body != "*":
                raise ValueError(f"{rpc.name}: the body of an RPC is the whole request")
            _add(rpc.input_type, messages, needed)
            operations.setdefault(rpc.http.verb, []).append(f'{{"{_pattern(rpc.http.template)}","{rpc.input_type}"}}')
    by_verb = ",".join(f"{verb}={{{','.join(found)}}}" for verb, found in operations.items())
    fields = ",\n".join(f'["{name}"]={{{table}}}' for name, table in needed.items())
    program = (files("gateway.envoy") / "strict.lua").read_text()
    return f"local OPERATIONS={{{by_verb}}}\nlocal MESSAGES={{{fields}}}\n{program}"


def _pattern(template: str) -> str:
    """The Lua pattern of a path template."""
    parts = re.split(r"(\{[^}]*\})", template)
    escaped = (r"[^/:]+" if part.startswith("{") else _SPECIAL.sub(r"%\1", part) for part in parts)
    return f"^{''.join(escaped)}$"


def _messages() -> dict[str, DescriptorProto]:
    found: dict[str, DescriptorProto] = {}

    def collect(scope: str, message: DescriptorProto) -> None:
        name = f"{scope}.{message.name}"
        found[name] = message
        for nested in message.nested_type:
            collect(name, nested)

    for file in contracts.descriptor_set().file:
        for message in file.message_type:
            collect(file.package, message)
    return found


def _add(name: str, messages: dict[str, DescriptorProto], needed: dict[str, str]) -> None:
    """Adds a message and everything it holds."""
    if name in needed:
        return
    needed[name] = ""  # messages may hold themselves
    entries = []
    for field in messages[name].field:
        kind = field.type_name.lstrip(".") if field.type == FieldDescriptorProto.TYPE_MESSAGE else ""
        anything = kind in _ANYTHING or (bool(kind) and messages[kind].options.map_entry)
        held = kind if kind and kind not in _AS_SCALAR and not anything else ""
        if held:
            _add(held, messages, needed)
        repeated = field.label == FieldDescriptorProto.LABEL_REPEATED and not anything
        entry = f"{{{_bool(repeated)},{f'{chr(34)}{held}{chr(34)}' if held else 'nil'},{_bool(anything)}}}"
        # Both spellings are JSON names of a field.
        entries += [f"{spelling}={entry}" for spelling in sorted({field.json_name, field.name})]
    needed[name] = ",".join(entries)


def _bool(value: bool) -> str:
    return "true" if value else "false"
