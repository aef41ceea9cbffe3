"""COPY of many rows, in PostgreSQL's binary format, made here: in a thread, beside the event loop, and beside the
transaction that will write them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice, repeat
from operator import itemgetter
from struct import Struct
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.db import plain

Encoder = Callable[[Any], bytes]
# The values of a column to what is written of each.
ColumnEncoder = Callable[[Sequence[Any]], Iterable[bytes]]

_SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END: Final = b"\xff\xff"
_NULL: Final = b"\xff\xff\xff\xff"
_EMPTY: Final = bytes(4)
_size = Struct(">i").pack
_int2 = Struct(">ih").pack
_int4 = Struct(">ii").pack
_int8 = Struct(">iq").pack
_count = Struct(">h").pack
# One dimension, no nulls, elements of type text (its oid is 25), counted from 1.
_array = Struct(">iiiii").pack
_NO_ELEMENTS: Final = _size(12) + Struct(">iii").pack(0, 0, 25)
# Rows are encoded so many at a time, column by column: what a column holds is of one type and often the same again.
# More would not stay in the processor's caches.
_BLOCK: Final = 250
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


def json(value: Any) -> bytes:
    """JSON as it is stored: UUIDs as strings, instants as RFC 3339 in UTC. Raises TypeError on other types."""
    return orjson.dumps(value, default=plain, option=orjson.OPT_UTC_Z)


def _text(value: str | None) -> bytes:
    if not value:
        return _NULL if value is None else _EMPTY
    encoded = value.encode()
    return _size(len(encoded)) + encoded


def _json(value: Any) -> bytes:
    """Bytes are JSON already."""
    if value is None:
        return _NULL
    encoded = value if type(value) is bytes else json(value)
    return _size(len(encoded) + 1) + b"\x01" + encoded


def _texts(value: Sequence[str]) -> bytes:
    if not value:
        return _NO_ELEMENTS
    elements = b"".join(map(_text, value))
    return _size(20 + len(elements)) + _array(1, 0, 25, len(value), 1) + elements


def _uuid(value: UUID | None) -> bytes:
    return _NULL if value is None else b"\x00\x00\x00\x10" + value.int.to_bytes(16)


def _instant(value: datetime | None) -> bytes:
    if value is None:
        return _NULL
    since = value - _EPOCH
    return _int8(8, (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds)


class _Memory(dict[Any, bytes]):
    """What values come to, worked out once each."""

    def __init__(self, encode: Encoder) -> None:
        self._encode = encode

    def __missing__(self, value: Any) -> bytes:
        encoded = self[value] = self._encode(value)
        return encoded


def _each(encode: Encoder) -> ColumnEncoder:
    """For values that differ, and those that equal others but are written otherwise (JSON's 1 and true)."""

    def column(values: Sequence[Any]) -> Iterable[bytes]:
        return map(encode, values)

    return column


def _repeated(encode: Encoder) -> ColumnEncoder:
    """For values that many rows share."""

    def column(values: Sequence[Any]) -> Iterable[bytes]:
        first = values[0]
        if first is values[-1] and values.count(first) == len(values):
            return repeat(encode(first), len(values))
        return map(_Memory(encode).__getitem__, values)

    return column


_ENCODERS: Final[dict[type[Any], ColumnEncoder]] = {
    Text: _repeated(_text),
    JSONB: _each(_json),
    ARRAY: _each(_texts),
    Uuid: _each(_uuid),
    DateTime: _repeated(_instant),
    Boolean: _each((b"\x00\x00\x00\x01\x00", b"\x00\x00\x00\x01\x01").__getitem__),
    SmallInteger: _repeated(lambda value: _int2(2, value)),
    Integer: _repeated(lambda value: _int4(4, value)),
    BigInteger: _repeated(lambda value: _int8(8, value)),
}


def _encoder(column: Column[Any]) -> ColumnEncoder:
    """Raises KeyError for a type that nobody has copied yet."""
    return _ENCODERS[type(column.type)]


class Copied:
    """Columns of a table, into which rows are copied."""

    def __init__(self, table: Table, columns: Sequence[str] = (), *, into: str = "") -> None:
        """All columns unless named. `into`: the name of another table of the same columns."""
        self.table = into or table.name
        self.columns: Final = tuple(columns) or tuple(column.name for column in table.c)
        self._encoders = tuple(_encoder(table.c[name]) for name in self.columns)
        self._count = _count(len(self.columns))

    def rows(self, values: Iterable[Sequence[Any]]) -> list[bytes]:
        """Rows, their values in the order of the columns."""
        iterator, rows = iter(values), list[bytes]()
        while block := list(islice(iterator, _BLOCK)):
            rows += self._encoded(block)
        return rows

    def named(self, values: Iterable[Mapping[str, Any]]) -> list[bytes]:
        """Rows, their values by column."""
        return self.rows(map(itemgetter(*self.columns), values))

    def _encoded(self, block: Sequence[Sequence[Any]]) -> list[bytes]:
        columns = zip(*block, strict=True)
        encoded = [encode(column) for encode, column in zip(self._encoders, columns, strict=True)]
        count, join = self._count, b"".join
        return [count + join(row) for row in zip(*encoded, strict=True)]

    async def copy(self, db: AsyncConnection, rows: Sequence[bytes]) -> None:
        """Writes rows, in their order, in the transaction of `db`."""
        if not rows:
            return
        connection = (await db.get_raw_connection()).driver_connection
        assert connection is not None  # noqa: S101 - an open connection has its driver's
        content = BytesIO(b"".join((_SIGNATURE, *rows, _END)))
        await connection.copy_to_table(self.table, source=content, columns=self.columns, format="binary")
