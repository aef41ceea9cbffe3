"""How the system looks and speaks to one person: which values there are, and what they are when nothing was said.

What was never chosen is stored as an empty text: only so can it follow the language, and the device one sits at.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

from crmkit.errors import Violation

LANGUAGES = ("en", "fa", "az", "ms")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# The values of each field; the time zone has too many to list.
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "language": LANGUAGES,
    "calendar": ("gregorian", "jalali"),
    "digits": ("latin", "persian"),
    "theme": ("system", "light", "dark"),
    "week_start": DAYS,
}
FIELDS = ("time_zone", *_CHOICES)


def completed(given: Mapping[str, str]) -> dict[str, str]:
    """All FIELDS, with defaults where `given` has nothing or an empty value; those of the language given."""
    language = given.get("language") or "en"
    persian = language == "fa"
    defaults = {
        "time_zone": "UTC",
        "language": language,
        "calendar": "jalali" if persian else "gregorian",
        "digits": "persian" if persian else "latin",
        "theme": "system",
        "week_start": "saturday" if persian else "monday",
    }
    return {name: given.get(name) or default for name, default in defaults.items()}


def violations(values: Mapping[str, str], path: str) -> list[Violation]:
    """What is wrong with these values (some of FIELDS), each by its field below `path`. Empty is right: not chosen."""
    wrong = [
        Violation(
            f"{path}.{name}",
            f"The {name.replace('_', ' ')} is one of {', '.join(_CHOICES[name])}.",
            f"{name.upper()}_UNKNOWN",
        )
        for name, value in values.items()
        if value and name in _CHOICES and value not in _CHOICES[name]
    ]
    if values.get("time_zone") and values["time_zone"] not in _time_zones():
        sentence = "The time zone has an IANA name, such as Asia/Baku."
        wrong.append(Violation(f"{path}.time_zone", sentence, "TIME_ZONE_UNKNOWN"))
    return wrong


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())
