"""Settings of a process, from environment variables `CRM_*`. A wrong value stops the start and names its variable."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

S = TypeVar("S", bound=BaseSettings)
# Bytes a key to seal with has; a longer file's first ones are taken.
SEAL_KEY_BYTES = 32
OtlpEndpoint = Annotated[
    str,
    Field(
        pattern=r"^((https://)?[^/\s]+:\d+)?$",
        description="OTLP/gRPC collector: host:port, or https://host:port for TLS; empty: no traces are sent",
    ),
]
OtlpAuthorities = Annotated[
    str,
    Field(description="PEM file of the authorities that certify an https collector; empty: the public ones"),
]


class Settings(BaseSettings):
    """What every process of the system understands. Times are seconds, sizes bytes."""

    model_config = SettingsConfigDict(env_prefix="CRM_", extra="ignore", frozen=True)

    database_url: SecretStr = Field(
        default=SecretStr(""), description="PostgreSQL of the service: postgresql://user:password@host:port/database"
    )
    database_replica_url: SecretStr = Field(
        default=SecretStr(""), description="A read replica for read-only calls; empty: the primary serves them"
    )
    database_pool_size: int = Field(default=10, ge=1, le=200, description="Connections per process and engine")
    nats_url: SecretStr = Field(
        default=SecretStr("nats://127.0.0.1:4222"), description="NATS with JetStream: nats://user:password@host:port"
    )
    event_stream_replicas: int = Field(default=1, ge=1, le=5, description="Servers that keep each event stream")
    event_stream_days: float = Field(
        default=7.0, ge=1, le=365, description="How long events stay on the stream; the log in PostgreSQL keeps them"
    )
    grpc_host: str = Field(default="127.0.0.1", description="Address the service listens on")
    grpc_port: int = Field(default=50051, ge=0, le=65535, description="Port the service listens on; 0: any free one")
    metrics_host: str = Field(default="127.0.0.1", description="Address of /metrics")
    metrics_port: int = Field(default=0, ge=0, le=65535, description="Port of /metrics of the first process; 0: none")
    workers: int = Field(default=1, ge=1, le=64, description="Processes that share the service's port")
    worker_silent_seconds: float = Field(
        default=30.0, ge=3, le=600, description="Silence after which one of several processes is killed and replaced"
    )
    jwks_file: Path = Field(default=Path("jwks.json"), description="Public keys that access tokens are verified with")
    seal_key_file: Path = Field(
        default=Path("seal.key"), description="At least 32 random bytes; page tokens are sealed with the first 32"
    )
    default_region: str = Field(
        default="US", pattern="^[A-Z]{2}$", description="ISO 3166-1 country of telephone numbers without country code"
    )
    drain_seconds: float = Field(
        default=5.0, ge=0, le=300, description="Between 'not serving' and refusing new calls when stopping"
    )
    stop_seconds: float = Field(default=20.0, ge=0, le=3600, description="Time running calls get to end when stopping")
    max_call_seconds: float = Field(default=30.0, gt=0, le=3600, description="Longest a unary call may run")
    max_connection_age_seconds: float = Field(
        default=300.0, ge=1, description="Age at which clients are asked to reconnect, so that new replicas get calls"
    )
    reflection: bool = Field(default=False, description="Serve gRPC reflection")
    otlp_endpoint: OtlpEndpoint = ""
    otlp_ca_file: OtlpAuthorities = ""
    trace_sample_ratio: float = Field(default=0.05, ge=0, le=1, description="Share of traces begun here that are kept")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least severity logged")
    log_format: Literal["json", "text"] = Field(default="json", description="Form of log lines")

    @field_validator("database_url", "database_replica_url")
    @classmethod
    def _is_postgresql(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        return value

    def seal_key(self) -> bytes:
        """The key of `seal_key_file`. Raises ValueError that names the variable when the file cannot be one."""
        try:
            key = self.seal_key_file.read_bytes()
        except OSError as error:
            raise ValueError(f"CRM_SEAL_KEY_FILE: {self.seal_key_file} cannot be read: {error.strerror}") from error
        if len(key) < SEAL_KEY_BYTES:
            raise ValueError(f"CRM_SEAL_KEY_FILE: {self.seal_key_file} has {len(key)} bytes, not {SEAL_KEY_BYTES}")
        return key[:SEAL_KEY_BYTES]


def load(kind: type[S], **values: Any) -> S:
    """Reads the settings, or ends the process with one line per wrong variable."""
    try:
        return kind(**values)
    except ValidationError as error:
        prefix = kind.model_config.get("env_prefix", "")
        for problem in error.errors():
            name = prefix + "_".join(str(part) for part in problem["loc"]).upper()
            sys.stderr.write(f"{name}: {problem['msg']}\n")
        raise SystemExit(2) from error
