"""The versions of a record: the first one, the next one, and what an update makes of it. Pure.

A service declares two dataclasses a kind of record: the fields that clients write (`ContactFields`) and, derived
from it, the record as stored (`Contact`), which adds what `Record` names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import Field, replace
from datetime import datetime
from typing import Any, ClassVar, Protocol, TypeVar
from uuid import UUID

from crmkit.masks import CUSTOM, Mask


class Fields(Protocol):
    """What clients write: a dataclass of fields named as in the contract, `owner_id` and `team_id` among them."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def owner_id(self) -> UUID | None: ...
    @property
    def team_id(self) -> UUID | None: ...


class Record(Fields, Protocol):
    """A record as stored: `version` grows by one with every change, `deleted_at` is set while it is in the bin."""

    @property
    def id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def updated_at(self) -> datetime: ...
    @property
    def created_by(self) -> UUID | None: ...
    @property
    def updated_by(self) -> UUID | None: ...
    @property
    def deleted_at(self) -> datetime | None: ...


R = TypeVar("R", bound=Record)


def created(
    make: Callable[..., R],
    fields: Fields,
    *,
    id: UUID,
    by: UUID,
    now: datetime,
    owner_id: UUID | None,
    team_id: UUID | None,
) -> R:
    """The first version; `owner_id` and `team_id` are for fields that name neither."""
    values = {name: getattr(fields, name) for name in fields.__dataclass_fields__}
    values["owner_id"] = fields.owner_id or owner_id
    values["team_id"] = fields.team_id or team_id
    return make(**values, id=id, version=1, created_at=now, updated_at=now, created_by=by, updated_by=by)


def changed(before: R, fields: Fields, mask: Mask) -> R:
    """`before` with what the mask names taken from `fields`; a single custom field that is not given is removed.

    Neither version nor times move: with nothing different the result equals `before`.
    """
    values = {name: getattr(fields, name) for name in mask.fields}
    if mask.custom:
        old, given = getattr(before, CUSTOM), getattr(fields, CUSTOM)
        kept = {name: value for name, value in old.items() if name not in mask.custom}
        values[CUSTOM] = kept | {name: value for name, value in given.items() if name in mask.custom}
    return replace(before, **values)


def stamped(record: R, *, by: UUID | None, now: datetime, deleted_at: datetime | None = None) -> R:
    """The next version; with `deleted_at` it is in the bin, without it is not. `by` is None for the system itself."""
    values: dict[str, Any] = {"version": record.version + 1, "updated_at": now, "updated_by": by}
    return replace(record, **values, deleted_at=deleted_at)


def audit_state(record: Record) -> dict[str, Any]:
    """`audit` in events: the fields of crm.common.v1.Audit."""
    return {
        "create_time": record.created_at,
        "update_time": record.updated_at,
        "created_by": record.created_by,
        "updated_by": record.updated_by,
        "delete_time": record.deleted_at,
    }
