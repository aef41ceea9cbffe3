"""Between messages of the contract and what the rooms within understand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from google.protobuf.struct_pb2 import ListValue, Struct, Value
from sqlalchemy import Row

from crm.activities.v1 import activity_service_pb2 as messages
from crm.activities.v1.notification_service_pb2 import Notification
from crmkit.errors import InvalidArgument
from crmkit.etag import etag
from crmkit.wire import audit, id_text, timestamp
from services.activities.domain import notification as notices
from services.activities.domain.note import excerpt, mentioned
from services.activities.domain.timeline import COMPANY, CONTACT, person_of, without_person

SUBJECT_TYPES: Mapping[messages.SubjectType.ValueType, str] = {
    messages.SubjectType.SUBJECT_TYPE_CONTACT: CONTACT,
    messages.SubjectType.SUBJECT_TYPE_COMPANY: COMPANY,
}
SUBJECT_TYPE_VALUES = {name: value for value, name in SUBJECT_TYPES.items()}


def parse_subject_type(value: messages.SubjectType.ValueType, field: str) -> str:
    """ "contact" or "company"; raises InvalidArgument SUBJECT_TYPE_INVALID."""
    name = SUBJECT_TYPES.get(value)
    if name is None:
        message = f"{field} takes SUBJECT_TYPE_CONTACT or SUBJECT_TYPE_COMPANY."
        raise InvalidArgument("SUBJECT_TYPE_INVALID", message, field=field)
    return name


def activity_message(
    row: Row[*tuple[Any, ...]],
    subject_type: str,
    notes: Mapping[UUID, Row[*tuple[Any, ...]]],
    hidden: Collection[UUID],
    people: Mapping[UUID, str] = MappingProxyType({}),
) -> messages.Activity:
    """One line of a timeline; a note's line carries the note, and none says who one of the `hidden` contacts is.

    `people`: the names of the contacts whose lines stand among those of their company."""
    written = notes.get(row.id)
    changes = row.changes or ()
    if hidden and person_of(row.type, changes) in hidden:
        changes = without_person(changes)
    return messages.Activity(
        id=str(row.id),
        subject_type=SUBJECT_TYPE_VALUES[CONTACT if row.subject_id in people else subject_type],
        subject_id=str(row.subject_id),
        subject_name=people.get(row.subject_id, ""),
        type=row.type,
        occur_time=timestamp(row.occur_time),
        actor_id=id_text(row.actor_id),
        operation_id=id_text(row.operation_id),
        changes=[
            messages.FieldChange(
                field=change["field"], before=json_value(change["before"]), after=json_value(change["after"])
            )
            for change in changes
        ],
        note=note_message(written) if written is not None else None,
    )


def note_message(row: Row[*tuple[Any, ...]]) -> messages.Note:
    """A note as stored."""
    return messages.Note(
        id=str(row.id),
        subject_type=SUBJECT_TYPE_VALUES[row.subject_type],
        subject_id=str(row.subject_id),
        body=row.body,
        etag=etag(row.version),
        audit=audit(row),
        owner_id=id_text(row.owner_id),
        team_id=id_text(row.team_id),
        mentioned_user_ids=[str(user_id) for user_id in mentioned(row.body)],
        pinned=row.pinned_at is not None,
    )


def notification_message(row: Row[*tuple[Any, ...]]) -> Notification:
    """A notification with what of it the person may see."""
    made = Notification(
        id=str(row.id),
        create_time=timestamp(row.created_at),
        read_time=timestamp(row.read_at) if row.read_at else None,
        actor_id=id_text(row.actor_id),
        operation_id=id_text(row.operation_id),
    )
    if row.kind == notices.IMPORTED:
        getattr(made, "import").CopyFrom(Notification.ImportResult(import_id=id_text(row.about_id), **row.detail))
        return made
    about: dict[str, Any] = {
        "subject_type": SUBJECT_TYPE_VALUES[row.subject_type],
        "subject_id": id_text(row.subject_id),
        "subject_name": row.subject_name or "",
    }
    if row.kind == notices.ASSIGNED:
        made.assignment.CopyFrom(Notification.Assignment(count=row.record_count, **about))
    else:
        told = excerpt(row.body) if row.body else ""
        made.mention.CopyFrom(Notification.Mention(note_id=id_text(row.about_id), excerpt=told, **about))
    return made


def json_value(value: Any) -> Value:
    """A JSON value as protobuf's; None becomes null."""
    match value:
        case None:
            return Value(null_value=0)  # type: ignore[arg-type]
        case bool():
            return Value(bool_value=value)
        case int() | float():
            return Value(number_value=value)
        case str():
            return Value(string_value=value)
        case dict():
            return Value(struct_value=Struct(fields={name: json_value(part) for name, part in value.items()}))
        case _:
            return Value(list_value=ListValue(values=[json_value(part) for part in value]))
