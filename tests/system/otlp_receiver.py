"""A real OTLP/gRPC trace receiver that remembers the spans it was sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2, trace_service_pb2_grpc


@dataclass(frozen=True)
class Span:
    """What a test asks of a span."""

    trace_id: str
    span_id: str
    parent_id: str
    service: str
    name: str
    attributes: dict[str, Any]


@dataclass
class Receiver(trace_service_pb2_grpc.TraceServiceServicer):
    """Collects spans; `wait_for` awaits the ones a test is about."""

    port: int = 0
    spans: list[Span] = field(default_factory=list)
    arrived: threading.Condition = field(default_factory=threading.Condition)

    def Export(self, request: Any, context: Any) -> Any:
        """The one RPC of OTLP's trace service."""
        with self.arrived:
            for resource in request.resource_spans:
                names = {item.key: item.value.string_value for item in resource.resource.attributes}
                for scope in resource.scope_spans:
                    self.spans += [_span(names.get("service.name", ""), span) for span in scope.spans]
            self.arrived.notify_all()
        return trace_service_pb2.ExportTraceServiceResponse()

    def wait_for(self, trace_id: str, services: set[str], seconds: float = 30.0) -> list[Span]:
        """The spans of a trace once each of the services has sent one; fails with what came instead."""

        def complete() -> bool:
            return services <= {span.service for span in self.spans if span.trace_id == trace_id}

        with self.arrived:
            if not self.arrived.wait_for(complete, seconds):
                here = {(span.service, span.name) for span in self.spans if span.trace_id == trace_id}
                raise AssertionError(f"no spans of {services - {service for service, _ in here}}; there are {here}")
            return [span for span in self.spans if span.trace_id == trace_id]


def _span(service: str, span: Any) -> Span:
    attributes = {
        item.key: getattr(item.value, item.value.WhichOneof("value") or "string_value") for item in span.attributes
    }
    return Span(span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), service, span.name, attributes)


@contextmanager
def receiving(credentials: grpc.ServerCredentials | None = None) -> Iterator[Receiver]:
    """A receiver on a free port for the length of a `with` block; with credentials over TLS."""
    receiver = Receiver()
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(receiver, server)  # type: ignore[no-untyped-call]
    here = "127.0.0.1:0"
    receiver.port = server.add_secure_port(here, credentials) if credentials else server.add_insecure_port(here)
    server.start()
    try:
        yield receiver
    finally:
        server.stop(0)
