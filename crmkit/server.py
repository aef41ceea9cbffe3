"""The gRPC server of a service: servicers bound to contracts, health per service, graceful drain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import grpc
from google.protobuf.descriptor import ServiceDescriptor
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from crmkit.pipeline import ContractError, Method, compose
from crmkit.service import Runtime

# Messages in either direction, bytes; lists are paged well below it.
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
# The gateway sends the address of the HTTP request along, and takes headers of 60 KiB.
MAX_METADATA_BYTES = 64 * 1024


class Servicer:
    """Implements one service of a contract: a subclass sets `contract` and has a method per RPC, named as it is.

    A method takes (request, call) and returns the reply; for a streaming request `request` is an async
    iterator, for a streaming reply the method is an async generator.
    """

    contract: ClassVar[ServiceDescriptor]
    # RPCs that take connections themselves, for transactions (Call.transaction) or single reads (Call.reads); they have
    # no `call.db` and no request_id.
    own_connections: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime


def bind(servicer: Servicer) -> grpc.GenericRpcHandler:
    """The gRPC handlers of a servicer. Raises ContractError for an RPC without method, a method without RPC, and an RPC
    of own connections that promises to be safe to repeat."""
    contract = servicer.contract
    handlers = {}
    for descriptor in contract.methods:
        implementation = getattr(servicer, descriptor.name, None)
        if implementation is None:
            raise ContractError(f"{type(servicer).__name__} lacks {descriptor.name} of {contract.full_name}")
        own = descriptor.name in servicer.own_connections
        if own and "request_id" in descriptor.input_type.fields_by_name:
            raise ContractError(f"{descriptor.full_name} has own connections: nothing would keep its request_id")
        handlers[descriptor.name] = compose(
            Method.of(descriptor), implementation, servicer.runtime, own_connections=own
        )
    named = {name for name in vars(type(servicer)) if name[0].isupper()} | servicer.own_connections
    surplus = named - handlers.keys()
    if surplus:
        raise ContractError(f"{type(servicer).__name__} has {', '.join(sorted(surplus))}, not in {contract.full_name}")
    return grpc.method_handlers_generic_handler(contract.full_name, handlers)


class Server:
    """A listening gRPC server with the standard health protocol."""

    def __init__(self, runtime: Runtime, kinds: Sequence[type[Servicer]]) -> None:
        settings = runtime.settings
        self._health = health.aio.HealthServicer()
        self._names = ["", *(kind.contract.full_name for kind in kinds)]
        self._server = grpc.aio.server(
            maximum_concurrent_rpcs=1000,
            options=[
                ("grpc.so_reuseport", 1),
                ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
                ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
                ("grpc.max_metadata_size", MAX_METADATA_BYTES),
                ("grpc.absolute_max_metadata_size", MAX_METADATA_BYTES),
                ("grpc.max_connection_age_ms", int(settings.max_connection_age_seconds * 1000)),
                ("grpc.max_connection_age_grace_ms", int(settings.stop_seconds * 1000)),
                ("grpc.http2.min_ping_interval_without_data_ms", 30_000),
            ],
        )
        self._server.add_generic_rpc_handlers([bind(kind(runtime)) for kind in kinds])
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        if settings.reflection:
            served = [*self._names[1:], health.SERVICE_NAME, reflection.SERVICE_NAME]
            reflection.enable_server_reflection(served, self._server)
        self.port = self._server.add_insecure_port(f"{settings.grpc_host}:{settings.grpc_port}")

    async def start(self) -> None:
        """Listens, not serving yet as far as health checks are concerned."""
        for name in self._names:
            await self._health.set(name, health_pb2.HealthCheckResponse.NOT_SERVING)
        await self._server.start()

    async def ready(self) -> None:
        """Tells health checks that calls are welcome."""
        for name in self._names:
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)

    async def draining(self) -> None:
        """Tells health checks that no more calls should come; running and new ones are still served."""
        await self._health.enter_graceful_shutdown()

    async def stop(self, grace_seconds: float) -> None:
        """Takes no more calls, and cancels those that have not ended after the grace time."""
        await self._server.stop(grace_seconds)
