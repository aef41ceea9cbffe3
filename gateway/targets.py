"""Where the processes of the system listen, as every part of the gateway reads it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode


def parse_target(text: str) -> tuple[str, int]:
    """ "host:port" or "[v6]:port" as host and port. Raises ValueError."""
    host, separator, port = text.rpartition(":")
    if not separator or not host or not port.isdecimal() or not 0 < int(port) <= 65535:
        raise ValueError(f"must be host:port, not {text!r}")
    return host.strip("[]"), int(port)


def _parse_targets(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pairs = [pair.strip() for pair in value.split(",") if pair.strip()]
    if any("=" not in pair for pair in pairs):
        raise ValueError("must be service=host:port, separated by commas")
    return dict(pair.split("=", 1) for pair in pairs)


def _check_target(value: str) -> str:
    parse_target(value)
    return value


Target = Annotated[str, AfterValidator(_check_target)]
Targets = Annotated[
    dict[str, Target],
    NoDecode,
    BeforeValidator(_parse_targets),
    Field(description="Where the services listen: contacts=127.0.0.1:8090,identity=127.0.0.1:8093"),
]
