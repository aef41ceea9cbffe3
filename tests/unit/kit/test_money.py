"""Money: exact in both directions, and what is not money is refused."""

from decimal import Decimal
from fractions import Fraction

import pytest
from google.type.money_pb2 import Money
from hypothesis import example, given
from hypothesis import strategies as st

from crmkit.errors import InvalidArgument
from crmkit.money import Amount, check_currency, from_proto, to_proto

units = st.integers(-(1 << 63), (1 << 63) - 1)
nanos = st.integers(0, 999_999_999)


@given(units, nanos, st.sampled_from(["EUR", "IRR", "AZN", "MYR", "JPY"]))
@example(-(1 << 63), 999_999_999, "EUR")
@example(0, 1, "EUR")
def test_money_becomes_a_decimal_and_back_without_losing_a_digit(units: int, nanos: int, currency: str) -> None:
    money = Money(units=units, nanos=-nanos if units < 0 else nanos, currency_code=currency)
    amount = from_proto(money, "revenue")
    if amount is None:
        pytest.fail("an amount with a currency is never nothing")
    assert Fraction(amount.value) == units + Fraction(money.nanos, 10**9)
    assert to_proto(amount) == money


@given(st.decimals(min_value="-1e18", max_value="1e18", places=9))
def test_a_decimal_of_nine_places_survives_the_wire(value: Decimal) -> None:
    returned = from_proto(to_proto(Amount(value, "MYR")), "price")
    assert returned is not None
    assert returned.value == value


def test_negative_amounts_below_one_keep_their_sign() -> None:
    assert to_proto(Amount(Decimal("-0.05"), "USD")) == Money(currency_code="USD", units=0, nanos=-50_000_000)


def test_trailing_zeros_beyond_the_ninth_place_are_no_precision() -> None:
    assert to_proto(Amount(Decimal("1.500000000000"), "USD")).nanos == 500_000_000


def test_an_empty_message_is_no_amount() -> None:
    assert from_proto(Money(), "revenue") is None


def test_a_zero_in_a_currency_is_an_amount() -> None:
    assert from_proto(Money(currency_code="USD"), "revenue") == Amount(Decimal(0), "USD")


@pytest.mark.parametrize(
    ("money", "field", "reason"),
    [
        (Money(currency_code="USD", units=1, nanos=-1), "revenue.nanos", "MONEY_INVALID"),
        (Money(currency_code="USD", units=-1, nanos=1), "revenue.nanos", "MONEY_INVALID"),
        (Money(currency_code="USD", nanos=1_000_000_000), "revenue.nanos", "MONEY_INVALID"),
        (Money(currency_code="USD", nanos=-1_000_000_000), "revenue.nanos", "MONEY_INVALID"),
        (Money(units=5), "revenue.currency_code", "CURRENCY_INVALID"),
        (Money(currency_code="usd", units=5), "revenue.currency_code", "CURRENCY_INVALID"),
        (Money(currency_code="ZZZ", units=5), "revenue.currency_code", "CURRENCY_INVALID"),
    ],
)
def test_a_wrong_message_names_the_field(money: Money, field: str, reason: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        from_proto(money, "revenue")
    assert caught.value.reason == reason
    assert caught.value.violations[0].field == field


@pytest.mark.parametrize(
    "value",
    ["NaN", "Infinity", "9223372036854775808", "-9223372036854775809", "1e400", "0.0000000001", "1." + "0" * 70 + "1"],
)
def test_what_the_wire_cannot_hold_exactly_is_refused(value: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        Amount(Decimal(value), "USD")
    assert caught.value.reason == "MONEY_INVALID"


@pytest.mark.parametrize("code", ["USD", "IRR", "AZN", "MYR", "BHD"])
def test_currencies_of_iso_4217_are_known(code: str) -> None:
    check_currency(code)
