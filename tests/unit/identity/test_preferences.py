"""Preferences: defaults by language, and which values there are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.identity.domain import errors
from services.identity.domain.preferences import FIELDS, completed, violations
from services.identity.domain.users import Profile, cleaned, preferences_of, with_preferences

PROFILE = cleaned(Profile("rana@example.com", "Rana", ("viewer",), None, "az", "Asia/Baku", "gregorian"))


@pytest.mark.parametrize(
    ("language", "calendar", "digits", "week_start"),
    [
        ("fa", "jalali", "persian", "saturday"),
        ("en", "gregorian", "latin", "monday"),
        ("az", "gregorian", "latin", "monday"),
        ("ms", "gregorian", "latin", "monday"),
        ("", "gregorian", "latin", "monday"),
    ],
)
def test_what_was_not_said_follows_the_language(language: str, calendar: str, digits: str, week_start: str) -> None:
    full = completed({"language": language, "theme": ""})
    assert (full["calendar"], full["digits"], full["week_start"]) == (calendar, digits, week_start)
    assert (full["theme"], full["time_zone"], full["language"]) == ("system", "UTC", language or "en")
    assert violations(full, "preferences") == []


def test_every_wrong_preference_is_named_at_once() -> None:
    wrong = {
        "language": "tlh",
        "time_zone": "Mars/Olympus",
        "calendar": "maya",
        "digits": "roman",
        "theme": "pink",
        "week_start": "someday",
    }
    with pytest.raises(errors.PreferencesInvalid) as caught:
        with_preferences(PROFILE, wrong)
    assert {(violation.field, violation.reason) for violation in caught.value.violations} == {
        (f"preferences.{name}", f"{name.upper()}_UNKNOWN") for name in FIELDS
    }


def test_a_new_language_leaves_what_was_chosen_and_what_never_was_follows_it() -> None:
    persian = with_preferences(PROFILE, {"language": "fa"})
    assert (persian.language, persian.calendar, persian.digits) == ("fa", "gregorian", "")
    followed = with_preferences(PROFILE, {"language": "fa", "calendar": "", "digits": "", "week_start": ""})
    assert (followed.calendar, followed.digits, followed.week_start) == ("", "", "")
    full = completed(preferences_of(followed))
    assert (full["calendar"], full["digits"], full["week_start"]) == ("jalali", "persian", "saturday")


def test_a_time_zone_that_is_gone_does_not_hold_up_another_preference() -> None:
    old = replace(PROFILE, time_zone="Mars/Olympus")
    assert preferences_of(with_preferences(old, {"theme": "dark"}))["theme"] == "dark"
