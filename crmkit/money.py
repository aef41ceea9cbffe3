"""google.type.Money as an exact Decimal and back. No float anywhere, no rounding ever."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact
from functools import lru_cache

from babel.numbers import list_currencies
from google.type.money_pb2 import Money

from crmkit.errors import InvalidArgument

MAX_DECIMALS = 9
_UNITS_LIMIT = 1 << 63
_NANOS_PER_UNIT = 1_000_000_000
# Raises rather than rounds; 60 digits hold 19 before and 9 behind the point with room to spare.
_EXACT = Context(prec=60, traps=[Inexact])
_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount in a currency: at most 9 decimal places, the whole part a signed 64-bit number; ISO 4217 code.

    Amounts are equal when value and currency are (1.5 and 1.50 are). Making one checks it: InvalidArgument
    MONEY_INVALID, CURRENCY_INVALID.
    """

    value: Decimal
    currency: str

    def __post_init__(self) -> None:
        check_currency(self.currency)
        if not self.value.is_finite():
            raise _invalid(f"`{self.value}` is not an amount")
        if not -_UNITS_LIMIT - 1 < self.value < _UNITS_LIMIT:
            raise _invalid("the whole part of an amount must fit into a signed 64-bit number")
        try:
            exact = self.nanos == self.nanos.to_integral_value()
        except Inexact:
            exact = False
        if not exact:
            raise _invalid(f"an amount has at most {MAX_DECIMALS} decimal places")

    @property
    def nanos(self) -> Decimal:
        """The value in billionths, without rounding."""
        return self.value.scaleb(MAX_DECIMALS, _EXACT)


def from_proto(money: Money, field: str) -> Amount | None:
    """The amount of a message; None when the message is empty (no currency, units and nanos 0).

    Raises InvalidArgument naming `field`: CURRENCY_INVALID for a code that is not of ISO 4217, MONEY_INVALID when
    nanos lie outside ±999,999,999 or their sign contradicts that of units.
    """
    if not (money.currency_code or money.units or money.nanos):
        return None
    if abs(money.nanos) >= _NANOS_PER_UNIT:
        raise _invalid("nanos lie between -999999999 and 999999999", f"{field}.nanos")
    if money.units * money.nanos < 0:
        raise _invalid("units and nanos have the same sign", f"{field}.nanos")
    check_currency(money.currency_code, f"{field}.currency_code")
    return Amount(_scaled(money.units * _NANOS_PER_UNIT + money.nanos), money.currency_code)


def to_proto(amount: Amount) -> Money:
    """The message of an amount."""
    nanos = int(amount.nanos)
    units, rest = divmod(abs(nanos), _NANOS_PER_UNIT)
    sign = -1 if nanos < 0 else 1
    return Money(currency_code=amount.currency, units=sign * units, nanos=sign * rest)


def check_currency(code: str, field: str | None = None) -> None:
    """Raises InvalidArgument CURRENCY_INVALID unless `code` is an ISO 4217 code, in capitals, past ones included."""
    if not _CODE.fullmatch(code) or code not in _currencies():
        raise InvalidArgument(
            "CURRENCY_INVALID", f"`{code[:20]}` is not a currency; expected an ISO 4217 code such as EUR or IRR.", field
        )


def _scaled(nanos: int) -> Decimal:
    """Exact, whatever the context; trailing zeros go, so that 12 is 12 and not 12.000000000."""
    whole, rest = divmod(abs(nanos), _NANOS_PER_UNIT)
    text = f"{whole}.{rest:09d}".rstrip("0").rstrip(".")
    return Decimal(f"-{text}" if nanos < 0 else text)


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def _invalid(message: str, field: str | None = None) -> InvalidArgument:
    return InvalidArgument("MONEY_INVALID", message, field)
