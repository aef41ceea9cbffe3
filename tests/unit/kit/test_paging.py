"""Page tokens open only for the list that made them; orders and sizes are checked. Rows: tests/service/kit."""

import base64
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, Uuid, select
from sqlalchemy.dialects import postgresql

from crmkit.errors import InvalidArgument
from crmkit.paging import Order, Page, Pager, capped, capped_count, parse_order

person = Table(
    "person",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("age", Integer),
)
ORDERS = {"name": person.c.name, "create_time": person.c.created_at}
PAGER = Pager(b"k" * 32)
LAST = (datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC), UUID(int=7))


def order(order_by: str = "") -> Order:
    return parse_order(order_by, ORDERS, "create_time desc", person.c.id)


def page(token: str = "", size: int = 0, **changes: Any) -> Page:
    asked: dict[str, Any] = {"method": "List", "order": order(), "filter": "tags:vip", "show_deleted": False} | changes
    return PAGER.page(page_size=size, page_token=token, **asked)


def token() -> str:
    first = page()
    return PAGER.seal(LAST, first.binding)


def test_a_token_brings_back_the_last_row_of_its_page() -> None:
    assert page(token()).after == LAST


def test_the_page_size_may_change_from_page_to_page() -> None:
    assert page(token(), size=7).size == 7


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "Other"},
        {"filter": "tags:new"},
        {"filter": ""},
        {"order": order("create_time")},
        {"order": order("name desc")},
        {"show_deleted": True},
    ],
)
def test_a_token_of_another_list_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument) as caught:
        page(token(), **changes)
    assert caught.value.reason == "PAGE_TOKEN_INVALID"
    assert caught.value.violations[0].field == "page_token"


def test_a_token_of_another_installation_is_refused() -> None:
    foreign = Pager(b"other secret key").seal(LAST, page().binding)
    with pytest.raises(InvalidArgument):
        page(foreign)


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_token_with_one_bit_changed_is_refused(place: int, flip: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(token() + "=="))
    raw[place % len(raw)] ^= flip
    with pytest.raises(InvalidArgument):
        page(base64.urlsafe_b64encode(raw).rstrip(b"=").decode())


@given(st.text(min_size=1))
def test_anything_else_is_no_token(text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        page(text)
    assert caught.value.reason == "PAGE_TOKEN_INVALID"


def test_a_token_does_not_show_what_it_holds() -> None:
    sealed = PAGER.seal(["Mahsa Amini", UUID(int=1)], b"x")
    assert b"Mahsa" not in base64.urlsafe_b64decode(sealed + "==")
    assert sealed != PAGER.seal(["Mahsa Amini", UUID(int=1)], b"x")


@given(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"])),
        st.integers(-(1 << 63), (1 << 63) - 1),
        st.booleans(),
        st.uuids(),
        st.dates(),
        st.decimals(allow_nan=False, allow_infinity=False),
        st.datetimes(timezones=st.just(UTC)),
    )
)
def test_keys_of_every_type_survive_the_token(value: str | int | bool | UUID | date | Decimal | datetime) -> None:
    opened = PAGER.page("L", order(), 0, PAGER.seal([value, UUID(int=1)], PAGER.page("L", order(), 0, "").binding))
    assert opened.after is not None
    assert opened.after[0] == value
    assert type(opened.after[0]) is type(value)


@pytest.mark.parametrize(("asked", "got"), [(0, 50), (1, 1), (1000, 1000)])
def test_a_page_has_fifty_rows_unless_asked_otherwise(asked: int, got: int) -> None:
    assert page(size=asked).size == got


@pytest.mark.parametrize("asked", [-1, 1001, 2**31 - 1])
def test_a_page_size_out_of_bounds_is_refused(asked: int) -> None:
    with pytest.raises(InvalidArgument) as caught:
        page(size=asked)
    assert caught.value.violations[0].field == "page_size"


@pytest.mark.parametrize(
    "order_by", ["age", "name asc", "name desc desc", "name,create_time", "desc", "name; drop", "NAME"]
)
def test_an_order_that_is_not_offered_is_refused_with_those_that_are(order_by: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        order(order_by)
    assert caught.value.reason == "ORDER_BY_INVALID"
    assert caught.value.violations[0].field == "order_by"
    assert "create_time, name" in caught.value.message


def test_an_order_column_that_may_be_null_is_a_mistake_of_the_program() -> None:
    with pytest.raises(ValueError, match="nullable"):
        parse_order("age", {"age": person.c.age}, "age", person.c.id)


@pytest.mark.parametrize(
    ("order_by", "predicate", "ordering"),
    [
        ("name", "(person.name, person.id) > (", "ORDER BY person.name ASC, person.id ASC"),
        ("  name   desc ", "(person.name, person.id) < (", "ORDER BY person.name DESC, person.id DESC"),
    ],
)
def test_the_next_page_is_one_comparison_of_rows_that_an_index_answers(
    order_by: str, predicate: str, ordering: str
) -> None:
    asked = order(order_by)
    sealed = PAGER.seal(["x", UUID(int=1)], PAGER.page("L", asked, 0, "").binding)
    statement = PAGER.page("L", asked, 10, sealed).apply(select(person))
    sql = str(statement.compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert predicate in sql
    assert ordering in sql


def test_a_count_stops_at_its_cap() -> None:
    statement = capped_count(select(person).order_by(person.c.name), cap=5)
    compiled = statement.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    assert "LIMIT" in str(compiled)
    assert "ORDER BY" not in str(compiled)
    assert 6 in compiled.params.values()
    assert capped(6, cap=5) == (5, True)
    assert capped(5, cap=5) == (5, False)
