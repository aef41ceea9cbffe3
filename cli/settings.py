"""`crm settings`: every variable the system understands."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import typer
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from cli.stack.settings import OFFSETS, StackSettings, services, variable
from crmkit.serve import load_service
from crmkit.settings import Settings, load
from gateway.edge.settings import EdgeSettings
from gateway.envoy.settings import EnvoySettings

MASK = "***"


@dataclass(frozen=True)
class Variable:
    """One CRM_* variable, its values as the environment takes them; `is_set` says where `value` comes from."""

    name: str
    value: str
    default: str
    is_set: bool
    description: str
    readers: list[str]


def show(as_json: bool) -> None:
    """Prints every variable, each once, with those who read it."""
    found = sorted(variables(), key=lambda one: one.name)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    for one in found:
        origin = f"set; default {one.default or 'empty'}" if one.is_set else "default"
        typer.echo(f"{one.name} = {one.value or '(empty)'}   [{origin}]")
        typer.echo(f"    {one.description}. Read by {', '.join(one.readers)}.")


def variables() -> list[Variable]:
    """Every variable of every settings class."""
    merged: dict[str, Variable] = {}
    for reader, kind in _classes():
        inherited = Settings.model_fields if kind is not Settings and issubclass(kind, Settings) else {}
        for field, info in kind.model_fields.items():
            if field in inherited:
                continue  # "every service" is among its readers already
            name = variable(field)
            if name in merged:
                merged[name].readers.append(reader)
            else:
                merged[name] = _variable(name, reader, info)
    stack = load(StackSettings)
    for field in OFFSETS:
        known = merged.get(variable(field))
        description = known.description if known else f"Port {field.removesuffix('_port').replace('_', ' ')}"
        readers = known.readers if known else ["crm up"]
        set_here = bool(os.environ.get(variable(field)))
        port = str(stack.port(field))
        default = str(stack.http_port + OFFSETS[field])
        merged[variable(field)] = Variable(variable(field), port, default, set_here, description, readers)
    return list(merged.values())


def _classes() -> Iterator[tuple[str, type[BaseSettings]]]:
    yield "crm up", StackSettings
    yield "every service", Settings
    for service in services():
        kind = load_service(service).settings
        if kind is not Settings:
            yield service, kind
    yield "the gateway", EnvoySettings
    yield "the edge", EdgeSettings


def _variable(name: str, reader: str, info: FieldInfo) -> Variable:
    default = "" if info.is_required() else info.get_default(call_default_factory=True)
    secret = isinstance(default, SecretStr)
    text = str(default.get_secret_value()) if isinstance(default, SecretStr) else str(default)
    given = os.environ.get(name)
    value = text if given is None else MASK if secret and given else given
    return Variable(name, value, text, given is not None, (info.description or "").rstrip("."), [reader])
