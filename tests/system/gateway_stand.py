"""A gateway to test: the real Envoy, rendered as in production, before gRPC services whose answers a test sets."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import sys
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import grpc
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.protobuf.descriptor_pool import Default
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from cli.embedded import envoy
from cli.embedded.program import Program, base_environment, free_port, wait_for_port
from crmkit.access import Principal
from crmkit.errors import DomainError
from crmkit.failures import refuse
from crmkit.tokens import jwks, mint
from gateway import contracts
from gateway.envoy.render import to_yaml
from gateway.envoy.settings import EnvoySettings
from gateway.targets import parse_target

Answer = Callable[..., Any]

for _file in contracts.descriptor_set().file:
    if _file.package.startswith("crm."):
        import_module(_file.name.removesuffix(".proto").replace("/", ".") + "_pb2")  # registers the contract


@dataclass
class Upstream:
    """Every service of the contracts on one port. An RPC without an answer gives an empty message."""

    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[tuple[str, Any, dict[str, str]]] = field(default_factory=list)
    port: int = 0
    server: Any = None
    health: Any = None

    async def start(self) -> None:
        self.server = grpc.aio.server()
        for file in contracts.descriptor_set().file:
            if file.package.startswith("crm."):  # known to the pool below once it is imported
                import_module(file.name.removesuffix(".proto").replace("/", ".") + "_pb2")
        for service in contracts.declared():
            handlers = {rpc.name: self._handler(rpc) for rpc in service.rpcs}
            self.server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service.full_name, handlers)])
        self.health = health.aio.HealthServicer()
        health_pb2_grpc.add_HealthServicer_to_server(self.health, self.server)
        self.port = self.server.add_insecure_port(f"127.0.0.1:{self.port}")
        await self.server.start()
        await self.health.set("", health_pb2.HealthCheckResponse.SERVING)

    async def stop(self) -> None:
        await self.server.stop(0)

    def last(self) -> tuple[str, Any, dict[str, str]]:
        """Name, request and metadata of the latest call."""
        return self.seen[-1]

    def _handler(self, rpc: contracts.Rpc) -> Any:
        descriptor = Default().FindServiceByName(rpc.service).methods_by_name[rpc.name]
        request_type, reply_type = GetMessageClass(descriptor.input_type), GetMessageClass(descriptor.output_type)

        async def unary(request: Any, context: Any) -> Message:
            metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
            metadata["seconds-left"] = str(context.time_remaining())
            if rpc.client_streaming:
                request = [piece async for piece in request]
            self.seen.append((rpc.name, request, metadata))
            answer = self.answers.get(rpc.name)
            try:
                reply = answer(request, metadata) if answer else reply_type()
                return await reply if inspect.isawaitable(reply) else reply
            except DomainError as error:
                await refuse(context, error)

        async def stream(request: Any, context: Any) -> AsyncIterator[Message]:
            metadata = {key: value for key, value in context.invocation_metadata() if isinstance(value, str)}
            self.seen.append((rpc.name, request, metadata))
            try:
                replies: Iterable[Message] = self.answers.get(rpc.name, _nothing)(request, metadata)  # type: ignore[no-untyped-call]
                for reply in replies:
                    yield reply
            except DomainError as error:
                await refuse(context, error)

        kind = {
            (False, False): grpc.unary_unary_rpc_method_handler,
            (True, False): grpc.stream_unary_rpc_method_handler,
            (False, True): grpc.unary_stream_rpc_method_handler,
        }[rpc.client_streaming, rpc.server_streaming]
        return kind(stream if rpc.server_streaming else unary, request_type.FromString, reply_type.SerializeToString)


def _nothing(*_: Any) -> tuple[Message, ...]:
    return ()


@dataclass
class Stand:
    """A running gateway."""

    upstream: Upstream
    settings: EnvoySettings
    key: Ed25519PrivateKey
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.http_port}"

    @property
    def log(self) -> str:
        return (self.folder / "envoy.log").read_text()

    def token(self, user_id: UUID | None = None, *, role: str = "administrator", lifetime_seconds: int = 600) -> str:
        principal = Principal(user_id or uuid4(), uuid4(), frozenset({role}), None)
        return mint(self.key, principal, lifetime_seconds=lifetime_seconds)[0]

    async def call(self, method: str, path: str, *, token: str | None = "", **options: Any) -> requests.Response:
        """An HTTP request as an administrator; `token=None` sends none."""
        headers = dict(options.pop("headers", {}))
        if token is not None:
            headers["authorization"] = f"Bearer {token or self.token()}"
        answer: requests.Response = await asyncio.to_thread(
            requests.request, method, self.url + path, headers=headers, timeout=30, allow_redirects=False, **options
        )
        return answer


@contextlib.asynccontextmanager
async def standing(folder: Path, *, nats_url: str = "", **settings: Any) -> AsyncIterator[Stand]:
    """Starts upstream and Envoy, with `nats_url` also the edge, and stops them."""
    key = Ed25519PrivateKey.generate()
    upstream = Upstream()
    await upstream.start()
    (folder / "jwks.json").write_bytes(jwks(key))
    chosen = EnvoySettings(
        http_host="127.0.0.1",
        http_port=free_port(),
        envoy_admin_port=free_port(),
        envoy_metrics_port=free_port(),
        edge_target=f"127.0.0.1:{free_port()}",
        targets=dict.fromkeys(contracts.domains(), f"127.0.0.1:{upstream.port}"),
        jwks_file=folder / "jwks.json",
        **settings,
    )
    (folder / "envoy.yaml").write_text(to_yaml(chosen))
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(upstream.stop)
        program = envoy.program(folder / "envoy.yaml", concurrency=1)
        await stack.enter_async_context(_process(program, folder / "envoy.log", chosen.http_port))
        if nats_url:
            edge = _edge(chosen, nats_url, folder)
            await stack.enter_async_context(_process(edge, folder / "edge.log", parse_target(chosen.edge_target)[1]))
        yield Stand(upstream, chosen, key, folder)


PAGE = '<!doctype html><html lang="en"><head><meta property="csp-nonce" nonce="CSP_NONCE"></head><body></body></html>'


def _built_web(folder: Path) -> Path:
    """A web app as the build leaves it, and small."""
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    for ending, content in (("", b"let a = 1"), (".br", b"in brotli"), (".gz", b"in gzip")):
        (folder / "assets" / f"main-0a1b2c3d.js{ending}").write_bytes(content)
    (folder / "icon.svg").write_text("<svg/>")
    return folder


def _edge(settings: EnvoySettings, nats_url: str, folder: Path) -> Program:
    environment = {
        **base_environment(),
        "CRM_EDGE_PORT": str(parse_target(settings.edge_target)[1]),
        "CRM_TARGETS": ",".join(f"{name}={target}" for name, target in settings.targets.items()),
        "CRM_NATS_URL": nats_url,
        "CRM_JWKS_FILE": str(settings.jwks_file),
        "CRM_PUBLIC_URL": settings.public_url,
        "CRM_WEB_FOLDER": str(_built_web(folder / "web")),
        "CRM_SEARCH_SECONDS": "0.5",
        "CRM_LIVE_HEARTBEAT_SECONDS": "1",
        "CRM_UPLOAD_BYTES": str(8 * 2**20),
    }
    return Program("edge", (sys.executable, "-m", "gateway.edge.serve"), environment)


@contextlib.asynccontextmanager
async def _process(program: Program, log: Path, port: int) -> AsyncIterator[None]:
    process = program.start(log)
    try:
        await asyncio.to_thread(wait_for_port, port, process, log)
        yield
    finally:
        await asyncio.to_thread(program.stop, process)


ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


def refused(answer: requests.Response, status: int, code: int, reason: str) -> dict[str, Any]:
    """Asserts the one error shape, and gives it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body: dict[str, Any] = answer.json()
    assert set(body) == {"code", "message", "details"}
    assert body["code"] == code
    assert body["message"]
    assert body["details"][0]["@type"] == ERROR_INFO
    assert body["details"][0]["reason"] == reason
    return body
