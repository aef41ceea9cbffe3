"""Requests from the wire: what is no message of the contract, or holds text nobody can store, is refused here."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import ListValue, Struct, Value

from crmkit.errors import InvalidArgument

Decode = Callable[[bytes], Message]


def decoder(descriptor: Descriptor) -> Decode:
    """Reads messages of one type.

    Raises InvalidArgument REQUEST_MALFORMED for other bytes and for text that is not UTF-8, and TEXT_INVALID naming
    the field whose text holds a NUL character, which PostgreSQL cannot store or compare with.
    """
    parse = GetMessageClass(descriptor).FromString

    def decode(data: bytes) -> Message:
        try:
            message: Message = parse(data)
        except DecodeError as error:
            raise InvalidArgument(
                "REQUEST_MALFORMED", f"The request is no {descriptor.name}, or holds text that is not UTF-8."
            ) from error
        # Almost no request has a zero byte, and looking for one costs next to nothing.
        if b"\0" in data and (field := next(_with_nul(message), None)) is not None:
            raise InvalidArgument("TEXT_INVALID", f"{field} holds a NUL character.", field=field)
        return message

    return decode


async def decoded(pieces: AsyncIterator[bytes], decode: Decode) -> AsyncIterator[Message]:
    """The messages of a streamed request."""
    async for piece in pieces:
        yield decode(piece)


def _with_nul(message: Message, path: str = "") -> Iterator[str]:
    """The paths of texts with a NUL character."""
    for field, value in message.ListFields():
        if field.type == FieldDescriptor.TYPE_STRING:
            for place, text in _each(field, value, path):
                if "\0" in text:
                    yield place
        elif field.message_type is not None:
            for place, part in _each(field, value, path):
                yield from _with_nul_in(part, place)


def _with_nul_in(part: Any, path: str) -> Iterator[str]:
    """The same for a message that is a field; free JSON is told as the caller wrote it."""
    if isinstance(part, Struct):
        for name, value in part.fields.items():
            if "\0" in name:
                yield path
            yield from _with_nul_in(value, f"{path}.{name}")
    elif isinstance(part, ListValue):
        for index, value in enumerate(part.values):
            yield from _with_nul_in(value, f"{path}[{index}]")
    elif isinstance(part, Value):
        kind = part.WhichOneof("kind")
        if kind == "string_value" and "\0" in part.string_value:
            yield path
        elif kind in ("struct_value", "list_value"):
            yield from _with_nul_in(getattr(part, kind), path)
    else:
        yield from _with_nul(part, path)


def _each(field: FieldDescriptor, value: Any, path: str) -> Iterator[tuple[str, Any]]:
    place = f"{path}.{field.name}" if path else field.name
    if not field.is_repeated:
        yield place, value
    else:
        for index, item in enumerate(value):
            yield f"{place}[{index}]", item
