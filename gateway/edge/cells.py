"""Values of any message as text: the cells of a file, the lines of a search.

A path is looked up in the contract once, not for every record: an export reads some thirty paths of a million records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter
from typing import Any

import orjson
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from crm.common.v1.edge_pb2 import Export
from crmkit.money import from_proto

SEPARATOR = "; "
# One text for each element of the field a path begins with, the primary first; at least one, which may be empty.
Texts = Callable[[Any], Sequence[str]]
_NOTHING = ("",)


def row_reader(record: Any, columns: Iterable[Export.Column]) -> Callable[[Any], list[str]]:
    """What makes the cells of a record, given by its descriptor. Raises KeyError for a path that is none of its own."""
    cells = [_cell(texts_reader(record, column.path or column.name), column.take) for column in columns]
    return lambda message: [cell(message) for cell in cells]


def texts_reader(record: Any, path: str) -> Texts:
    """What reads a path of crm.common.v1.SearchSource or Export. Raises as `row_reader`."""
    name, _, rest = path.partition(".")
    first, *others = [_field_reader(record.fields_by_name[one], rest) for one in name.split("|")]
    if not others:
        return first

    def read(message: Any) -> Sequence[str]:
        found = first(message)
        for other in others:
            if any(found):
                return found
            found = other(message)
        return found

    return read


def _cell(read: Texts, take: Export.Take.ValueType) -> Callable[[Any], str]:
    if take == Export.TAKE_FIRST:
        return lambda message: read(message)[0]
    start = 1 if take == Export.TAKE_REST else 0

    def joined(message: Any) -> str:
        found = read(message)
        return found[0] if len(found) == 1 and not start else SEPARATOR.join(filter(None, found[start:]))

    return joined


def _field_reader(field: Any, rest: str) -> Texts:
    get, text = attrgetter(field.name), _text_reader(field, rest)
    if field.is_repeated:
        ordered = field.message_type is not None and "primary" in field.message_type.fields_by_name

        def read_all(message: Any) -> Sequence[str]:
            elements = get(message)
            if ordered and len(elements) > 1:
                elements = sorted(elements, key=lambda one: not one.primary)
            return [text(one) for one in elements] or _NOTHING

        return read_all
    if field.message_type is not None:
        return lambda message: (text(get(message)),) if message.HasField(field.name) else _NOTHING
    return lambda message: (text(get(message)),)


def _text_reader(field: Any, rest: str) -> Callable[[Any], str]:
    if rest:
        return _cell(texts_reader(field.message_type, rest), Export.TAKE_ALL)
    if field.message_type is not None:
        return _MESSAGES.get(field.message_type.full_name, _json)
    if field.enum_type is not None:
        return _enum_reader(field.enum_type)
    if field.type == FieldDescriptor.TYPE_STRING:
        return str
    if field.type == FieldDescriptor.TYPE_BOOL:
        return lambda value: "true" if value else "false"
    return lambda value: str(value) if value else ""


def _enum_reader(kind: Any) -> Callable[[Any], str]:
    """ "customer" of LIFECYCLE_STAGE_CUSTOMER, "unspecified" of none."""
    prefix = kind.values_by_number[0].name.removesuffix("UNSPECIFIED")
    names = {value.number: value.name.removeprefix(prefix).lower() for value in kind.values}
    return lambda number: names.get(number, str(number))


def _json(value: Message) -> str:
    return orjson.dumps(MessageToDict(value)).decode()


def _partial_date(day: Any) -> str:
    """ISO 8601, "--12-31" when the year is not known."""
    if not day.month:
        return ""
    return f"{day.year:04}-{day.month:02}-{day.day:02}" if day.year else f"--{day.month:02}-{day.day:02}"


def _instant(time: Any) -> str:
    return str(time.ToJsonString()) if time.seconds else ""


def _money(amount: Any) -> str:
    """ "1250.50 EUR"."""
    found = from_proto(amount, "")
    return "" if found is None else f"{found.value:f} {found.currency}"


_MESSAGES: Mapping[str, Callable[[Any], str]] = {
    "crm.common.v1.PartialDate": _partial_date,
    "google.protobuf.Timestamp": _instant,
    "google.type.Money": _money,
}
