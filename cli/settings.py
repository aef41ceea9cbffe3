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

from cli.stack.settings import StackSettings
from crmkit.serve import load_service
from crmkit.settings import Settings
from gateway.edge.settings import EdgeSettings
from gateway.envoy.settings import EnvoySettings

MASK = "***"


@dataclass(frozen=True)
class Variable:
    """One CRM_* variable. `value` is None where it is not set; `default` is text as the environment takes it."""

    name: str
    readers: list[str]
    value: str | None
    default: str
    description: str


def show(as_json: bool) -> None:
    """Prints every variable, each once, with those who read it."""
    found = sorted(variables(), key=lambda variable: variable.name)
    if as_json:
        typer.echo(json.dumps([asdict(variable) for variable in found], indent=2))
        return
    for variable in found:
        value = f"{variable.value}   (set)" if variable.value is not None else variable.default or "(empty)"
        typer.echo(f"{variable.name} = {value}\n    {variable.description}\n    read by {', '.join(variable.readers)}")


def variables() -> list[Variable]:
    """Every variable of every settings class."""
    merged: dict[str, Variable] = {}
    for reader, kind in _classes():
        for field, info in kind.model_fields.items():
            name = f"CRM_{field.upper()}"
            if name in merged:
                merged[name].readers.append(reader)
            else:
                merged[name] = _variable(name, reader, info)
    return list(merged.values())


def _classes() -> Iterator[tuple[str, type[BaseSettings]]]:
    from cli.stack.plan import SERVICES  # noqa: PLC0415 - the list is all we need of it

    yield "crm up", StackSettings
    yield "every service", Settings
    for service in SERVICES:
        kind = load_service(service).settings
        if kind is not Settings:
            yield service, kind
    yield "the gateway", EnvoySettings
    yield "the edge", EdgeSettings


def _variable(name: str, reader: str, info: FieldInfo) -> Variable:
    default = "" if info.is_required() else info.get_default(call_default_factory=True)
    secret = isinstance(default, SecretStr)
    value = os.environ.get(name)
    return Variable(
        name=name,
        readers=[reader],
        value=MASK if secret and value else value,
        default=str(default.get_secret_value()) if isinstance(default, SecretStr) else str(default),
        description=info.description or "",
    )
