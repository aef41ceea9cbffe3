"""Keyset paging: a page starts behind the last row of the page before, so page 20,000 costs what page 1 costs.

order = parse_order(request.order_by, ORDERS, default="create_time desc", id_column=contact.c.id)
page = pager.page("ListContacts", order, request.page_size, request.page_token, request.filter,
                  request.show_deleted)
rows = (await call.db.execute(page.apply(select(contact).where(...)))).all()
rows, next_page_token = page.cut(rows)
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import orjson
from asyncpg import Record
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from sqlalchemy import Column, ColumnElement, Row, Select, bindparam, func, literal_column, select, tuple_

from crmkit.errors import InvalidArgument

DEFAULT_PAGE_SIZE = 50
MAX_PAGE_SIZE = 1_000
COUNT_CAP = 10_000
MAX_TOKEN_LENGTH = 4_096

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NONCE_BYTES = 12
AnySelect: TypeAlias = Select[*tuple[Any, ...]]
RowT = TypeVar("RowT", bound=Row[*tuple[Any, ...]] | Record)


@dataclass(frozen=True, slots=True)
class OrderColumn:
    """One column of an order. Its values are never NULL."""

    column: ColumnElement[Any]
    descending: bool


@dataclass(frozen=True, slots=True)
class Order:
    """A total order: the column asked for, then the id, both in one direction, so that one index serves it."""

    text: str
    columns: tuple[OrderColumn, ...]


def parse_order(
    order_by: str, allowed: Mapping[str, ColumnElement[Any]], default: str, id_column: ColumnElement[Any]
) -> Order:
    """The order named by `order_by`: a key of `allowed`, with ` desc` behind it for descending; empty is `default`.

    Columns must be NOT NULL (or an expression such as `coalesce(...)` with an index of its own): a NULL in a keyset
    would hide every row behind it. A nullable one is a mistake of the program and raises ValueError. Anything else
    than one allowed field raises InvalidArgument ORDER_BY_INVALID.
    """
    words = order_by.split() or default.split()
    if len(words) > 2 or words[0] not in allowed or words[1:] not in ([], ["desc"]):
        raise InvalidArgument(
            "ORDER_BY_INVALID",
            f"order_by takes one of {', '.join(sorted(allowed))}, with ` desc` behind it for descending; got "
            f"`{order_by[:100]}`.",
            field="order_by",
        )
    column = allowed[words[0]]
    if isinstance(column, Column) and column.nullable:
        raise ValueError(f"the order column {column} is nullable")
    descending = len(words) == 2
    keys = (column,) if column is id_column else (column, id_column)
    return Order(" ".join(words), tuple(OrderColumn(key, descending) for key in keys))


class Pager:
    """Makes and reads page tokens. One instance a process; `key` is the same in every process of a service."""

    def __init__(self, key: bytes) -> None:
        """`key`: at least 16 secret bytes; the key of the tokens is derived from it. Raises ValueError when shorter."""
        if len(key) < 16:
            raise ValueError("the key of page tokens has at least 16 bytes")
        self._cipher = AESGCMSIV(hashlib.sha256(b"crm page token\0" + key).digest())

    def page(
        self,
        method: str,
        order: Order,
        page_size: int,
        page_token: str,
        *,
        filter: str = "",
        show_deleted: bool = False,
    ) -> "Page":
        """The page a request asks for.

        `page_size` 0 means 50; below 0 or above 1,000 raises InvalidArgument PAGE_SIZE_INVALID. A token that was
        altered, or comes from another method, filter, order or show_deleted, raises PAGE_TOKEN_INVALID. The page size
        may change from page to page.
        """
        if not 0 <= page_size <= MAX_PAGE_SIZE:
            raise InvalidArgument(
                "PAGE_SIZE_INVALID",
                f"page_size takes 1 to {MAX_PAGE_SIZE:,} (0 means {DEFAULT_PAGE_SIZE}); got {page_size}.",
                field="page_size",
            )
        binding = orjson.dumps([method, filter.strip(), order.text, show_deleted])
        after = self._open(page_token, binding, len(order.columns)) if page_token else None
        return Page(self, order, page_size or DEFAULT_PAGE_SIZE, after, binding)

    def seal(self, values: Sequence[Any], binding: bytes) -> str:
        """An opaque token that holds `values` and opens only with the same `binding`."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, orjson.dumps([_pack(value) for value in values]), binding)
        return base64.urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()

    def _open(self, token: str, binding: bytes, columns: int) -> tuple[Any, ...]:
        if len(token) > MAX_TOKEN_LENGTH:
            raise _token_invalid()
        try:
            raw = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), altchars=b"-_", validate=True)
            packed = orjson.loads(self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], binding))
            values = tuple(_unpack(kind, value) for kind, value in packed)
        except (ValueError, InvalidTag, binascii.Error) as error:
            raise _token_invalid() from error
        if len(values) != columns:  # an order of the same name had other columns in an older version
            raise _token_invalid()
        return values


@dataclass(frozen=True, slots=True)
class Page:
    """One page of one list: use `apply` on the select, then `cut` on what it returned."""

    pager: Pager
    order: Order
    size: int
    after: tuple[Any, ...] | None
    binding: bytes

    @property
    def parameters(self) -> dict[str, Any]:
        """The key of the last row before the page, by the names that `apply` gives it. Execute with them a statement
        that was applied to another page of the same list: a statement that is kept is compiled once."""
        return {f"after_{number}": value for number, value in enumerate(self.after or ())}

    def apply(self, statement: AnySelect) -> AnySelect:
        """`statement`, ordered, starting behind the page before, with one row more than the page holds.

        The predicate is a comparison of rows, `(name, id) > (:name, :id)`, which an index on (name, id) answers by
        one descent. The select must contain the order's columns and the id.
        """
        columns = [key.column for key in self.order.columns]
        descending = self.order.columns[0].descending
        if self.after is not None:
            here = tuple_(*columns)
            there = tuple_(
                *(
                    bindparam(name, value, type_=column.type)
                    for column, (name, value) in zip(columns, self.parameters.items(), strict=True)
                )
            )
            statement = statement.where(here < there if descending else here > there)
        order = [column.desc() if descending else column.asc() for column in columns]
        return statement.order_by(None).order_by(*order).limit(self.size + 1)

    def cut(self, rows: Sequence[RowT]) -> tuple[Sequence[RowT], str]:
        """The rows of the page and the token of the next one, empty when this is the last."""
        if len(rows) <= self.size:
            return rows, ""
        rows = rows[: self.size]
        last = rows[-1]
        if isinstance(last, Record):
            values = [last[str(key.column.key)] for key in self.order.columns]
        else:
            values = [last._mapping[key.column] for key in self.order.columns]
        return rows, self.pager.seal(values, self.binding)


def capped_count(statement: AnySelect, cap: int = COUNT_CAP) -> Select[int]:
    """A count of the rows of `statement` that stops at `cap` + 1, so its cost is bounded whatever the table holds.

    Give its result to `capped`.
    """
    some = (
        statement.with_only_columns(literal_column("1"), maintain_column_froms=True)
        .order_by(None)
        .limit(cap + 1)
        .subquery()
    )
    return select(func.count()).select_from(some)


def capped(counted: int, cap: int = COUNT_CAP) -> tuple[int, bool]:
    """`total_size` and `total_size_capped` from what `capped_count` returned."""
    return min(counted, cap), counted > cap


def _token_invalid() -> InvalidArgument:
    return InvalidArgument(
        "PAGE_TOKEN_INVALID",
        "page_token is not one that this list returned for the same filter, order_by and show_deleted; "
        "start again without it.",
        field="page_token",
    )


def _pack(value: Any) -> tuple[str, Any]:
    """A key's value as JSON that keeps its type and every digit."""
    match value:
        case UUID():
            return "u", value.hex
        case bool() | str() | int():
            return "j", value
        case datetime():
            return "t", (value - _EPOCH) // timedelta(microseconds=1)
        case date():
            return "d", value.toordinal()
        case Decimal():
            return "n", str(value)
    raise TypeError(f"an order column cannot hold {type(value).__name__}")


def _unpack(kind: str, value: Any) -> Any:
    match kind:
        case "u":
            return UUID(hex=value)
        case "t":
            return _EPOCH + timedelta(microseconds=value)
        case "d":
            return date.fromordinal(value)
        case "n":
            return Decimal(value)
    return value
