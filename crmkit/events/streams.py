"""The JetStream stream of a service: its name, its subjects, its configuration.

Only the relay of the service that owns the stream creates or changes it; consumers read. Two owners would undo each
other's settings, and re-applying a configuration has lost messages in clusters (nats-server #5526): it is changed
only where it differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zlib import crc32

from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig, StreamInfo
from nats.js.errors import NotFoundError

from crmkit.events import payload

# Events of one aggregate share a partition and keep their order in it. Changing the number changes where the events
# of an aggregate go: drain the consumers first.
PARTITIONS = 4
# Longer than a relay takes to restart; a message repeated within it is stored once.
DUPLICATE_WINDOW_SECONDS = 600.0


@dataclass(frozen=True)
class StreamState:
    """What a stream holds. `created` tells a stream from a later one of the same name."""

    created: str
    first_sequence: int
    last_sequence: int


@dataclass(frozen=True)
class StoredMessage:
    """What tells one message of a stream from another, and how old the first of its events is."""

    id: str
    record_time: datetime


def stream_name(service: str) -> str:
    """The stream that the service publishes on."""
    return f"crm-{service}"


def partition_of(aggregate_id: UUID) -> int:
    """The partition of an aggregate, from 0 to PARTITIONS - 1."""
    return crc32(aggregate_id.bytes) % PARTITIONS


def subject(service: str, aggregate_id: UUID, event_type: str) -> str:
    """`crm.<service>.<partition>.<aggregate type>.<verb>`; the event's type holds the last two."""
    return f"crm.{service}.{partition_of(aggregate_id)}.{event_type}"


def partition_subjects(service: str, partition: int) -> str:
    """All subjects of one partition."""
    return f"crm.{service}.{partition}.>"


async def ensure_stream(js: JetStreamContext, service: str, *, replicas: int, days: float) -> StreamState:
    """Creates the stream or brings its configuration up to date; returns its state.

    Raises nats.errors.Error and its kind when JetStream does not answer or refuses.
    """
    wanted = StreamConfig(
        name=stream_name(service),
        description=f"Events of {service}; its event log refills it (crm events replay)",
        subjects=[f"crm.{service}.*.*.*"],
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.OLD,
        storage=StorageType.FILE,
        num_replicas=replicas,
        max_age=days * 86_400,
        duplicate_window=DUPLICATE_WINDOW_SECONDS,
    )
    try:
        info = await js.stream_info(stream_name(service))
    except NotFoundError:
        return _state(await js.add_stream(wanted))
    fields = (
        "description",
        "subjects",
        "retention",
        "discard",
        "storage",
        "num_replicas",
        "max_age",
        "duplicate_window",
    )
    if any(getattr(info.config, field) != getattr(wanted, field) for field in fields):
        info = await js.update_stream(wanted)
    return _state(info)


async def stream_state(js: JetStreamContext, service: str) -> StreamState | None:
    """The state of a service's stream; None while it has not been created."""
    try:
        return _state(await js.stream_info(stream_name(service)))
    except NotFoundError:
        return None


async def stored_message(js: JetStreamContext, service: str, sequence: int) -> StoredMessage | None:
    """The message at this sequence; None when there is none."""
    try:
        message = await js.get_msg(stream_name(service), sequence)
    except NotFoundError:
        return None
    first = payload.decode(message.data or b"")[0]
    return StoredMessage((message.headers or {}).get("Nats-Msg-Id", ""), first.record_time.ToDatetime(UTC))


def _state(info: StreamInfo) -> StreamState:
    created = "" if info.created is None else info.created.isoformat()
    return StreamState(created, info.state.first_seq, info.state.last_seq)
