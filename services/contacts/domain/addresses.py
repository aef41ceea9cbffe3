"""Postal addresses of contacts and companies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypedDict

from crmkit import checks
from crmkit.checks import Problems

MAX_ADDRESSES: Final = 10
MAX_LINES: Final = 5


class PostalAddress(TypedDict):
    """As crm.contacts.v1.PostalAddress."""

    label: str
    lines: list[str]
    city: str
    state: str
    postal_code: str
    region: str


def addresses(values: list[PostalAddress], problems: Problems) -> list[PostalAddress]:
    """Postal addresses; notes ADDRESS_EMPTY and REGION_INVALID beside the limits."""
    if not checks.count(values, "addresses", MAX_ADDRESSES, problems):
        return values
    return [_address(value, f"addresses[{index}]", problems) for index, value in enumerate(values)]


def _address(value: PostalAddress, path: str, problems: Problems) -> PostalAddress:
    checks.count(value["lines"], f"{path}.lines", MAX_LINES, problems)
    lines = [checks.text(line, f"{path}.lines[{index}]", 200, problems) for index, line in enumerate(value["lines"])]
    kept = PostalAddress(
        label=checks.text(value["label"], f"{path}.label", 50, problems),
        lines=[line for line in lines if line],
        city=checks.text(value["city"], f"{path}.city", 200, problems),
        state=checks.text(value["state"], f"{path}.state", 200, problems),
        postal_code=checks.text(value["postal_code"], f"{path}.postal_code", 200, problems),
        region=checks.region(value["region"], f"{path}.region", problems),
    )
    if not any(kept[name] for name in ("lines", "city", "state", "postal_code", "region")):
        problems.add(path, "ADDRESS_EMPTY", f"{path} says nothing.")
    return kept


def address_texts(values: list[PostalAddress]) -> Iterator[str]:
    """The parts of addresses that a search looks into."""
    for value in values:
        yield from value["lines"]
        yield value["city"]
        yield value["postal_code"]
