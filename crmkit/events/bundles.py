"""Which events of the log go into one message (docs/adr/0006-events-go-in-bundles.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from uuid import UUID

from asyncpg import Record

from crmkit.events import payload
from crmkit.events.publisher import Message
from crmkit.events.streams import subject

# Of one message. A consumer takes whole messages, so what it does in one transaction grows with them.
MAX_EVENTS = 100
# Of the states of a message's events, in characters; an event that is larger goes alone.
MAX_SIZE = 256 * 1024


@dataclass(slots=True)
class _Bundle:
    subject: str
    rows: list[Record] = field(default_factory=list)
    size: int = 0

    def has_room(self, size: int) -> bool:
        return len(self.rows) < MAX_EVENTS and self.size + size <= MAX_SIZE


def bundle(rows: Sequence[Record], service: str, suffix: str = "") -> list[Message]:
    """The messages of these rows of `event`, in the order they are to be published; ids end with `suffix`.

    An event joins the open message of its subject, so events of different records may change places, as they
    may. Those of one record do not: where it has an event in a later message, another one is begun.
    """
    bundles: list[_Bundle] = []
    open_: dict[str, int] = {}
    latest: dict[UUID, int] = {}
    for row in rows:
        aggregate_id = row["aggregate_id"]
        to = subject(service, aggregate_id, row["type"])
        size = len(row["before"] or "") + len(row["after"] or "")
        place = open_.get(to, -1)
        if place < latest.get(aggregate_id, 0) or not bundles[place].has_room(size):
            place = open_[to] = len(bundles)
            bundles.append(_Bundle(to))
        latest[aggregate_id] = place
        bundles[place].rows.append(row)
        bundles[place].size += size
    return [
        Message(one.subject, _id(one.rows) + suffix, payload.encode(payload.event_of(row, service) for row in one.rows))
        for one in bundles
    ]


def _id(rows: Sequence[Record]) -> str:
    """Of one event its id; else what no other choice or order of events has."""
    if len(rows) == 1:
        return str(rows[0]["id"])
    return blake2b(b"".join(row["id"].bytes for row in rows), digest_size=16).hexdigest()
