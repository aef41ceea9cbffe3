"""Calls from the edge to the services: one channel a service, kept open."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from crmkit.telemetry.tracing import current_traceparent

# What the edge gives a unary call, seconds; less than Envoy gives the edge.
CALL_SECONDS = 10.0
_OPTIONS = (
    ("grpc.lb_policy_name", "round_robin"),
    # Envoy and clients retry; a third layer would multiply the load of an outage.
    ("grpc.enable_retries", 0),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
)


class Services:
    """Channels to every service. A service that is down fails its calls at once and is found again by itself."""

    def __init__(self, targets: Mapping[str, str]) -> None:
        self._channels = {name: grpc.aio.insecure_channel(f"dns:///{to}", _OPTIONS) for name, to in targets.items()}

    @property
    def names(self) -> list[str]:
        """Every service, in order."""
        return sorted(self._channels)

    def channel(self, name: str) -> grpc.aio.Channel:
        """The channel to one service."""
        return self._channels[name]

    async def health(self, seconds: float = 1.0) -> dict[str, str]:
        """What each service says of itself: SERVING, NOT_SERVING or UNREACHABLE."""
        found = await asyncio.gather(*(self._ask(name, seconds) for name in self.names))
        return dict(zip(self.names, found, strict=True))

    async def _ask(self, name: str, seconds: float) -> str:
        stub: Any = health_pb2_grpc.HealthStub(self._channels[name])
        try:
            reply = await stub.Check(health_pb2.HealthCheckRequest(), timeout=seconds)
        except grpc.aio.AioRpcError:
            return "UNREACHABLE"
        return str(health_pb2.HealthCheckResponse.ServingStatus.Name(reply.status))

    async def close(self) -> None:
        await asyncio.gather(*(channel.close() for channel in self._channels.values()))


def metadata(token: str = "") -> tuple[tuple[str, str], ...]:
    """What goes with a call: whose it is, and the trace it belongs to."""
    pairs = [("traceparent", traceparent)] if (traceparent := current_traceparent()) else []
    if token:
        pairs.append(("authorization", f"Bearer {token}"))
    return tuple(pairs)
