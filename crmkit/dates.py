"""Dates as people of the four locales write them, Jalali ones included, in and out.

A year from 1200 to 1599 is Jalali (1821 to 2221 of the Gregorian calendar), one from 1600 to 2999 Gregorian; so the
calendar never has to be guessed. Digits of every script are read. Locales are BCP 47 tags ("en-US", "fa", "az", "ms").
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum
from functools import lru_cache
from typing import Literal, cast

import jdatetime  # type: ignore[import-untyped]  # it ships no stubs
from babel import Locale, UnknownLocaleError
from babel.dates import format_date as _babel_date
from babel.dates import format_time as _babel_time
from babel.dates import get_day_names, get_month_names

from crmkit.errors import InvalidArgument
from crmkit.text import ascii_digits, fold

Calendar = Literal["gregorian", "jalali"]
Style = Literal["short", "medium", "long", "full"]

_FIRST_JALALI, _FIRST_GREGORIAN, _LAST_GREGORIAN = 1200, 1600, 2999
_MAX_LENGTH = 100
_NUMERIC = re.compile(r"(\d{1,4})\s*([/.\-])\s*(\d{1,2})\s*\2\s*(\d{1,4})\.?")
_YEAR_FIRST = re.compile(r"(\d{4})([/.\-])(\d{1,2})\2(\d{1,2})")
_TIME = re.compile(
    r"(?P<date>.*?)[Tt\s,،]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>[Zz]|UTC|[+-]\d{2}:?\d{2})?"
)
_WORDS = re.compile(r"[^\W\d_]+|\d+")


class DateOrder(StrEnum):
    """The order of the parts of a date written in figures."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


def parse_date(text: str, locale: str, order: DateOrder | None = None) -> date:
    """The day that `text` names, of either calendar.

    Takes figures with `/`, `.` or `-` between ("12/14/2023", "12.07.2023", "۱۴۰۴/۰۴/۲۴", ISO 8601), and day, month name
    and year in any order ("14 December 2023", "۲۴ تیر ۱۴۰۴"), names in the language of `locale`, English or Persian
    Jalali. A year of four digits at the front is followed by month and day. Otherwise `order`, found for a whole
    column by `detect_date_order`, decides and is kept to; without it the locale decides, unless the figures allow only
    one reading ("14/12/2023" in en-US). Years of two digits: 00-68 are 2000-2068, 69-99 are 1969-1999; in a locale
    that writes the year first (fa) they are Jalali and stand first, 00-29 of 1400, 30-99 of 1300.

    Raises InvalidArgument DATE_INVALID when there is no such day, LOCALE_INVALID for an unknown locale.
    """
    stripped = ascii_digits(text.strip())
    if stripped and len(stripped) <= _MAX_LENGTH:
        found = _parse(stripped, locale, order)
        if found is not None:
            return found
    raise _invalid(text)


def parse_instant(text: str, locale: str, zone: tzinfo, order: DateOrder | None = None) -> datetime:
    """The instant, in UTC, of a date as `parse_date` takes it with a time of day behind it or none (then midnight).

    The time is `14:30`, `14:30:05`, `2:30 PM`, after a space, comma or T, with `Z` or `+03:30` behind it; without
    them it is in `zone`. Fractions below a microsecond are cut. Raises as `parse_date` does.
    """
    stripped = ascii_digits(text.strip())
    match = _TIME.fullmatch(stripped) if len(stripped) <= _MAX_LENGTH else None
    try:
        day = parse_date(match["date"] if match else stripped, locale, order)
        moment = datetime.combine(day, _time_of(match) if match else time(), _zone_of(match, zone))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError, InvalidArgument) as error:
        if isinstance(error, InvalidArgument) and error.reason != "DATE_INVALID":
            raise
        raise _invalid(text) from error


def parse_year_first(text: str) -> date | None:
    """The day of `2025-07-15`, `1404/04/24`, `2025.7.15`: no locale is needed. None when the text is not of that form.

    Raises ValueError when it is and there is no such day.
    """
    match = _YEAR_FIRST.fullmatch(ascii_digits(text.strip()))
    return _day(int(match[1]), int(match[3]), int(match[4])) if match else None


def detect_date_order(samples: Iterable[str], locale: str) -> DateOrder:
    """The order in which a column writes its dates: give it as `order` to `parse_date`.

    A figure above 12 decides; where none does, or where they contradict each other, the locale decides. Samples that
    are not dates in figures are ignored. Raises InvalidArgument LOCALE_INVALID.
    """
    seen: set[DateOrder] = set()
    for sample in samples:
        match = _NUMERIC.match(ascii_digits(sample.strip()[:_MAX_LENGTH]))
        if match is None:
            continue
        first, second = int(match[1]), int(match[3])
        if len(match[1]) == 4:
            seen.add(DateOrder.YMD)
        elif first > 12 and second <= 12 and len(match[4]) == 4:
            seen.add(DateOrder.DMY)
        elif second > 12 and first <= 12 and len(match[4]) == 4:
            seen.add(DateOrder.MDY)
    day_or_month_first = seen - {DateOrder.YMD}
    if len(day_or_month_first) == 1:  # dates with the year first are read alike under any order
        return day_or_month_first.pop()
    return DateOrder.YMD if seen == {DateOrder.YMD} else locale_order(locale)


@lru_cache(maxsize=64)
def locale_order(locale: str) -> DateOrder:
    """The order the locale writes dates in figures with, from CLDR. Raises InvalidArgument LOCALE_INVALID."""
    pattern = str(_locale(locale).date_formats["short"].pattern).lower()
    places = sorted("dmy", key=pattern.index)
    return DateOrder("".join(places)) if "".join(places) in tuple(DateOrder) else DateOrder.DMY


def to_jalali(day: date) -> tuple[int, int, int]:
    """Year, month and day of the Jalali calendar. Days before 622-03-22 raise ValueError."""
    jalali = jdatetime.date.fromgregorian(date=day)
    return jalali.year, jalali.month, jalali.day


def from_jalali(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Jalali one. Raises ValueError when there is no such day."""
    return cast(date, jdatetime.date(year, month, day).togregorian())


def default_calendar(locale: str) -> Calendar:
    """The calendar the locale shows dates in: Jalali for Persian, else Gregorian."""
    return "jalali" if _locale(locale).language == "fa" else "gregorian"


def format_date(day: date, locale: str, calendar: Calendar | None = None, style: Style = "medium") -> str:
    """A day as the locale shows it, in its digits. `calendar` None: that of the locale.

    Styles as in CLDR: short is all figures, medium and long name the month, full adds the day of the week. Raises
    InvalidArgument LOCALE_INVALID.
    """
    known = _locale(locale)
    if (calendar or default_calendar(locale)) == "jalali":
        return _localised(_jalali(day, known, style), known)
    return _localised(_babel_date(day, style, locale=known), known)


def format_instant(
    instant: datetime, locale: str, zone: tzinfo, calendar: Calendar | None = None, style: Style = "medium"
) -> str:
    """Day and time of day of an aware instant, seen in `zone`, hours and minutes as the locale shows them."""
    local = instant.astimezone(zone)
    known = _locale(locale)
    clock = _localised(_babel_time(local.time(), "short", locale=known), known)
    return f"{format_date(local.date(), locale, calendar, style)} {clock}"


@lru_cache(maxsize=4096)  # the column of an import repeats its days
def _parse(text: str, locale: str, order: DateOrder | None) -> date | None:
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return _parse_named(text, locale)
    first, second, last = match[1], int(match[3]), match[4]
    if len(first) == 4:
        return _day_or_none(int(first), second, int(last))
    if len(last) == 4:
        return _year_last(int(first), second, int(last), locale, order)
    if len(first) == 3 or len(last) == 3:
        return None
    if (order or locale_order(locale)) is DateOrder.YMD:
        year = int(first)
        return _day_or_none(year + (1400 if year < 30 else 1300), second, int(last))
    year = int(last)
    return _year_last(int(first), second, year + (2000 if year < 69 else 1900), locale, order)


def _year_last(first: int, second: int, year: int, locale: str, order: DateOrder | None) -> date | None:
    if year < _FIRST_GREGORIAN:  # nobody writes a Jalali date month first
        return _day_or_none(year, second, first)
    month_first = (order or locale_order(locale)) is DateOrder.MDY
    readings = [(second, first), (first, second)]
    if month_first:
        readings.reverse()
    for month, day in readings[: 2 if order is None else 1]:
        found = _day_or_none(year, month, day)
        if found is not None:
            return found
    return None


def _parse_named(text: str, locale: str) -> date | None:
    words = _WORDS.findall(text)
    numbers = [word for word in words if word.isdigit()]
    names = [word for word in words if not word.isdigit()]
    if len(numbers) != 2 or len(names) != 1:
        return None
    jalali = _JALALI_MONTHS.get(fold(names[0]))
    month = jalali or _month_numbers(locale).get(fold(names[0]))
    years = [number for number in numbers if len(number) == 4]
    if month is None or len(years) != 1:
        return None
    year = int(years[0])
    if (jalali is not None) != (year < _FIRST_GREGORIAN):
        return None
    numbers.remove(years[0])
    return _day_or_none(year, month, int(numbers[0]))


def _day(year: int, month: int, day: int) -> date:
    if _FIRST_JALALI <= year < _FIRST_GREGORIAN:
        return from_jalali(year, month, day)
    if _FIRST_GREGORIAN <= year <= _LAST_GREGORIAN:
        return date(year, month, day)
    raise ValueError(f"the year {year} is neither Jalali (1200 to 1599) nor Gregorian (1600 to 2999)")


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return _day(year, month, day)
    except ValueError:
        return None


def _time_of(match: re.Match[str]) -> time:
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("not an hour of half a day")
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    microsecond = int((match["fraction"] or "0").ljust(6, "0")[:6])
    return time(hour, int(match["minute"]), int(match["second"] or 0), microsecond)


def _zone_of(match: re.Match[str] | None, zone: tzinfo) -> tzinfo:
    given = match["zone"] if match else None
    if not given:
        return zone
    if given in ("Z", "z", "UTC"):
        return UTC
    minutes = int(given[1:3]) * 60 + int(given[-2:])
    return timezone(timedelta(minutes=-minutes if given[0] == "-" else minutes))


def _jalali(day: date, locale: Locale, style: Style) -> str:
    year, month, number = to_jalali(day)
    if style == "short":
        return f"{year}/{month}/{number}"
    names = jdatetime.date.j_months_fa if locale.language == "fa" else jdatetime.date.j_months_en
    written = f"{number} {names[month - 1]} {year}"
    if style != "full":
        return written
    weekday = get_day_names("wide", locale=locale)[day.weekday()]
    return f"{weekday} {written}" if locale.language == "fa" else f"{weekday}, {written}"


_NATIVE_DIGITS = {"arabext": "۰۱۲۳۴۵۶۷۸۹", "arab": "٠١٢٣٤٥٦٧٨٩"}


def _localised(text: str, locale: Locale) -> str:
    native = _NATIVE_DIGITS.get(str(locale.default_numbering_system))
    return text.translate(str.maketrans("0123456789", native)) if native else text


@lru_cache(maxsize=64)
def _locale(locale: str) -> Locale:
    try:
        return Locale.parse(locale.replace("_", "-"), sep="-")
    except (UnknownLocaleError, ValueError) as error:
        raise InvalidArgument(
            "LOCALE_INVALID", f"`{locale[:50]}` is not a locale; expected a tag such as en-US, fa, az or ms."
        ) from error


_JALALI_MONTHS = {
    fold(name): number
    for names in (jdatetime.date.j_months_fa, jdatetime.date.j_months_en)
    for number, name in enumerate(names, 1)
}


@lru_cache(maxsize=64)
def _month_numbers(locale: str) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for language in (Locale("en"), _locale(locale)):  # the locale's own names win
        for width in ("abbreviated", "wide"):
            for context in ("format", "stand-alone"):
                names = get_month_names(width, context=context, locale=language)
                numbers |= {fold(str(name)).rstrip("."): number for number, name in names.items()}
    return numbers


def _invalid(text: str) -> InvalidArgument:
    return InvalidArgument("DATE_INVALID", f"`{text.strip()[:50]}` is not a date; expected one such as 2025-07-15.")
