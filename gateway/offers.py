"""What the edge offers of services beyond passing their RPCs on, found in the contracts by names and options.

A further service needs no line here: `Search<Records>` with the option search_source joins the search over
everything, `Export<Records>` with the option export becomes a file, and `ListRejectedRows` beside `GetImport` a file of
what an import refused (docs/add-a-service.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

from google.protobuf import descriptor_pool, message_factory
from google.protobuf.message import Message

from crm.common.v1 import edge_pb2
from gateway import contracts
from gateway.contracts import GrpcService, Rpc

_REJECTED = "ListRejectedRows"
_IMPORT = "GetImport"
_UPLOAD = "UploadFile"


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of record that the search over everything finds."""

    domain: str
    rpc: Rpc
    option: edge_pb2.SearchSource

    @property
    def name(self) -> str:
        """In the plural, as RPC and addresses have it: "contacts"."""
        return _records(self.rpc, "Search")


@dataclass(frozen=True, slots=True)
class Export:
    """A kind of record that can be had as a file."""

    domain: str
    rpc: Rpc
    columns: tuple[edge_pb2.Export.Column, ...]

    @property
    def name(self) -> str:
        """As of a source."""
        return _records(self.rpc, "Export")

    @property
    def path(self) -> str:
        """Its address."""
        return f"/v1/{self.name}:export"


@dataclass(frozen=True, slots=True)
class Rejections:
    """Imports of a service, whose refused records can be had as a file."""

    domain: str
    rpc: Rpc
    read: Rpc

    @property
    def path(self) -> str:
        """Its address, with `{id}` for the import's."""
        assert self.read.http is not None  # noqa: S101 - looked at in `rejections`
        return f"{self.read.http.template}/rejectedRows.csv"


@dataclass(frozen=True, slots=True)
class Upload:
    """Where files for imports go."""

    domain: str
    rpc: Rpc


@cache
def sources() -> tuple[Source, ...]:
    """All sources of the search, the best rank first and those without one last."""
    found = [
        Source(service.domain, rpc, rpc.search_source)
        for service, rpc in _rpcs()
        if rpc.search_source is not None and not rpc.streaming
    ]
    return tuple(sorted(found, key=lambda one: (one.option.rank or 1_000, one.name)))


@cache
def exports() -> tuple[Export, ...]:
    """All exports, in order of name."""
    found = [
        Export(service.domain, rpc, tuple(rpc.export.columns)) for service, rpc in _rpcs() if rpc.export is not None
    ]
    return tuple(sorted(found, key=lambda one: one.name))


@cache
def rejections() -> tuple[Rejections, ...]:
    """All imports that keep what they refuse."""
    found = []
    for service in contracts.services():
        named = {rpc.name: rpc for rpc in service.rpcs}
        if _REJECTED in named and _IMPORT in named and named[_IMPORT].http is not None:
            found.append(Rejections(service.domain, named[_REJECTED], named[_IMPORT]))
    return tuple(found)


@cache
def upload() -> Upload:
    """The one service that takes files. Raises ValueError when there are several: they would share an address."""
    found = [Upload(service.domain, rpc) for service, rpc in _rpcs() if rpc.name == _UPLOAD and rpc.client_streaming]
    if len(found) != 1:
        raise ValueError(f"one service takes files, not {[one.rpc.path for one in found]}")
    return found[0]


@cache
def message_class(full_name: str) -> type[Message]:
    """The class of a message of the contracts."""
    for file in contracts.descriptor_set().file:
        if file.package.startswith("crm."):
            import_module(file.name.removesuffix(".proto").replace("/", ".") + "_pb2")
    return message_factory.GetMessageClass(descriptor_pool.Default().FindMessageTypeByName(full_name))


def unary(channel: Any, rpc: Rpc) -> Any:
    """The call of a unary RPC on a channel of grpc.aio."""
    return channel.unary_unary(rpc.path, **_coding(rpc))


def stream(channel: Any, rpc: Rpc) -> Any:
    """The call of an RPC that answers a stream."""
    return channel.unary_stream(rpc.path, **_coding(rpc))


def client_stream(channel: Any, rpc: Rpc) -> Any:
    """The call of an RPC that takes a stream."""
    return channel.stream_unary(rpc.path, **_coding(rpc))


def _coding(rpc: Rpc) -> dict[str, Any]:
    sent, received = message_class(rpc.input_type), message_class(rpc.output_type)
    return {"request_serializer": sent.SerializeToString, "response_deserializer": received.FromString}


def _rpcs() -> Iterator[tuple[GrpcService, Rpc]]:
    for service in contracts.services():
        for rpc in service.rpcs:
            yield service, rpc


def _records(rpc: Rpc, verb: str) -> str:
    """ "contacts" of "SearchContacts". Raises ValueError for a name without the verb."""
    if not rpc.name.startswith(verb):
        raise ValueError(f"{rpc.path}: named {verb}<Records>")
    name = rpc.name.removeprefix(verb)
    return name[:1].lower() + name[1:]
