"""What the consumer of notifications passes over is nothing that anybody would be told of."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.events.v1.event_pb2 import Event
from services.activities.domain.notification import notices
from services.activities.workers.notifications import concerns_somebody
from services.activities.workers.timeline import happening

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ANNA, BORIS = str(UUID(int=1)), str(UUID(int=2))
_STATES = st.none() | st.fixed_dictionaries({"owner_id": st.sampled_from([None, "", ANNA, BORIS])})
_TYPES = st.sampled_from(
    [
        *(f"{kind}.{verb}" for kind in ("contact", "company") for verb in ("created", "updated", "deleted", "erased")),
        *("import.succeeded", "import.failed", "segment.updated"),
    ]
)


def event(kind: str, before: dict[str, Any] | None, after: dict[str, Any] | None, actor_id: str) -> Event:
    made = Event(
        id=str(UUID(int=9)),
        type=kind,
        aggregate_type=kind.partition(".")[0],
        aggregate_id=str(UUID(int=8)),
        aggregate_version=1,
        actor_id=actor_id,
        before=None if before is None else json.dumps(before),
        after=None if after is None else json.dumps(after),
    )
    made.record_time.FromDatetime(NOW)
    return made


@given(_TYPES, _STATES, _STATES, st.sampled_from(["", ANNA, BORIS]))
def test_whatever_tells_somebody_is_wanted(
    kind: str, before: dict[str, Any] | None, after: dict[str, Any] | None, actor_id: str
) -> None:
    given_event = event(kind, before, after, actor_id)
    if notices([happening(given_event)], NOW):
        assert concerns_somebody(given_event)


@pytest.mark.parametrize(
    ("kind", "before", "after"),
    [
        ("contact.created", None, {"owner_id": ANNA}),
        ("contact.updated", {"owner_id": BORIS}, {"owner_id": BORIS}),
        ("contact.deleted", {"owner_id": BORIS}, {"owner_id": BORIS}),
        ("contact.erased", {"owner_id": BORIS}, None),
        ("segment.updated", None, {"owner_id": BORIS}),
    ],
)
def test_what_one_imports_or_changes_oneself_is_not_wanted(
    kind: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    assert not concerns_somebody(event(kind, before, after, ANNA))
