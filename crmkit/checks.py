"""How the fields of records are checked: what is wrong is collected, so that a caller learns all of it at once.

Every checker takes the value as received, notes what is wrong in `Problems` under the field's path, and returns
the value to keep.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zoneinfo
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Final
from uuid import UUID

from crmkit.errors import FieldsInvalid, InvalidArgument, Violation
from crmkit.masks import CUSTOM_NAME
from crmkit.text import fold

MAX_TAGS: Final = 50
MAX_CUSTOM_FIELDS: Final = 100
MAX_CUSTOM_TEXT: Final = 5_000
MAX_CUSTOM_LIST: Final = 100

CustomValue = str | float | bool | list[str]

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_REGION = re.compile(r"[A-Z]{2}")


class Problems:
    """What is wrong with a request."""

    def __init__(self, root: str) -> None:
        """`root`: the request's field that holds the record, such as "contact"; empty for the request itself."""
        self._root = root
        self._found: list[Violation] = []

    def add(self, path: str, reason: str, description: str) -> None:
        """Notes that the field at `path`, seen from the root, is wrong."""
        self._found.append(Violation(".".join(filter(None, (self._root, path))), description, reason))

    def take(self, error: InvalidArgument) -> None:
        """Notes what a check outside of this module has refused."""
        for violation in error.violations:
            self.add(violation.field, violation.reason, violation.description)

    def raise_any(self) -> None:
        """Raises FieldsInvalid when anything was noted."""
        if self._found:
            raise FieldsInvalid(self._found)


@contextmanager
def checking(root: str) -> Iterator[Problems]:
    """Collects problems inside the block and raises them together at its end."""
    problems = Problems(root)
    yield problems
    problems.raise_any()


def text(value: str, path: str, limit: int, problems: Problems, *, lines: bool = False, required: bool = False) -> str:
    """Text without surrounding white space, at most `limit` characters, without control characters.

    With `lines` line feeds and tabs are allowed. Notes VALUE_TOO_LONG, TEXT_INVALID or VALUE_REQUIRED.
    """
    value = value.strip()
    if len(value) > limit:
        problems.add(path, "VALUE_TOO_LONG", f"{path} takes at most {limit:,} characters; got {len(value):,}.")
    elif not value.isprintable() and any(_is_control(character, lines) for character in value):
        problems.add(path, "TEXT_INVALID", f"{path} holds a control character.")
    elif required and not value:
        problems.add(path, "VALUE_REQUIRED", f"{path} is required.")
    return value


def _is_control(character: str, lines: bool) -> bool:
    return unicodedata.category(character) == "Cc" and not (lines and character in "\n\r\t")


def optional_id(value: str, path: str, problems: Problems) -> UUID | None:
    """A UUID, None when empty; notes ID_INVALID."""
    if not value:
        return None
    try:
        return UUID(value)
    except ValueError:
        problems.add(path, "ID_INVALID", f"{path} takes a UUID; got `{value[:50]}`.")
        return None


def required_id(value: str, path: str, problems: Problems) -> UUID | None:
    """A UUID, None when it is none; notes ID_INVALID or VALUE_REQUIRED."""
    if not value:
        problems.add(path, "VALUE_REQUIRED", f"{path} is required.")
    return optional_id(value, path, problems)


def count(values: Collection[object], path: str, limit: int, problems: Problems) -> bool:
    """Whether there are at most `limit` values; notes TOO_MANY."""
    if len(values) > limit:
        problems.add(path, "TOO_MANY", f"{path} takes at most {limit}; got {len(values)}.")
        return False
    return True


def tags(values: list[str], problems: Problems) -> list[str]:
    """Tags as typed, each once: of those that fold alike the first stays."""
    if not count(values, "tags", MAX_TAGS, problems):
        return values
    kept: dict[str, str] = {}
    for index, value in enumerate(values):
        tag = text(value, f"tags[{index}]", 100, problems, required=True)
        kept.setdefault(fold(tag), tag)
    return list(kept.values())


def region(value: str, path: str, problems: Problems) -> str:
    """An ISO 3166-1 alpha-2 code in upper case, or empty. Notes REGION_INVALID."""
    code = value.strip().upper()
    if code and not _REGION.fullmatch(code):
        problems.add(path, "REGION_INVALID", f"{path} takes an ISO 3166-1 alpha-2 country code such as `IR`.")
    return code


def language(value: str, problems: Problems) -> str:
    """A BCP 47 tag, the language subtag in lower case, or empty. Notes LANGUAGE_INVALID."""
    tag = value.strip()
    if tag and (len(tag) > 35 or not _LANGUAGE.fullmatch(tag)):
        problems.add("language", "LANGUAGE_INVALID", "language takes a BCP 47 tag such as `fa` or `az-Latn`.")
        return tag
    first, dash, rest = tag.partition("-")
    return first.lower() + dash + rest


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def time_zone(value: str, problems: Problems) -> str:
    """An IANA time zone or empty. Notes TIME_ZONE_INVALID."""
    name = value.strip()
    if name and name not in _time_zones():
        problems.add("time_zone", "TIME_ZONE_INVALID", "time_zone takes an IANA name such as `Asia/Tehran`.")
    return name


def custom(values: Mapping[str, Any], problems: Problems) -> dict[str, CustomValue]:
    """Fields of the organisation's own; those that are null are left out. Notes CUSTOM_INVALID and the limits."""
    count(values, "custom", MAX_CUSTOM_FIELDS, problems)
    kept: dict[str, CustomValue] = {}
    for name, value in values.items():
        path = f"custom.{name}"
        if not CUSTOM_NAME.fullmatch(name):
            problems.add(
                "custom", "CUSTOM_INVALID", "The name of a custom field is lower snake case, at most 63 characters."
            )
        elif value is not None:
            kept[name] = _custom_value(value, path, problems)
    return kept


def _custom_value(value: Any, path: str, problems: Problems) -> CustomValue:
    if isinstance(value, str):
        return text(value, path, MAX_CUSTOM_TEXT, problems, lines=True)
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        count(value, path, MAX_CUSTOM_LIST, problems)
        if (size := sum(map(len, value))) > MAX_CUSTOM_TEXT:  # else two states of a record might not fit into its event
            problems.add(path, "VALUE_TOO_LONG", f"{path} takes {MAX_CUSTOM_TEXT:,} characters in all; got {size:,}.")
        return [text(item, f"{path}[{index}]", MAX_CUSTOM_TEXT, problems) for index, item in enumerate(value)]
    problems.add(path, "CUSTOM_INVALID", f"{path} takes a string, a number, a boolean or a list of strings.")
    return ""
