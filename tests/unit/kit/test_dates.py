"""Dates: what people of four locales write is understood, and shown to them in their own way."""

import contextlib
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit.dates import (
    DateOrder,
    detect_date_order,
    format_date,
    format_instant,
    from_jalali,
    locale_order,
    parse_date,
    parse_instant,
    parse_year_first,
    to_jalali,
)
from crmkit.errors import InvalidArgument

TEHRAN = ZoneInfo("Asia/Tehran")
LOCALES = ["en-US", "en-GB", "fa", "az", "ms"]
days = st.dates(date(1821, 3, 21), date(2221, 3, 19))


@given(days)
def test_a_day_goes_to_the_jalali_calendar_and_back(day: date) -> None:
    assert from_jalali(*to_jalali(day)) == day


@given(days)
def test_jalali_days_follow_each_other_as_gregorian_ones_do(day: date) -> None:
    following = date.fromordinal(day.toordinal() + 1)
    assert to_jalali(following) > to_jalali(day)


@given(days, st.sampled_from(LOCALES), st.sampled_from(["gregorian", "jalali"]), st.sampled_from(["medium", "long"]))
def test_a_date_with_the_month_by_name_is_read_as_it_was_shown(
    day: date, locale: str, calendar: str, style: str
) -> None:
    shown = format_date(day, locale, calendar, style)  # type: ignore[arg-type]
    assert parse_date(shown, locale) == day


@given(days, st.sampled_from(LOCALES))
def test_the_iso_form_is_read_everywhere(day: date, locale: str) -> None:
    assert parse_date(day.isoformat(), locale) == day


@given(st.dates(date(1600, 1, 1), date(2999, 12, 31)), st.sampled_from(LOCALES), st.sampled_from("/.-"))
def test_figures_in_the_order_of_the_locale_are_read(day: date, locale: str, separator: str) -> None:
    parts = {"y": f"{day.year}", "m": f"{day.month:02}", "d": f"{day.day:02}"}
    assert parse_date(separator.join(parts[part] for part in locale_order(locale)), locale) == day


@pytest.mark.parametrize(
    ("text", "locale", "day"),
    [
        ("12/14/2023", "en-US", date(2023, 12, 14)),
        ("04/03/2025", "en-US", date(2025, 4, 3)),
        ("04/03/2025", "en-GB", date(2025, 3, 4)),
        ("12.07.2023", "az", date(2023, 7, 12)),
        ("19/01/2023", "ms", date(2023, 1, 19)),
        ("14/12/2023", "en-US", date(2023, 12, 14)),
        ("۱۴۰۴/۰۴/۲۴", "fa", date(2025, 7, 15)),
        ("1404-4-24", "en-US", date(2025, 7, 15)),
        ("٢٤/٠٤/١٤٠٤", "fa", date(2025, 7, 15)),
        ("1403/12/30", "fa", date(2025, 3, 20)),
        ("99/12/01", "fa", date(2021, 2, 19)),
        ("۰۴/۰۴/۲۴", "fa", date(2025, 7, 15)),
        ("31.12.99", "az", date(1999, 12, 31)),
        ("1/2/68", "en", date(2068, 1, 2)),
        (" 2023 - 5 - 1 ", "ms", date(2023, 5, 1)),
        ("14 December 2023", "ms", date(2023, 12, 14)),
        ("Dec. 14, 2023", "en", date(2023, 12, 14)),
        ("12 İyul 2023", "az", date(2023, 7, 12)),
        ("12 Ogos 2023", "ms", date(2023, 8, 12)),
        ("۲۴ تير ۱۴۰۴", "fa", date(2025, 7, 15)),
        ("۱۵ ژوئیهٔ ۲۰۲۵", "fa", date(2025, 7, 15)),
        ("24 Tir 1404", "en", date(2025, 7, 15)),
    ],
)
def test_dates_as_people_write_them(text: str, locale: str, day: date) -> None:
    assert parse_date(text, locale) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "x",
        "13/13/2023",
        "30.02.2023",
        "1404/12/30",
        "1404/13/01",
        "0000/1/1",
        "1000/1/1",
        "3000-01-01",
        "12/2023",
        "1/1/1/1",
        "12/14-2023",
        "24 Tir 2025",
        "14 December 1404",
        "December 2023",
        "14 Smarch 2023",
        "1" * 200,
        "٣٣/٠٤/١٤٠٤",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_date(text, "en-GB")
    assert caught.value.reason == "DATE_INVALID"


@given(st.text(max_size=20), st.sampled_from(LOCALES))
def test_no_text_brings_the_reader_down(text: str, locale: str) -> None:
    with contextlib.suppress(InvalidArgument):
        assert parse_date(text, locale).year >= 1600
    with contextlib.suppress(InvalidArgument):
        assert parse_instant(text, locale, UTC).year >= 1599


def test_an_order_found_for_a_column_is_kept_to() -> None:
    with pytest.raises(InvalidArgument):
        parse_date("14/12/2023", "en-US", DateOrder.MDY)
    assert parse_date("04/03/2025", "en-US", DateOrder.DMY) == date(2025, 3, 4)


@pytest.mark.parametrize(
    ("samples", "locale", "order"),
    [
        (["01/02/2023", "14/02/2023"], "en-US", DateOrder.DMY),
        (["01/02/2023", "02/14/2023"], "ms", DateOrder.MDY),
        (["01/02/2023"], "en-US", DateOrder.MDY),
        (["01/02/2023"], "az", DateOrder.DMY),
        (["14/02/2023", "02/14/2023"], "en-US", DateOrder.MDY),
        (["2023-01-02", "۱۴۰۴/۰۴/۲۴"], "en-US", DateOrder.YMD),
        (["2023-01-02", "14/02/2023 10:30", "?"], "en-US", DateOrder.DMY),
        ([], "fa", DateOrder.YMD),
        (["Created", ""], "ms", DateOrder.DMY),
    ],
)
def test_a_column_tells_its_order(samples: list[str], locale: str, order: DateOrder) -> None:
    assert detect_date_order(samples, locale) is order


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2023-12-14", datetime(2023, 12, 13, 20, 30, tzinfo=UTC)),
        ("2023-12-14T10:00:00Z", datetime(2023, 12, 14, 10, tzinfo=UTC)),
        ("2023-12-14t10:00:00.123456789+03:30", datetime(2023, 12, 14, 6, 30, 0, 123456, tzinfo=UTC)),
        ("12/14/2023 2:30 PM", datetime(2023, 12, 14, 11, tzinfo=UTC)),
        ("12/14/2023, 12:05 a.m.", datetime(2023, 12, 13, 20, 35, tzinfo=UTC)),
        ("۱۴۰۴/۰۴/۲۴، ۱۴:۳۰", datetime(2025, 7, 15, 11, tzinfo=UTC)),
    ],
)
def test_a_time_of_day_is_seen_in_its_zone(text: str, instant: datetime) -> None:
    assert parse_instant(text, "en-US", TEHRAN) == instant


@pytest.mark.parametrize(
    "text", ["2023-12-14 25:00", "2023-12-14 13:00 PM", "2023-12-14 10:61", "2023-12-14T10:00+99:99"]
)
def test_a_wrong_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_instant(text, "en-US", UTC)
    assert caught.value.reason == "DATE_INVALID"


def test_a_year_first_needs_no_locale() -> None:
    assert parse_year_first("۱۴۰۴/۰۴/۲۴") == parse_year_first("2025-07-15") == date(2025, 7, 15)
    assert parse_year_first("15/07/2025") is None
    with pytest.raises(ValueError, match="month"):
        parse_year_first("2025-13-01")


@pytest.mark.parametrize(
    ("locale", "style", "shown"),
    [
        ("en-US", "medium", "Jul 15, 2025"),
        ("fa", "short", "۱۴۰۴/۴/۲۴"),
        ("fa", "full", "سه‌شنبه ۲۴ تیر ۱۴۰۴"),
        ("az", "long", "15 iyul 2025"),
        ("ms", "full", "Selasa, 15 Julai 2025"),
    ],
)
def test_a_date_is_shown_as_the_locale_writes_it(locale: str, style: str, shown: str) -> None:
    assert format_date(date(2025, 7, 15), locale, style=style) == shown  # type: ignore[arg-type]


def test_the_calendar_can_be_chosen() -> None:
    assert format_date(date(2025, 7, 15), "en", "jalali") == "24 Tir 1404"
    assert format_date(date(2025, 7, 15), "fa", "gregorian") == "۱۵ ژوئیه ۲۰۲۵"


def test_an_instant_is_shown_in_the_viewers_zone() -> None:
    late = datetime(2025, 7, 14, 21, 0, tzinfo=UTC)
    assert format_instant(late, "fa", TEHRAN, style="short") == "۱۴۰۴/۴/۲۴ ۰:۳۰"


@pytest.mark.parametrize("locale", ["", "xx", "not a locale", "en-US-x-y-z-q", "123"])
def test_an_unknown_locale_is_named(locale: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        locale_order(locale)
    assert caught.value.reason == "LOCALE_INVALID"
