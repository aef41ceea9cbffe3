"""What changed between two snapshots of a record, as a person would tell it.

Pure functions over the JSON of an event's `before` and `after`. Fields that change by themselves are left out;
of lists only the elements that came, went or changed are kept; of long texts only the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict

# A JSON value as orjson reads it.
Json = Any

MAX_TEXT = 200
"""Characters of a text kept in a change; the record itself holds the whole."""

# They follow from other fields or change with every write, so they tell a person nothing.
NOISE = frozenset(
    {
        "id",
        "etag",
        "version",
        "audit",
        "create_time",
        "update_time",
        "delete_time",
        "created_at",
        "created_by",
        "updated_at",
        "updated_by",
        "deleted_at",
        "display_name",
        "search_text",
    }
)

# The derived parts of list elements: an e-mail address and a number are told as typed.
DERIVED = frozenset({"normalized", "e164", "region_inferred", "text_shown"})

# What makes two elements of a list the same thing, before and after.
IDENTITY: Mapping[str, Callable[[Mapping[str, Json]], Json]] = {
    "emails": lambda item: item.get("normalized") or item.get("address"),
    "phones": lambda item: item.get("e164") or item.get("number"),
    "companies": lambda item: item.get("company_id"),
    "consents": lambda item: item.get("channel"),
    "social_profiles": lambda item: (item.get("network"), item.get("handle")),
}


class Change(TypedDict):
    """One field: `before` is None when it was empty, `after` when it is."""

    field: str
    before: Json
    after: Json


def diff(before: Mapping[str, Json] | None, after: Mapping[str, Json] | None) -> list[Change]:
    """The fields that differ, in the order of `after`; empty when nothing a person would notice changed."""
    old, new = before or {}, after or {}
    changes: list[Change] = []
    for field in [*new, *(name for name in old if name not in new)]:
        if field not in NOISE:
            changes.extend(_compare(field, old.get(field), new.get(field)))
    return changes


def _compare(field: str, old: Json, new: Json) -> Iterable[Change]:
    if old == new or (_empty(old) and _empty(new)):
        return ()
    if field == "custom":
        return _compare_custom(old or {}, new or {})
    if isinstance(old, list) or isinstance(new, list):
        old, new = _compare_lists(field, old or [], new or [])
        if not old and not new:
            return ()
    return (Change(field=field, before=_told(old), after=_told(new)),)


def _compare_custom(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterable[Change]:
    """One change for each of the organisation's own fields, named as the filter language names them."""
    for name in [*new, *(key for key in old if key not in new)]:
        yield from _compare(f"custom.{name}", old.get(name), new.get(name))


def _compare_lists(field: str, old: list[Json], new: list[Json]) -> tuple[list[Json], list[Json]]:
    """The elements of each side that the other has not, or has otherwise; a new order alone is no change."""
    identity = IDENTITY.get(field)
    if identity is None:
        return [item for item in old if item not in new], [item for item in new if item not in old]
    old_by_key = {identity(item): item for item in old}
    new_by_key = {identity(item): item for item in new}
    return (
        [item for key, item in old_by_key.items() if new_by_key.get(key) != item],
        [item for key, item in new_by_key.items() if old_by_key.get(key) != item],
    )


def _told(value: Json) -> Json:
    """The value without derived parts, long texts cut; None when it is empty."""
    if _empty(value):
        return None
    if isinstance(value, str):
        return value if len(value) <= MAX_TEXT else value[:MAX_TEXT] + "…"
    if isinstance(value, list):
        return [_told(item) for item in value]
    if isinstance(value, dict):
        return {name: _told(part) for name, part in value.items() if name not in DERIVED and not _empty(part)} or None
    return value


def _empty(value: Json) -> bool:
    """Unset in the sense of the contract: proto3 does not tell "" from absent. False and 0 are values of `custom`."""
    return value is None or value in ("", [], {})
