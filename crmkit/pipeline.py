"""The steps every RPC goes through, composed once per method when the server starts:

trace and metrics → errors → decoding → deadline → identity → access → transaction and idempotency → handler.

Each step wraps the next and does one thing. They are plain coroutines and not grpc interceptors, which would
look the handler up again for every call.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import grpc
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from opentelemetry import trace
from opentelemetry.trace import Status, StatusCode
from prometheus_client import Histogram

from crm.common.v1 import access_pb2
from crmkit import idempotency, operations
from crmkit.access import Scope
from crmkit.context import Call
from crmkit.decoding import decoded, decoder
from crmkit.errors import PermissionDenied, Unauthenticated
from crmkit.failures import classify, code_of, refuse
from crmkit.service import Runtime
from crmkit.telemetry import names
from crmkit.telemetry.tracing import context_of, start_rpc_span

Step = Callable[[Any, Call], Awaitable[Any]]
Context = grpc.aio.ServicerContext[Any, Any]
Level = access_pb2.AccessPolicy.Level
# Left over for the reply to travel, seconds.
DEADLINE_MARGIN = 0.02
# Names what the call did, so that it can be undone (crmkit.operations).
OPERATION_HEADER = "crm-operation-id"


class ContractError(Exception):
    """A contract that the kit refuses to serve."""


@dataclass(frozen=True)
class Method:
    """One RPC of a contract with what its options say."""

    path: str
    descriptor: MethodDescriptor
    policy: access_pb2.AccessPolicy
    read_only: bool
    idempotent: bool

    @classmethod
    def of(cls, descriptor: MethodDescriptor) -> Method:
        """Raises ContractError when the RPC declares no complete access policy."""
        options = descriptor.GetOptions()
        path = f"/{descriptor.containing_service.full_name}/{descriptor.name}"
        if not options.HasExtension(access_pb2.access):
            raise ContractError(f"{path} declares no access policy (option (crm.common.v1.access))")
        policy = options.Extensions[access_pb2.access]
        by_role = policy.level in (Level.LEVEL_UNSPECIFIED, Level.LEVEL_ROLE)
        if by_role and not (policy.object and policy.action):
            raise ContractError(f"{path} needs an object and an action in its access policy")
        read_only = options.Extensions[access_pb2.behaviour].read_only
        idempotent = not read_only and "request_id" in descriptor.input_type.fields_by_name
        return cls(path, descriptor, policy, read_only, idempotent)

    @property
    def by_role(self) -> bool:
        """Whether roles decide; otherwise anyone or anyone signed in may call."""
        return self.policy.level in (Level.LEVEL_UNSPECIFIED, Level.LEVEL_ROLE)


def compose(
    method: Method, handler: Callable[..., Any], runtime: Runtime, *, own_connections: bool = False
) -> grpc.RpcMethodHandler[Any, Any]:
    """The complete handler of one RPC for the gRPC server; see Servicer.own_connections."""
    streams_out = method.descriptor.server_streaming
    step: Step = _stream(handler) if streams_out else handler
    if not own_connections:
        step = _in_transaction(method, step, runtime)
    step = _with_access(method, step, runtime)
    step = _with_identity(method, step, runtime)
    step = _with_deadline(method, step, runtime)
    serve = _serve(method, step, runtime)
    encode = GetMessageClass(method.descriptor.output_type).SerializeToString
    kinds = {
        (False, False): grpc.unary_unary_rpc_method_handler,
        (False, True): grpc.unary_stream_rpc_method_handler,
        (True, False): grpc.stream_unary_rpc_method_handler,
        (True, True): grpc.stream_stream_rpc_method_handler,
    }
    # Requests are read by `serve`: what grpc could not read would be answered with a Python exception's name.
    return kinds[method.descriptor.client_streaming, streams_out](serve, None, encode)


def _stream(handler: Callable[[Any, Call], AsyncIterator[Message]]) -> Step:
    """Sends what the handler yields, one message after the other, and ends the handler when the caller goes."""

    async def step(request: Any, call: Call) -> None:
        assert call.write is not None  # noqa: S101 - set for every streaming method by _serve
        messages = handler(request, call)
        try:
            async for message in messages:
                await call.write(message)
        finally:
            await messages.aclose()  # type: ignore[attr-defined]

    return step


def _in_transaction(method: Method, step: Step, runtime: Runtime) -> Step:
    if method.read_only:

        async def read(request: Any, call: Call) -> Any:
            async with runtime.reader.connect() as call._db:
                return await step(request, call)

        return read

    async def write(request: Any, call: Call) -> Any:
        async with call.transaction():
            return await _once(method, step, request, call)

    return write


async def _once(method: Method, step: Step, request: Any, call: Call) -> Any:
    """Runs the handler, or answers with the stored reply of the same request_id."""
    request_id = idempotency.request_id_of(request) if method.idempotent else None
    if request_id is None or call.principal is None:
        return await step(request, call)
    user_id, call.request_id = call.principal.user_id, request_id
    fingerprint = idempotency.fingerprint_of(request, call.runtime.seal_key)
    stored = await idempotency.take(call.db, user_id, method.path, request_id, fingerprint)
    if stored is not None:
        if call.runtime.service.operations:
            call.undoable_id = await operations.of_request(call.db, user_id, call.method_name, request_id)
        return GetMessageClass(method.descriptor.output_type).FromString(stored)
    reply = await step(request, call)
    await idempotency.store(call.db, user_id, method.path, request_id, reply)
    return reply


def _with_access(method: Method, step: Step, runtime: Runtime) -> Step:
    if not method.by_role:
        return step
    object_name, action = method.policy.object, method.policy.action

    async def checked(request: Any, call: Call) -> Any:
        call.scope = runtime.access.scope(call.require(), object_name, action)
        if call.scope is Scope.NONE:
            raise PermissionDenied(
                "PERMISSION_DENIED",
                f"Your roles do not let you {action} {object_name}.",
                object=object_name,
                action=action,
            )
        return await step(request, call)

    return checked


def _with_identity(method: Method, step: Step, runtime: Runtime) -> Step:
    if method.policy.level == Level.LEVEL_PUBLIC:
        return step

    async def identified(request: Any, call: Call) -> Any:
        authorization = call.metadata.get("authorization", "")
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("SIGN_IN_REQUIRED", "Sign in to do this.")
        verified = runtime.verifier.verify(token)
        call.principal = runtime.access.admit(verified.principal, verified.issued_ms)
        return await step(request, call)

    return identified


def _with_deadline(method: Method, step: Step, runtime: Runtime) -> Step:
    """Ends the call, and its query on the server, when the caller's time is over.

    Streams live as long as the caller lets them; a unary call at most `max_call_seconds`.
    """
    streaming = method.descriptor.client_streaming or method.descriptor.server_streaming
    longest = None if streaming else runtime.settings.max_call_seconds

    async def limited(request: Any, call: Call) -> Any:
        remaining = call.time_remaining
        seconds = remaining - DEADLINE_MARGIN if remaining is not None else longest
        if longest is not None and seconds is not None:
            seconds = min(seconds, longest)
        async with asyncio.timeout(seconds):
            return await step(request, call)

    return limited


async def _told(context: Context, call: Call, reply: Any) -> Any:
    """The reply, with the header that names the operation ahead of it."""
    if call.undoable_id is not None:
        await context.send_initial_metadata(((OPERATION_HEADER, str(call.undoable_id)),))
    return reply


def _serve(method: Method, step: Step, runtime: Runtime) -> Callable[[Any, Context], Awaitable[Any]]:
    """The outermost step: span, metrics, and the reply to an exception."""
    path = method.path
    name = path[1:]
    durations: dict[grpc.StatusCode, Histogram] = {}
    streams_in, streams_out = method.descriptor.client_streaming, method.descriptor.server_streaming
    decode = decoder(method.descriptor.input_type)

    async def serve(data: Any, context: Context) -> Any:
        begun = time.perf_counter()
        names.rpc_active.inc()
        metadata = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        span = start_rpc_span(name, context_of(metadata))
        code = grpc.StatusCode.OK
        try:
            with trace.use_span(span, record_exception=False, set_status_on_exception=False):
                call = Call(
                    method=path,
                    runtime=runtime,
                    now=datetime.now(UTC),
                    metadata=metadata,
                    peer=context.peer(),
                    time_remaining=context.time_remaining(),
                    write=context.write if streams_out else None,
                )
                try:
                    request = decoded(data, decode) if streams_in else decode(data)
                    return await _told(context, call, await step(request, call))
                except asyncio.CancelledError:
                    code = grpc.StatusCode.CANCELLED
                    raise
                except Exception as error:
                    refusal = classify(error, runtime.service)
                    code = code_of(refusal)
                    span.set_status(Status(StatusCode.ERROR))
                    await refuse(context, refusal)
        finally:
            names.rpc_active.dec()
            exemplar = None
            if span.is_recording():
                exemplar = {"trace_id": trace.format_trace_id(span.get_span_context().trace_id)}
                span.set_attribute(names.RPC_STATUS, code.name)
            span.end()
            if code not in durations:  # only codes that occur become series
                durations[code] = names.rpc_duration.labels(name, code.name)
            durations[code].observe(time.perf_counter() - begun, exemplar)

    return serve
