"""Who is told of a record's events is found out before its JSON is read, where that can be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crm.events.v1.event_pb2 import Event
from services.activities.workers.notifications import concerns_somebody

ACTOR, OTHER = "019aa000-0000-7000-8000-000000000001", "019aa000-0000-7000-8000-000000000002"


def created(after: dict[str, Any], actor_id: str = ACTOR) -> Event:
    return Event(type="contact.created", aggregate_type="contact", actor_id=actor_id, after=json.dumps(after))


@pytest.mark.parametrize(
    ("after", "concerns"),
    [
        ({"owner_id": ACTOR, "tags": []}, False),
        ({"owner_id": OTHER, "tags": []}, True),
        ({"owner_id": None}, False),
        ({}, False),
        # What looks like the owner and is not.
        ({"owner_id": OTHER, "custom": {"owner_id": ACTOR}}, True),
        ({"custom": {"owner_id": ACTOR}, "owner_id": OTHER}, True),
        ({"owner_id": OTHER, "job_title": f'"owner_id": "{ACTOR}"'}, True),
        ({"owner_id": OTHER, "tags": ["owner_id", ACTOR]}, True),
        ({"custom": {"owner_id": ACTOR}}, False),
    ],
)
def test_the_owner_is_told_when_somebody_else_made_the_record(after: dict[str, Any], concerns: bool) -> None:
    assert concerns_somebody(created(after)) is concerns


def test_an_event_without_an_actor_concerns_the_owner() -> None:
    assert concerns_somebody(created({"owner_id": OTHER}, actor_id=""))
