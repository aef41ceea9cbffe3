"""Whether a process of the stack does its work, asked over its own protocol and without credentials."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable

import grpc
from grpc_health.v1 import health_pb2

HOST = "127.0.0.1"
TIMEOUT_SECONDS = 2.0


async def healthy(probe: str, port: int) -> bool:
    """Asks the process that listens on this loopback port; False also when it does not answer in time.

    `probe` is a key of PROBES.
    """
    try:
        # Not wait_for: before Python 3.12 it may lose a cancellation that comes together with the answer.
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await PROBES[probe](port)
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        return False


async def becomes_healthy(probe: str, port: int, seconds: float) -> bool:
    """Asks until the answer is yes; False when it was not in this time."""
    until = asyncio.get_running_loop().time() + seconds
    while not await healthy(probe, port):
        if asyncio.get_running_loop().time() > until:
            return False
        await asyncio.sleep(0.05)
    return True


async def _exchange(port: int, request: bytes, size: int) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(request)
        return await reader.readexactly(size)
    finally:
        writer.close()


async def _http_status(port: int, path: str) -> int:
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
    return int((await _exchange(port, request, len("HTTP/1.1 200")))[-3:])


async def _grpc(port: int) -> bool:
    async with grpc.aio.insecure_channel(f"{HOST}:{port}") as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        try:
            reply = await check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT_SECONDS)
        except grpc.aio.AioRpcError:
            return False
        return bool(reply.status == health_pb2.HealthCheckResponse.SERVING)


async def _postgres(port: int) -> bool:
    # A start-up message: the server asks for a password (R) when it takes sessions, or says why it does not (E).
    parameters = b"user\0postgres\0database\0postgres\0\0"
    message = struct.pack("!ii", len(parameters) + 8, 196608) + parameters
    return await _exchange(port, message, 1) == b"R"


async def _nats(port: int) -> bool:
    return await _exchange(port, b"", 4) == b"INFO"


async def _envoy(port: int) -> bool:
    return await _http_status(port, "/ready") == 200


async def _gateway(port: int) -> bool:
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(f"GET /clusters HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        clusters = await reader.read(-1)
    finally:
        writer.close()
    return b"::health_flags::healthy" in clusters and b"::health_flags::/" not in clusters


async def _edge(port: int) -> bool:
    return await _http_status(port, "/livez") == 200


async def _system(port: int) -> bool:
    return await _http_status(port, "/healthz") == 200


PROBES: dict[str, Callable[[int], Awaitable[bool]]] = {
    "grpc": _grpc,
    "postgres": _postgres,
    "nats": _nats,
    "envoy": _envoy,
    "edge": _edge,
    "gateway": _gateway,  # Envoy's word on everything behind it: it asks each service by itself, and now and then
    "system": _system,  # the edge's word on everything behind it
}
