"""The timeline through the whole system: gateway, two services, the event log, NATS, and what a user sees of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.system.conftest import Stack

# A change must be visible within this time, seconds; the aim is far less.
VISIBLE_SECONDS = 10.0


class Api:
    """JSON over HTTP as the administrator."""

    def __init__(self, stack: Stack) -> None:
        self.address = stack.address
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {stack.token()}"

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> dict[str, Any]:
        answer = self.session.request(method, self.address + path, json=body, timeout=30)
        assert answer.status_code == expect, answer.text
        return dict(answer.json())

    def contact(self, **fields: Any) -> dict[str, Any]:
        unique = uuid4().hex
        fields = {"givenName": "Sevinc", "emails": [{"address": f"{unique}@people.example"}]} | fields
        return self.call("POST", "/v1/contacts", {"contact": fields})

    def timeline(self, kind: str, record: str, query: str = "") -> list[dict[str, Any]]:
        path = f"/v1/activities?subject_type=SUBJECT_TYPE_{kind}&subject_id={record}{query}"
        answer = self.session.get(self.address + path, timeout=30)
        if answer.status_code == 404:
            return []  # the first event is still under way
        assert answer.ok, answer.text
        return list(answer.json()["activities"])

    def wait(self, kind: str, record: str, seen: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """The timeline once it is as expected."""
        until = time.monotonic() + VISIBLE_SECONDS
        while not seen(entries := self.timeline(kind, record)):
            assert time.monotonic() < until, entries
            time.sleep(0.02)  # nothing to await: a user looks again, too
        return entries


@pytest.fixture(scope="module")
def api(stack: Stack) -> Api:
    return Api(stack)


def types(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["type"] for entry in entries]


def test_what_is_done_to_a_contact_appears_on_its_timeline_in_order(api: Api) -> None:
    contact = api.contact()
    path = f"/v1/contacts/{contact['id']}"
    for number in range(5):
        api.call("PATCH", path, {"contact": {"jobTitle": f"Title {number}"}, "updateMask": "jobTitle"})
    api.call("DELETE", path)
    api.call("POST", f"{path}:undelete", {})
    entries = api.wait("CONTACT", contact["id"], lambda found: len(found) == 8)
    assert types(entries) == ["contact.undeleted", "contact.deleted", *["contact.updated"] * 5, "contact.created"]
    told = [entry["changes"][0]["after"] for entry in reversed(entries) if entry["type"] == "contact.updated"]
    assert told == [f"Title {number}" for number in range(5)]
    me = api.call("GET", "/v1/me")["user"]["id"]
    assert {entry["actorId"] for entry in entries} == {me}


def test_a_change_of_addresses_tells_what_came_and_went_as_typed(api: Api) -> None:
    contact = api.contact()
    before = contact["emails"][0]["address"]
    emails = [{"address": before, "label": "private"}, {"address": f"Second.{before}", "label": "work"}]
    api.call("PATCH", f"/v1/contacts/{contact['id']}", {"contact": {"emails": emails}, "updateMask": "emails"})
    entries = api.wait("CONTACT", contact["id"], lambda found: len(found) == 2)
    (change,) = entries[0]["changes"]
    assert change["field"] == "emails"
    assert [item["address"] for item in change["after"]] == [before, f"Second.{before}"]
    assert all("normalized" not in item for item in change["after"])


def test_a_contact_appears_on_the_timeline_of_the_company_it_joins_and_leaves(api: Api) -> None:
    company = api.call("POST", "/v1/companies", {"company": {"name": f"Şəki İpək {uuid4().hex}"}})
    contact = api.contact(companies=[{"companyId": company["id"], "role": "buyer"}])
    api.call("PATCH", f"/v1/contacts/{contact['id']}", {"contact": {"companies": []}, "updateMask": "companies"})
    entries = api.wait("COMPANY", company["id"], lambda found: len(found) == 3)
    assert sorted(types(entries)) == ["company.created", "contact.linked", "contact.unlinked"]
    linked = next(entry for entry in entries if entry["type"] == "contact.linked")
    assert linked["changes"][0]["after"]["id"] == contact["id"]


def test_a_note_stands_in_the_timeline_and_can_be_paged_past(api: Api) -> None:
    contact = api.contact()
    api.wait("CONTACT", contact["id"], bool)
    note = {"subjectType": "SUBJECT_TYPE_CONTACT", "subjectId": contact["id"], "body": "پیش‌فاکتور فرستاده شد."}
    written = api.call("POST", "/v1/notes", {"note": note})
    path = f"/v1/activities?subject_type=SUBJECT_TYPE_CONTACT&subject_id={contact['id']}&page_size=1"
    first = api.call("GET", path)
    assert first["activities"][0]["note"] == written
    second = api.call("GET", f"{path}&page_token={first['nextPageToken']}")
    assert types(second["activities"]) == ["contact.created"]
    assert second["nextPageToken"] == ""


def test_a_timeline_of_nobody_is_not_found(api: Api) -> None:
    path = f"/v1/activities?subject_type=SUBJECT_TYPE_CONTACT&subject_id={uuid4()}"
    refused = api.call("GET", path, expect=404)
    assert refused["details"][0]["reason"] == "SUBJECT_NOT_FOUND"


def test_a_second_demo_adds_nothing(stack: Stack, api: Api) -> None:
    first = stack.crm("demo")
    assert "300 contacts, 40 companies, 6 users, 2 teams" in first
    assert api.call("GET", '/v1/contacts?filter=language+%3D+"fa"&count=true')["totalSize"] >= 75
    assert "0 contacts, 0 companies, 0 users, 0 teams and 0 notes" in stack.crm("demo")
