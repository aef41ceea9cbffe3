"""What a request may not be before anything looks at it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.contacts.v1 import contact_pb2, import_service_pb2
from crmkit.decoding import decoded, decoder
from crmkit.errors import InvalidArgument

decode = decoder(contact_pb2.CreateContactRequest.DESCRIPTOR)


def request_of(contact: Any) -> contact_pb2.CreateContactRequest:
    return contact_pb2.CreateContactRequest(contact=contact)


def refused(data: bytes) -> InvalidArgument:
    with pytest.raises(InvalidArgument) as caught:
        decode(data)
    return caught.value


def test_a_message_comes_back_as_it_was_sent() -> None:
    request = request_of({"given_name": "علی", "custom": {"tier": 2.0, "vip": False}})
    assert b"\0" in request.SerializeToString()
    assert decode(request.SerializeToString()) == request


@pytest.mark.parametrize("data", [b"\xff", b"\x0a\x05ab", b"\x12\x02\xc3\x28", b"\x12\x03\xed\xa0\x80"])
def test_what_is_no_message_or_no_utf8_is_refused(data: bytes) -> None:
    assert refused(data).reason == "REQUEST_MALFORMED"


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_else(data: bytes) -> None:
    try:
        decode(data)
    except InvalidArgument as error:
        assert error.reason in ("REQUEST_MALFORMED", "TEXT_INVALID")


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        ({"given_name": "\0"}, "contact.given_name"),
        ({"tags": ["a", "b\0"]}, "contact.tags[1]"),
        ({"emails": [{"address": "a@example.com"}, {"label": "\0"}]}, "contact.emails[1].label"),
        ({"custom": {"note": "a\0b"}}, "contact.custom.note"),
        ({"custom": {"list": ["\0"]}}, "contact.custom.list[0]"),
        ({"custom": {"a\0": 1}}, "contact.custom"),
        ({"custom": {"a": {"b": "\0"}}}, "contact.custom.a.b"),
    ],
)
def test_a_nul_character_is_refused_naming_its_field(contact: dict[str, Any], field: str) -> None:
    error = refused(request_of(contact).SerializeToString())
    assert (error.reason, [wrong.field for wrong in error.violations]) == ("TEXT_INVALID", [field])


async def test_pieces_of_a_stream_are_read_one_by_one_and_files_may_hold_anything() -> None:
    async def pieces() -> Any:
        yield import_service_pb2.UploadFileRequest(content=b"\0\xff").SerializeToString()
        yield b"\xff"

    messages = decoded(pieces(), decoder(import_service_pb2.UploadFileRequest.DESCRIPTOR))
    assert await anext(messages) == import_service_pb2.UploadFileRequest(content=b"\0\xff")
    with pytest.raises(InvalidArgument):
        await anext(messages)
