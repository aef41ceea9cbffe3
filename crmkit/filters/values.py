"""What the literals of a filter mean for a field of a kind. A literal that fits no value raises FILTER_INVALID."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from uuid import UUID

from crmkit.dates import parse_instant, parse_year_first
from crmkit.errors import InvalidArgument
from crmkit.filters.nodes import Literal
from crmkit.filters.parser import filter_invalid
from crmkit.text import ascii_digits

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,20})?")
_INSTANT = re.compile(
    r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}[Tt ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,9})?)?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)


def as_integer(literal: Literal, low: int, high: int) -> int:
    """A whole number from `low` to `high`, in digits of any script."""
    text = _plain(literal, "a whole number")
    if not _INTEGER.fullmatch(text) or not low <= int(text) <= high:
        raise filter_invalid(literal.position, f"expected a whole number from {low} to {high}, but found `{literal}`")
    return int(text)


def as_decimal(literal: Literal) -> Decimal:
    """An exact number of up to 30 digits before and 20 behind the point."""
    number = number_or_none(_plain(literal, "a number"))
    if number is None:
        raise filter_invalid(literal.position, f"expected a number such as 12.5, but found `{literal}`")
    return number


def number_or_none(text: str) -> Decimal | None:
    """The number that `text` writes, if it writes one."""
    text = ascii_digits(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else None


def as_boolean(literal: Literal) -> bool:
    """`true` or `false`, in any case."""
    text = _plain(literal, "true or false").lower()
    if text not in ("true", "false"):
        raise filter_invalid(literal.position, f"expected true or false, but found `{literal}`")
    return text == "true"


def as_uuid(literal: Literal) -> UUID:
    """A UUID in its 36 characters."""
    text = _plain(literal, "a UUID")
    try:
        if len(text) == 36:
            return UUID(text)
    except ValueError:
        pass
    raise filter_invalid(literal.position, f"expected a UUID, but found `{literal}`")


def as_day(literal: Literal) -> date:
    """A Gregorian or Jalali day with the year first: `2025-07-15`, `1404/04/24`."""
    text = _plain(literal, "a date")
    try:
        day = parse_year_first(text)
    except ValueError:
        day = None
    if day is None:
        raise filter_invalid(literal.position, f"expected a date such as 2025-07-15 or 1404/04/24, found `{literal}`")
    return day


def as_span(literal: Literal, zone: tzinfo) -> tuple[datetime, datetime]:
    """The first instant of what is meant and the first one after it.

    A date means the whole day in `zone`. An instant (RFC 3339; without offset in `zone`; also with a Jalali date) is
    met by equality, so both are the same then.
    """
    text = ascii_digits(_plain(literal, "a time"))
    try:
        if _INSTANT.fullmatch(text):
            instant = parse_instant(text, "en", zone)
            return instant, instant
        day = as_day(literal)
        return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    except InvalidArgument as error:
        raise filter_invalid(
            literal.position,
            f"expected a time such as 2025-07-15T14:30:00Z or a date such as 2025-07-15 or 1404/04/24, "
            f"but found `{literal}`",
        ) from error


def as_key(literal: Literal, key: Callable[[str], str]) -> str:
    """The text in the form in which its column holds it. A ValueError of `key` says why there is none."""
    try:
        return key(literal.text)
    except ValueError as error:
        raise filter_invalid(literal.position, f"{error}, found `{literal}`") from error


def like_pattern(text: str, *, before: bool, after: bool) -> str:
    """A LIKE pattern that takes `text` as it is, with anything before or behind it."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{'%' * before}{escaped}{'%' * after}"


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _plain(literal: Literal, expected: str) -> str:
    if literal.is_pattern:
        raise filter_invalid(literal.position, f"expected {expected}; `*` is for texts")
    return ascii_digits(literal.text.strip())
