"""The contracts as the gateway needs them: services, RPCs, their HTTP rules, policies and comments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from google.api import annotations_pb2, http_pb2
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet, MethodDescriptorProto

from crm.common.v1 import access_pb2, edge_pb2

# A path in SourceCodeInfo is a list of field numbers; these are the numbers in FileDescriptorProto.
_SERVICE_FIELD = 6
_METHOD_FIELD = 2
# What every service serves beside its own: no one process answers it, so the edge asks them one by one.
EVERYWHERE = "crm.system.v1"


@dataclass(frozen=True, slots=True)
class HttpRule:
    """How an RPC is reached over HTTP: verb in capitals, path template, and the field that is the body."""

    verb: str
    template: str
    # "*": every field not in the path; a field's name; empty: no body.
    body: str


@dataclass(frozen=True, slots=True)
class Rpc:
    """One RPC of a contract."""

    service: str
    name: str
    input_type: str
    output_type: str
    client_streaming: bool
    server_streaming: bool
    http: HttpRule | None
    public: bool
    object: str
    action: str
    read_only: bool
    search_source: edge_pb2.SearchSource | None
    export: edge_pb2.Export | None
    comment: str

    @property
    def path(self) -> str:
        """The path of a gRPC call, and of a transcoded request after transcoding."""
        return f"/{self.service}/{self.name}"

    @property
    def streaming(self) -> bool:
        return self.client_streaming or self.server_streaming


@dataclass(frozen=True, slots=True)
class GrpcService:
    """One gRPC service; `domain` is the process that serves it ("crm.contacts.v1.X" is served by contacts)."""

    full_name: str
    domain: str
    rpcs: tuple[Rpc, ...]
    comment: str


def descriptor_bytes() -> bytes:
    """The compiled contracts with everything they import, and with comments."""
    return (files("crm") / "descriptors.binpb").read_bytes()


@cache
def descriptor_set() -> FileDescriptorSet:
    return FileDescriptorSet.FromString(descriptor_bytes())


def services() -> tuple[GrpcService, ...]:
    """Every gRPC service of the contracts that one domain serves, in the order of the files."""
    return tuple(service for service in declared() if not service.full_name.startswith(f"{EVERYWHERE}."))


@cache
def declared() -> tuple[GrpcService, ...]:
    """The same and what all domains serve."""
    found = []
    for file in descriptor_set().file:
        if not file.package.startswith("crm."):
            continue
        comments = comments_of(file)
        for index, service in enumerate(file.service):
            place = (_SERVICE_FIELD, index)
            full_name = f"{file.package}.{service.name}"
            rpcs = tuple(
                _rpc(full_name, method, comments.get((*place, _METHOD_FIELD, number), ""))
                for number, method in enumerate(service.method)
            )
            found.append(GrpcService(full_name, file.package.split(".")[1], rpcs, comments.get(place, "")))
    return tuple(found)


def domains() -> tuple[str, ...]:
    """The processes that serve the contracts, in order of name."""
    return tuple(sorted({service.domain for service in services()}))


def comments_of(file: FileDescriptorProto) -> dict[tuple[int, ...], str]:
    """Leading (else trailing) comments by source path, as one text without the comment marks."""
    texts = {}
    for location in file.source_code_info.location:
        text = (location.leading_comments or location.trailing_comments).strip()
        if text:
            texts[tuple(location.path)] = "\n".join(line.strip() for line in text.splitlines())
    return texts


def _rpc(service: str, method: MethodDescriptorProto, comment: str) -> Rpc:
    access = method.options.Extensions[access_pb2.access]
    return Rpc(
        service=service,
        name=method.name,
        input_type=method.input_type.lstrip("."),
        output_type=method.output_type.lstrip("."),
        client_streaming=method.client_streaming,
        server_streaming=method.server_streaming,
        http=_http_rule(method),
        public=access.level == access_pb2.AccessPolicy.LEVEL_PUBLIC,
        object=access.object,
        action=access.action,
        read_only=method.options.Extensions[access_pb2.behaviour].read_only,
        search_source=_option(method, edge_pb2.search_source),
        export=_option(method, edge_pb2.export),
        comment=comment,
    )


def _option(method: MethodDescriptorProto, extension: Any) -> Any:
    return method.options.Extensions[extension] if method.options.HasExtension(extension) else None


def _http_rule(method: MethodDescriptorProto) -> HttpRule | None:
    if not method.options.HasExtension(annotations_pb2.http):
        return None
    rule: http_pb2.HttpRule = method.options.Extensions[annotations_pb2.http]
    verb = rule.WhichOneof("pattern")
    if verb is None or verb == "custom" or rule.additional_bindings:
        raise ValueError(f"{method.name}: one HTTP verb and one path per RPC")
    return HttpRule(verb.upper(), getattr(rule, verb), rule.body)
