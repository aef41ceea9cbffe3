"""What the edge is told. Times are seconds, sizes bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from crmkit.settings import OtlpAuthorities, OtlpEndpoint
from gateway.targets import Targets


class EdgeSettings(BaseSettings):
    """Settings of the edge, from `CRM_*`."""

    model_config = SettingsConfigDict(env_prefix="CRM_", extra="ignore", frozen=True)

    edge_host: str = Field(default="127.0.0.1", description="Address the edge listens on")
    edge_port: int = Field(default=8081, ge=1, le=65535, description="Port the edge listens on")
    metrics_host: str = Field(default="127.0.0.1", description="Address of /metrics")
    metrics_port: int = Field(default=0, ge=0, le=65535, description="Port of /metrics; 0: none")
    targets: Targets
    nats_url: SecretStr = Field(
        default=SecretStr("nats://127.0.0.1:4222"), description="NATS with JetStream: nats://user:password@host:port"
    )
    jwks_file: Path = Field(default=Path("jwks.json"), description="Public keys that access tokens are verified with")
    public_url: str = Field(
        default="http://localhost:8080",
        pattern="^https?://[^/]+$",
        description="Address users open; https makes cookies Secure and sends HSTS",
    )
    web_folder: Path = Field(
        default=Path(__file__).resolve().parents[2] / "web" / "dist", description="The built web app"
    )
    upload_bytes: int = Field(default=2**30, ge=1, le=2**30, description="Largest file that may be uploaded")
    search_seconds: float = Field(
        default=2.0, gt=0, le=15, description="Time the global search gives each service before it answers without it"
    )
    live_clients: int = Field(default=2000, ge=1, description="Browsers that may follow live updates at a time")
    live_heartbeat_seconds: float = Field(
        default=15.0, gt=0, le=50, description="Between signs of life on live updates"
    )
    stop_seconds: float = Field(
        default=20.0, ge=0, le=3600, description="Time running requests get to end when stopping"
    )
    otlp_endpoint: OtlpEndpoint = ""
    otlp_ca_file: OtlpAuthorities = ""
    trace_sample_ratio: float = Field(default=0.05, ge=0, le=1, description="Share of traces begun here that are kept")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least severity logged")
    log_format: Literal["json", "text"] = Field(default="json", description="Form of log lines")

    @property
    def secure(self) -> bool:
        """True when users reach the system over TLS, so that cookies may insist on it."""
        return self.public_url.startswith("https://")
