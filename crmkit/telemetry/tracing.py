"""One trace from the gateway through service, SQL, event and consumer, in W3C trace context."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import certifi
import grpc
from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import Span, SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from crmkit.telemetry import names

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("crmkit")


def exporter(endpoint: str, ca_file: str) -> OTLPSpanExporter | None:
    """Sends spans to a collector at "host:port", or over TLS at "https://host:port"; None for no endpoint.

    `ca_file` is the PEM file of the authorities that certify a collector over TLS; empty: the public ones. Raises
    OSError when it cannot be read.
    """
    if not endpoint:
        return None
    if not endpoint.startswith("https://"):
        return OTLPSpanExporter(endpoint=endpoint, insecure=True)
    authorities = Path(ca_file or certifi.where()).read_bytes()
    return OTLPSpanExporter(endpoint=endpoint, credentials=grpc.ssl_channel_credentials(authorities))


def configure_tracing(
    service: str, version: str, exporter: OTLPSpanExporter | None, ratio: float
) -> TracerProvider | None:
    """Sends spans by an exporter. Without one nothing is recorded, and context still travels."""
    if exporter is None:
        return None
    resource = Resource.create({"service.name": service, "service.namespace": "peyvand", "service.version": version})
    provider = TracerProvider(resource=resource, sampler=ParentBasedTraceIdRatio(ratio))
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider


def context_of(carrier: Mapping[str, str]) -> Context:
    """The trace context that came with a call; an empty one when none or an invalid one came."""
    return _propagator.extract(carrier)


def current_traceparent() -> str:
    """The W3C traceparent of the running span; empty outside of one."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent", "")


def start_rpc_span(method: str, parent: Context) -> Span:
    """The server span of an RPC. The caller ends it."""
    return _tracer.start_span(
        method, context=parent, kind=SpanKind.SERVER, attributes={names.RPC_SYSTEM: "grpc", names.RPC_METHOD: method}
    )


@contextmanager
def span(name: str, kind: SpanKind = SpanKind.INTERNAL, **attributes: Any) -> Iterator[Span]:
    """A span of our own under the running one; an exception is recorded and raised on."""
    with _tracer.start_as_current_span(name, kind=kind, attributes=attributes) as running:
        yield running


@contextmanager
def consume_span(consumer: str, subject: str, traceparents: list[str]) -> Iterator[Span]:
    """The span of applying events: a child of the event's span for one event, linked to them for a batch."""
    contexts = [context_of({"traceparent": parent}) for parent in dict.fromkeys(traceparents) if parent]
    spans = [trace.get_current_span(context).get_span_context() for context in contexts]
    with _tracer.start_as_current_span(
        f"{consumer} process",
        context=contexts[0] if contexts else None,
        kind=SpanKind.CONSUMER,
        links=[trace.Link(context) for context in spans[1:]],
        attributes={
            names.MESSAGING_SYSTEM: "nats",
            names.MESSAGING_OPERATION: "process",
            names.MESSAGING_DESTINATION: subject,
            names.MESSAGING_CONSUMER: consumer,
        },
    ) as running:
        yield running
