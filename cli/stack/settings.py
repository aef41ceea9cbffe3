"""Settings of the local stack: where its data lies and on which ports its processes listen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[2]

# The services this version ships, in the order people think of them; a further one is a folder with a service.py.
FIRST = ("contacts", "identity", "activities")


def services() -> tuple[str, ...]:
    """The names of all services."""
    found = {path.parent.name for path in (ROOT / "services").glob("*/service.py")}
    return (*FIRST, *sorted(found.difference(FIRST)))


# Ports that are not given follow the HTTP port, so that a second checkout needs to change one variable.
OFFSETS = {
    "edge_port": 1,
    "postgres_port": 2,
    "nats_port": 3,
    "envoy_admin_port": 4,
    "envoy_metrics_port": 5,
    "contacts_port": 10,
    "contacts_worker_port": 11,
    "contacts_worker_metrics_port": 12,
    "identity_port": 13,
    "identity_metrics_port": 14,
    "activities_port": 16,
    "activities_metrics_port": 17,
    "edge_metrics_port": 18,
    "contacts_metrics_port": 20,
}
for _place, _name in enumerate(services()[len(FIRST) :]):
    OFFSETS |= {f"{_name}_port": 40 + 2 * _place, f"{_name}_metrics_port": 41 + 2 * _place}


def _port(what: str) -> Any:
    return Field(default=0, ge=0, le=65535, description=f"{what}; 0: CRM_HTTP_PORT and an offset")


class StackSettings(BaseSettings):
    """What `crm up` understands, from `CRM_*`. Any other `CRM_*` variable is passed on to the processes it starts."""

    model_config = SettingsConfigDict(env_prefix="CRM_", extra="ignore", frozen=True)

    data_dir: Path = Field(default=ROOT / ".crm", description="Folder of the stack's data, secrets and logs")
    http_host: str = Field(default="0.0.0.0", description="Address the gateway listens on")  # noqa: S104 - the front door
    http_port: int = Field(default=8080, ge=1, le=65000, description="Port of the gateway: the address people open")
    edge_port: int = _port("Port of the edge")
    postgres_port: int = _port("Port of PostgreSQL")
    nats_port: int = _port("Port of NATS")
    envoy_admin_port: int = _port("Port of Envoy's admin")
    envoy_metrics_port: int = _port("Port of Envoy's metrics")
    contacts_port: int = _port("gRPC port of contacts")
    contacts_metrics_port: int = _port("First metrics port of contacts, one a process")
    contacts_worker_port: int = _port("gRPC port of the contacts worker (health only)")
    contacts_worker_metrics_port: int = _port("Metrics port of the contacts worker")
    identity_port: int = _port("gRPC port of identity")
    identity_metrics_port: int = _port("Metrics port of identity")
    activities_port: int = _port("gRPC port of activities")
    activities_metrics_port: int = _port("Metrics port of activities")
    edge_metrics_port: int = _port("Metrics port of the edge")
    contacts_workers: int = Field(default=1, ge=1, le=64, description="Processes that serve contacts on its port")
    envoy_concurrency: int = Field(default=2, ge=1, le=64, description="Threads of Envoy")
    admin_email: str = Field(default="admin@example.com", description="Address of the first administrator")

    @model_validator(mode="before")
    @classmethod
    def _follow_http_port(cls, values: dict[str, Any]) -> dict[str, Any]:
        try:
            base = int(values.get("http_port") or 8080)
        except ValueError:
            return values  # the field's own check says what is wrong
        given = {name: value for name, value in values.items() if value not in (0, "0", "")}
        return {**{name: base + offset for name, offset in OFFSETS.items()}, **given}

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    def port(self, name: str) -> int:
        """The port of a name in OFFSETS; further services have no field of their own."""
        if name in type(self).model_fields:
            return int(getattr(self, name))
        return int(os.environ.get(variable(name)) or self.http_port + OFFSETS[name])

    @property
    def address(self) -> str:
        """The address people open."""
        return os.environ.get("CRM_PUBLIC_URL") or f"http://localhost:{self.http_port}"

    @property
    def secrets(self) -> Path:
        """Folder of passwords and keys, mode 0700."""
        return self.data_dir / "secrets"

    @property
    def logs(self) -> Path:
        """Folder of one log a process."""
        return self.data_dir / "logs"

    @property
    def run(self) -> Path:
        """Folder of what is true only while the stack runs."""
        return self.data_dir / "run"


def variable(port: str) -> str:
    """The environment variable of a port's setting."""
    return f"CRM_{port.upper()}"
