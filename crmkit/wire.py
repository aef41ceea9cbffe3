"""Between fields of messages and Python: what every service's conversions need."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from crm.common.v1 import change_pb2
from crmkit.errors import InvalidArgument

MAX_BATCH: Final = 1_000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Audited(Protocol):
    """A record, or the row of one, that tells who made and changed it; `deleted_at` too where there is a bin."""

    @property
    def created_at(self) -> datetime: ...
    @property
    def updated_at(self) -> datetime: ...
    @property
    def created_by(self) -> UUID | None: ...
    @property
    def updated_by(self) -> UUID | None: ...


def parse_id(text: str, field: str = "id") -> UUID:
    """The UUID of a required field. Raises InvalidArgument ID_INVALID naming the field."""
    try:
        return UUID(text)
    except ValueError as error:
        raise InvalidArgument("ID_INVALID", f"{field} takes a UUID; got `{text[:50]}`.", field=field) from error


def parse_optional_id(text: str, field: str) -> UUID | None:
    """The UUID of a field that may be empty. Raises InvalidArgument ID_INVALID naming the field."""
    return parse_id(text, field) if text else None


def parse_ids(texts: Sequence[str], field: str = "ids") -> list[UUID]:
    """1 to 1,000 UUIDs. Raises InvalidArgument: BATCH_SIZE_INVALID, or ID_INVALID naming the first wrong one."""
    if not 1 <= len(texts) <= MAX_BATCH:
        message = f"{field} takes 1 to {MAX_BATCH:,}; got {len(texts):,}."
        raise InvalidArgument("BATCH_SIZE_INVALID", message, field=field)
    return [parse_id(text, f"{field}[{index}]") for index, text in enumerate(texts)]


def id_text(id: UUID | None) -> str:
    """A reference as its field has it: empty for none."""
    return "" if id is None else str(id)


def parse_timestamp(stamp: Timestamp, field: str) -> datetime:
    """The instant of a message, in UTC. Raises InvalidArgument DATE_INVALID outside of the years 1 to 9999."""
    try:
        return stamp.ToDatetime(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidArgument("DATE_INVALID", f"{field} is not a time of the calendar.", field=field) from error


def timestamp(moment: datetime) -> Timestamp:
    """An instant as its message, exact to the microsecond."""
    return Timestamp(**_timestamp_values(moment))


def _timestamp_values(moment: datetime) -> dict[str, int]:
    since = moment - _EPOCH  # exact, as the float of timestamp() is not
    return {"seconds": since.days * 86_400 + since.seconds, "nanos": since.microseconds * 1000}


def audit(record: Audited) -> change_pb2.Audit:
    """Who created and changed a record, and when, and since when it is in the bin."""
    return change_pb2.Audit(**audit_values(record))


def audit_values(record: Audited) -> dict[str, Any]:
    """`audit` as the values it is made of: of a message made of dicts nothing is copied from message to message."""
    deleted_at = getattr(record, "deleted_at", None)
    return {
        "create_time": _timestamp_values(record.created_at),
        "update_time": _timestamp_values(record.updated_at),
        "created_by": id_text(record.created_by),
        "updated_by": id_text(record.updated_by),
        "delete_time": None if deleted_at is None else _timestamp_values(deleted_at),
    }
