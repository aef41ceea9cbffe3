"""What the Envoy configuration is rendered from, besides the contracts. Times are seconds, sizes bytes."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from crmkit.settings import OtlpAuthorities, OtlpEndpoint
from gateway.targets import Target, Targets


class EnvoySettings(BaseSettings):
    """Settings of the gateway, from `CRM_*`."""

    model_config = SettingsConfigDict(env_prefix="CRM_", extra="ignore", frozen=True)

    http_host: str = Field(default="0.0.0.0", description="Address the gateway listens on")  # noqa: S104 - it is the front door
    http_port: int = Field(default=8080, ge=1, le=65535, description="Port the gateway listens on")
    envoy_admin_port: int = Field(default=8084, ge=1, le=65535, description="Port of Envoy's admin, on loopback only")
    envoy_metrics_host: str = Field(default="127.0.0.1", description="Address of the gateway's /stats/prometheus")
    envoy_metrics_port: int = Field(default=8085, ge=1, le=65535, description="Port of the gateway's metrics")
    edge_target: Target = Field(default="127.0.0.1:8081", description="Where the edge listens, host:port")
    targets: Targets
    jwks_file: Path = Field(default=Path("jwks.json"), description="Public keys that access tokens are verified with")
    public_url: str = Field(
        default="http://localhost:8080",
        pattern="^https?://[^/]+$",
        description="Address users open; https makes cookies Secure and sends HSTS",
    )
    trusted_origins: tuple[str, ...] = Field(
        default=(), description='Further origins a browser may write from with cookies, as JSON: ["https://x.example"]'
    )
    trusted_proxies: int = Field(
        default=0, ge=0, le=10, description="Proxies in front whose X-Forwarded-For is believed"
    )
    rate_limit: int = Field(
        default=1000, ge=1, description="Requests a second from one client address, with bursts of twice as many"
    )
    sign_in_rate_limit: int = Field(default=60, ge=1, description="Sign-ins a minute from one client address")
    gateway_heap_bytes: int = Field(
        default=512 * 2**20, ge=64 * 2**20, description="Memory at which the gateway begins to refuse requests"
    )
    otlp_endpoint: OtlpEndpoint = ""
    otlp_ca_file: OtlpAuthorities = ""
    trace_sample_ratio: float = Field(default=0.05, ge=0, le=1, description="Share of traces that are kept")

    @property
    def https(self) -> bool:
        """True when users reach the gateway over TLS."""
        return self.public_url.startswith("https://")
