"""Requests that nobody sends on purpose, made from the contracts: mostly right, with something wrong in them.

A body that is wrong all over is refused at its first field, and nothing behind it is reached. So `bodies` draws
plausible values for some fields, and bad ones for at most two of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import ListValue, Value
from hypothesis import strategies as st

Strategy = st.SearchStrategy[Any]
Ids = Mapping[str, Sequence[str]]

EXTREMES = (
    "",
    "\0",
    "before\0after",
    "\x1b[31m\x07\r\n\t",
    "\ud800",  # half a character, as JavaScript lets people send
    "a\udfffb",
    "\ufeff\u200b\u200c\u200d\u2060",
    "\u202egnp.exe\u202c",
    "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "کتاب‌های علي ـــ ١٢٣",
    "İıŞşƏə ß ﬃ Ǆ",
    "e" + "\u0301" * 300,
    "ﷺ" * 200,  # eighteen letters each once folded
    "".join(chr(0x3300 + number * 89 % 256) for number in range(200)),  # four each, and hard to compress
    "x" * 70_000,
    "😀" * 5_001,
    "%_\\%%",
    "'; DROP TABLE contact; --",
    '"(a AND',
    "{{7*7}} ${x} {0}",
    "NaN",
    "null",
    "-1",
    "9" * 400,
    "1e400",
    "=cmd|' /C calc'!A1",
    "\uffff\U0010ffff",
)
TIMES = (
    "0001-01-01T00:00:00Z",
    "0000-01-01T00:00:00Z",
    "1583-10-04T00:00:00.000000001Z",
    "9999-12-31T23:59:59.999999999Z",
    "10000-01-01T00:00:00Z",
    "-0044-03-15T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-01-01T23:59:60Z",
    "2026-01-01T00:00:00+14:00",
    "2026-01-01",
    "",
)
NUMBERS = (0, -1, 1, 2**31 - 1, -(2**31), 2**31, 2**63, -(2**63) - 1, 10**40, 1.5, 1e308, -0.0)
FILTERS = (
    'display_name:"a"',
    'given_name = "\\u0000"',
    "create_time > 0001-01-01T00:00:00Z",
    'create_time < "9999-12-31T23:59:59.999999999Z"',
    'create_time = "10000-01-01T00:00:00Z"',
    "employee_count = 99999999999999999999",
    "employee_count > 1e400",
    "custom.tier = 1e400",
    "custom.tier = NaN",
    "custom.a.b = 1",
    "custom.x:*",
    "tags:*",
    "tags:vip",
    "lifecycle_stage = 77",
    "lifecycle_stage = LIFECYCLE_STAGE_LEAD",
    "id = 1",
    'company_id = "not-a-uuid"',
    "NOT " * 500 + 'source = "x"',
    "(" * 500,
    'source = "x" OR ' * 300 + 'source = "y"',
    "email = a@b.com AND",
    "active = maybe",
    "occur_time > yesterday",
    "type = note",
)
ORDERS = ("", "create_time desc", "display_name", "name desc", "update_time", "display_name desc, id", "id;--", "\0")

every_text = st.text(max_size=60) | st.sampled_from(EXTREMES)
good_text = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30) | st.sampled_from(
    ("Ann Lee", "علی رضایی", "Şəhla Əliyeva", "Nurul Huda binti Ahmad", "李小龍", "O’Neil-Smith", "👩‍👩‍👧", "🇮🇷")
)
filters = st.sampled_from(FILTERS) | st.builds(
    " ".join, st.lists(st.sampled_from(("AND", "OR", "NOT", "(", ")", *FILTERS)) | every_text, max_size=5)
)
request_ids = st.just("") | st.uuids().map(str) | every_text
orders = st.sampled_from(ORDERS) | every_text
_scalars = st.none() | st.booleans() | st.sampled_from(NUMBERS) | every_text
any_json = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(every_text, inner, max_size=3), max_leaves=8
) | st.integers(1, 120).map(lambda depth: json.loads("[" * depth + "]" * depth))
_custom_value = good_text | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.lists(good_text)
_good_custom = st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True), _custom_value, max_size=4)

# Good values of single fields, by name.
_GOOD: dict[str, Strategy] = {
    "address": st.emails().filter(lambda address: len(address) < 60)
    | st.sampled_from(("a@example.com", "b@bücher.example")),
    "email": st.integers(0, 10**12).map(lambda number: f"user{number}@example.com"),
    "number": st.integers(1000, 9999).map(lambda tail: f"+98912100{tail}") | st.just("۰۹۱۲۱۰۰۰۳۱۶"),
    "region": st.sampled_from(("IR", "AZ", "MY", "US", "")),
    "language": st.sampled_from(("en", "fa", "az", "ms", "")),
    "time_zone": st.sampled_from(("Asia/Tehran", "Asia/Baku", "UTC", "")),
    "calendar": st.sampled_from(("gregorian", "jalali", "")),
    "domains": st.lists(st.sampled_from(("example.com", "bücher.example", "EXAMPLE.org")), max_size=2),
    "currency_code": st.sampled_from(("USD", "AZN", "IRR")),
    "units": st.integers(0, 10**12).map(str),
    "nanos": st.integers(0, 999_999_999),
    "year": st.integers(1900, 2020),
    "month": st.integers(1, 12),
    "day": st.integers(1, 28),
    "employee_count": st.integers(0, 10**6),
    "role_ids": st.just(["viewer"]),
    "primary": st.just(False),
}
_IDS = {"company_id": "companies", "parent_id": "companies", "owner_id": "users", "team_id": "teams"}
# Written by the service, or given by the test itself.
_LEFT_OUT = frozenset(
    ("id", "display_name_key", "etag", "audit", "normalized", "e164", "company_name", "subject_id", "subject_type")
)
_cells = st.sampled_from(
    (b"Name", b"E-mail", b"a@example.com", b'"', b'""', b",", b";", b"\t", b"\n", b"\r\n", b"\0", b"\xff")
)
files = st.binary(max_size=300) | st.builds(bytes.join, st.just(b","), st.lists(_cells | st.binary(max_size=5)))
import_options = st.fixed_dictionaries(
    {},
    optional={
        "encoding": st.sampled_from(("utf-8", "utf-16", "windows-1256", "cp037")) | every_text,
        "delimiter": st.sampled_from((",", ";", "\t", "||")) | every_text,
        "region": every_text,
        "locale": st.sampled_from(("fa", "xx")) | every_text,
        "mode": st.sampled_from(("MODE_CREATE", 99, "")),
        "mapping": st.lists(
            st.fixed_dictionaries({"column": every_text, "field": st.just("email") | every_text}), max_size=3
        ),
    },
)


def bodies(message: Descriptor, ids: Ids, *, required: Sequence[str] = ()) -> st.SearchStrategy[dict[str, Any]]:
    """A record as JSON: what is required and some other fields, at most two of them bad.

    `ids` names records that exist, by kind.
    """
    fields = [field for field in message.fields if field.name not in _LEFT_OUT]
    always = [field for field in fields if field.json_name in required]

    @st.composite
    def drawn(draw: st.DrawFn) -> dict[str, Any]:
        chosen = draw(st.lists(st.sampled_from(fields), unique=True, max_size=8))
        record = {field.json_name: draw(_good(field, ids)) for field in (*always, *chosen)}
        for field in draw(st.lists(st.sampled_from(fields), unique=True, max_size=2)) if draw(st.booleans()) else ():
            record[field.json_name] = draw(_bad(field, ids))
        return record

    return drawn()


def masks(message: Descriptor, record: dict[str, Any]) -> st.SearchStrategy[str]:
    """An update mask: that of the record, or one that is wrong."""
    names = [field.json_name for field in message.fields]
    wrong = st.lists(
        st.sampled_from((*names, "custom.tier", "custom.", "emails.address", "*")) | every_text, max_size=4
    )
    return st.just(",".join(record)) | st.just(",".join(record)) | wrong.map(",".join)


def _many(field: FieldDescriptor, one: Strategy, most: int) -> Strategy:
    return st.lists(one, max_size=most) if field.is_repeated else one


@cache
def _names(field: FieldDescriptor) -> tuple[str, ...]:
    return tuple(value.name for value in field.enum_type.values) if field.enum_type else ()


def _good(field: FieldDescriptor, ids: Ids) -> Strategy:
    if field.name in _GOOD:
        return _GOOD[field.name]
    if field.name in _IDS:
        return st.sampled_from((*ids.get(_IDS[field.name], ()), ""))
    if field.enum_type:
        return st.sampled_from(_names(field)[1:])
    kind = field.message_type.full_name if field.message_type else ""
    if kind == "google.protobuf.Struct":
        return _good_custom
    if kind == "google.protobuf.Timestamp":
        return st.datetimes().map(lambda time: f"{time.isoformat()}Z")
    if field.message_type:
        parts = {part.json_name: _good(part, ids) for part in field.message_type.fields if part.name not in _LEFT_OUT}
        return _many(field, st.fixed_dictionaries(parts), 2)
    if field.type == FieldDescriptor.TYPE_STRING:
        return _many(field, good_text, 3)
    return st.booleans() if field.type == FieldDescriptor.TYPE_BOOL else st.integers(0, 100)


def _bad(field: FieldDescriptor, ids: Ids) -> Strategy:
    kind = field.message_type.full_name if field.message_type else ""
    if kind in ("google.protobuf.Struct", "google.protobuf.Value"):
        return st.dictionaries(every_text, any_json, max_size=3) | any_json
    if kind == "google.protobuf.Timestamp":
        return st.sampled_from(TIMES) | every_text
    if field.message_type:
        parts = [part for part in field.message_type.fields if part.name not in _LEFT_OUT]

        @st.composite
        def one(draw: st.DrawFn) -> dict[str, Any]:
            wrong = draw(st.sampled_from(parts))
            return {part.json_name: draw((_bad if part is wrong else _good)(part, ids)) for part in parts}

        return _many(field, one(), 25)
    if field.enum_type:
        return st.sampled_from((*_names(field), "", "UNKNOWN", 99, -1, 2**40))
    if field.type == FieldDescriptor.TYPE_STRING:
        return _many(field, every_text, 60)
    return st.sampled_from(NUMBERS) | st.booleans() | every_text


def wire(message: Descriptor, ids: Ids) -> st.SearchStrategy[bytes]:
    """Bytes for a gRPC call: a message whose fields hold anything, often damaged, or no message at all."""
    every_id = tuple(id_ for some in ids.values() for id_ in some)
    sent = _messages(message, every_id, 5).map(_serialized)
    return (
        sent | sent | st.builds(_damaged, sent, st.integers(0, 1000), st.binary(max_size=3)) | st.binary(max_size=100)
    )


def _damaged(data: bytes, place: int, put: bytes) -> bytes:
    place %= len(data) + 1
    return data[:place] + put + data[place + 1 :]


def _serialized(message: Message) -> bytes:
    return message.SerializeToString()


def _messages(descriptor: Descriptor, ids: Sequence[str], depth: int) -> st.SearchStrategy[Message]:
    fields = [field for field in descriptor.fields if depth or field.message_type is None]

    @st.composite
    def drawn(draw: st.DrawFn) -> Message:
        message: Message = GetMessageClass(descriptor)()
        chosen = draw(st.lists(st.sampled_from(fields), unique=True, max_size=8) if fields else st.just([]))
        for field in chosen:
            if field.message_type is not None and field.message_type.GetOptions().map_entry:
                held = field.message_type.fields_by_name["value"]
                for key in draw(st.lists(_utf8, max_size=2)):
                    getattr(message, field.name)[key].CopyFrom(draw(_value(held, ids, depth - 1)))
            elif field.is_repeated:
                getattr(message, field.name).extend(draw(st.lists(_value(field, ids, depth), max_size=3)))
            elif field.message_type is not None:
                getattr(message, field.name).CopyFrom(draw(_value(field, ids, depth)))
            else:
                setattr(message, field.name, draw(_value(field, ids, depth)))
        return message

    return drawn()


_utf8 = every_text.filter(lambda text: not any("\ud800" <= character <= "\udfff" for character in text))
_bits = {FieldDescriptor.CPPTYPE_INT32: 31, FieldDescriptor.CPPTYPE_ENUM: 31, FieldDescriptor.CPPTYPE_INT64: 63}


def _value(field: FieldDescriptor, ids: Sequence[str], depth: int) -> Strategy:
    if field.message_type is not None:
        if field.message_type.full_name == "google.protobuf.Value":
            return _messages(field.message_type, ids, depth - 1) | st.integers(1, 40).map(_nested)
        return _messages(field.message_type, ids, depth - 1)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return st.binary(max_size=200)
    if field.type == FieldDescriptor.TYPE_STRING:
        named = st.sampled_from(ids) | _utf8 if field.name.endswith("id") else _utf8 | good_text
        return named | _GOOD[field.name].filter(lambda value: isinstance(value, str)) if field.name in _GOOD else named
    if field.cpp_type in _bits:
        most = 2 ** _bits[field.cpp_type]
        return st.integers(0, 5) | st.integers(-most, most - 1)
    return st.booleans() if field.type == FieldDescriptor.TYPE_BOOL else st.floats()


def _nested(depth: int) -> Value:
    value = Value(number_value=float("nan"))
    for _ in range(depth):
        value = Value(list_value=ListValue(values=[value]))
    return value
