"""The edge behind the real Envoy, with a real NATS, before services whose answers the tests set."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import nats
import pytest
import requests
from nats.aio.client import Client

from crm.common.v1.search_pb2 import Highlight
from crm.contacts.v1 import company_service_pb2, contact_pb2, contact_service_pb2, import_service_pb2
from crm.events.v1.event_pb2 import Event
from crm.identity.v1 import identity_service_pb2 as identity
from crm.system.v1.system_service_pb2 import RetryDeadLettersResponse, ServiceStatus
from crmkit.access_mirror import access_bucket
from crmkit.errors import InvalidArgument, ResourceExhausted, Unauthenticated, Unavailable
from crmkit.events import payload
from tests.system.gateway_stand import Stand, standing
from tests.system.test_gateway import refused

READS_ALL = {"contact": {"read": "all", "export": "all", "import": "all"}, "company": {"read": "all"}}
OPERATES = {"system": {"read": "all", "administer": "all"}}


@pytest.fixture(scope="module")
async def broker(nats_url: str) -> AsyncIterator[Client]:
    client = await nats.connect(nats_url)
    bucket = await access_bucket(client.jetstream())
    await bucket.put("role.administrator", json.dumps(READS_ALL | OPERATES).encode())
    await bucket.put("role.representative", json.dumps({"contact": {"read": "own"}}).encode())
    yield client
    await client.close()


@pytest.fixture(scope="module")
async def stand(tmp_path_factory: pytest.TempPathFactory, nats_url: str, broker: Client) -> AsyncIterator[Stand]:
    async with standing(tmp_path_factory.mktemp("edge"), nats_url=nats_url) as running:
        await asyncio.wait_for(_healthy(running), 20)
        yield running


async def _healthy(stand: Stand) -> None:
    while (await stand.call("GET", "/healthz", token=None)).status_code != 200:  # noqa: ASYNC110 - of another process
        await asyncio.sleep(0.1)


@pytest.fixture(autouse=True)
def no_answers(stand: Stand) -> None:
    stand.upstream.answers.clear()


def raising(error: Exception) -> Callable[..., Any]:
    def answer(*_: Any) -> None:
        raise error

    return answer


def session(*_: Any) -> identity.Session:
    made = identity.Session(access_token="access", refresh_token="refresh")
    made.access_expire_time.FromSeconds(int(time.time()) + 600)
    made.refresh_expire_time.FromSeconds(int(time.time()) + 86_400)
    made.me.user.display_name = "Leyla <b>"
    return made


async def test_signing_in_sets_cookies_that_scripts_cannot_read(stand: Stand) -> None:
    stand.upstream.answers["SignIn"] = session
    answer = await stand.call("POST", "/auth/signIn", token=None, json={"email": "a@b.example", "password": "secret"})
    assert answer.status_code == 200
    assert answer.json()["me"]["user"]["displayName"] == "Leyla <b>"
    assert "accessToken" not in answer.json()
    cookies = {cookie.name: cookie for cookie in answer.cookies}
    assert cookies["crm_access"].path == "/"
    assert cookies["crm_refresh"].path == "/auth"
    for cookie in cookies.values():
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "strict"
    assert stand.upstream.last()[1].email == "a@b.example"


async def test_a_client_without_cookies_asks_for_tokens(stand: Stand) -> None:
    stand.upstream.answers["SignIn"] = session
    credentials = {"email": "a@b.example", "password": "secret", "transport": "token"}
    answer = await stand.call("POST", "/auth/signIn", token=None, json=credentials)
    assert answer.json()["accessToken"] == "access"
    assert answer.json()["refreshToken"] == "refresh"
    assert not answer.cookies


async def test_a_refused_sign_in_says_why(stand: Stand) -> None:
    credentials = {"email": "a@b.example", "password": "wrong"}
    stand.upstream.answers["SignIn"] = raising(Unauthenticated("SIGN_IN_FAILED", "Address or password is wrong."))
    refused(await stand.call("POST", "/auth/signIn", token=None, json=credentials), 401, 16, "SIGN_IN_FAILED")
    stand.upstream.answers["SignIn"] = raising(ResourceExhausted("LOCKED_OUT", "Too many tries.", 30.0))
    locked = await stand.call("POST", "/auth/signIn", token=None, json=credentials)
    refused(locked, 429, 8, "LOCKED_OUT")
    assert locked.headers["retry-after"] == "30"


@pytest.mark.parametrize("body", ["{", "[]", '{"email": 5, "password": "x"}', '{"email": "a@b.example", "user": ""}'])
async def test_a_sign_in_that_is_not_understood_is_refused(stand: Stand, body: str) -> None:
    refused(await stand.call("POST", "/auth/signIn", token=None, data=body), 400, 3, "REQUEST_INVALID")


async def test_signing_in_from_another_site_is_refused(stand: Stand) -> None:
    headers = {"origin": "https://evil.example"}
    answer = await stand.call("POST", "/auth/signIn", token=None, json={}, headers=headers)
    refused(answer, 403, 7, "ORIGIN_NOT_ALLOWED")


async def test_a_session_is_refreshed_by_its_cookie_and_a_dead_one_loses_it(stand: Stand) -> None:
    stand.upstream.answers["RefreshSession"] = session
    options: dict[str, Any] = {"token": None, "cookies": {"crm_refresh": "old"}, "headers": {"origin": stand.url}}
    answer = await stand.call("POST", "/auth/refresh", **options)
    assert answer.cookies["crm_refresh"] == "refresh"
    assert stand.upstream.last()[1].refresh_token == "old"
    stand.upstream.answers["RefreshSession"] = raising(Unauthenticated("REFRESH_TOKEN_REUSED", "Sign in again."))
    dead = await stand.call("POST", "/auth/refresh", **options)
    refused(dead, 401, 16, "REFRESH_TOKEN_REUSED")
    assert "Max-Age=0" in dead.headers["set-cookie"]


async def test_signing_out_ends_the_session_and_takes_the_cookies(stand: Stand) -> None:
    options: dict[str, Any] = {"token": None, "cookies": {"crm_refresh": "mine"}, "headers": {"origin": stand.url}}
    answer = await stand.call("POST", "/auth/signOut", **options)
    assert answer.status_code == 200
    assert stand.upstream.last()[1].refresh_token == "mine"
    assert answer.headers["set-cookie"].count("Max-Age=0") == 2


async def test_a_file_goes_through_in_pieces(stand: Stand) -> None:
    def stored(pieces: list[import_service_pb2.UploadFileRequest], _: Any) -> import_service_pb2.File:
        assert all(len(piece.content) <= 2**20 for piece in pieces)
        size = sum(len(piece.content) for piece in pieces)
        return import_service_pb2.File(id="f", filename=pieces[0].filename, size=size)

    stand.upstream.answers["UploadFile"] = stored
    answer = await stand.call("POST", "/v1/files?filename=مشتریان.csv", data=b"x" * (6 * 2**20))
    assert answer.json()["filename"] == "مشتریان.csv"
    assert answer.json()["size"] == str(6 * 2**20)


async def test_a_file_that_is_too_large_is_refused_whether_its_size_was_told_or_not(stand: Stand) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(9):
            yield b"x" * 2**20

    refused(await stand.call("POST", "/v1/files?filename=a", data=b"x" * (9 * 2**20)), 413, 3, "BODY_TOO_LARGE")
    refused(await stand.call("POST", "/v1/files?filename=a", data=chunks()), 413, 3, "BODY_TOO_LARGE")
    told = {"content-length": str(2**30 + 1)}
    refused(await stand.call("POST", "/v1/files?filename=a", headers=told), 413, 3, "BODY_TOO_LARGE")


async def test_a_file_the_service_refuses_is_refused_with_its_reason(stand: Stand) -> None:
    stand.upstream.answers["UploadFile"] = raising(InvalidArgument("FILE_EMPTY", "The file is empty.", field="content"))
    refused(await stand.call("POST", "/v1/files?filename=a.csv", data=b""), 400, 3, "FILE_EMPTY")


async def test_an_export_is_a_csv_file(stand: Stand) -> None:
    batch = contact_service_pb2.ExportContactsResponse()
    batch.contacts.add(id="1", given_name='=HYPERLINK("x")').phones.add(e164="+989121000316", primary=True)
    stand.upstream.answers["ExportContacts"] = lambda *_: [batch, batch]
    answer = await stand.call("GET", "/v1/contacts:export?filter=x&bom=true")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    lines = answer.content.decode().split("\r\n")
    assert lines[0].startswith("\ufeffid,given_name,")
    assert lines[1].startswith('1,"\'=HYPERLINK(""x"")",')
    assert ",+989121000316," in lines[1]
    assert len(lines) == 4
    assert stand.upstream.last()[1].filter == "x"


async def test_an_export_that_is_refused_or_breaks_off_is_seen_as_such(stand: Stand) -> None:
    stand.upstream.answers["ExportContacts"] = raising(InvalidArgument("FILTER_INVALID", "No.", field="filter"))
    refused(await stand.call("GET", "/v1/contacts:export?filter=("), 400, 3, "FILTER_INVALID")

    def half(*_: Any) -> Iterator[contact_service_pb2.ExportContactsResponse]:
        yield contact_service_pb2.ExportContactsResponse(contacts=[contact_pb2.Contact(id="1")])
        raise Unauthenticated("SESSION_ENDED", "Gone.")

    stand.upstream.answers["ExportContacts"] = half
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        await stand.call("GET", "/v1/contacts:export")


async def test_rejected_rows_come_as_they_stood_with_what_was_wrong(stand: Stand) -> None:
    found = import_service_pb2.Import(id="i")
    found.options.mapping.add(column="Name")
    found.options.mapping.add(column="E-mail")
    row = {"record": 7, "column": "email", "reason": "EMAIL_INVALID", "message": "No.", "cells": ["Ali", "ali@"]}

    def page(request: Any, _: Any) -> import_service_pb2.ListRejectedRowsResponse:
        made = import_service_pb2.ListRejectedRowsResponse(next_page_token="" if request.page_token else "more")
        made.rejected_rows.add(**row)
        return made

    stand.upstream.answers |= {"GetImport": lambda *_: found, "ListRejectedRows": page}
    answer = await stand.call("GET", f"/v1/contactImports/{uuid4()}/rejectedRows.csv")
    assert answer.text.split("\r\n") == [
        "Name,E-mail,record,column,reason,message",
        "Ali,ali@,7,email,EMAIL_INVALID,No.",
        "Ali,ali@,7,email,EMAIL_INVALID,No.",
        "",
    ]


def contacts_found(*_: Any) -> contact_service_pb2.SearchContactsResponse:
    made = contact_service_pb2.SearchContactsResponse()
    result = made.results.add(contact=contact_pb2.Contact(id="1", display_name="Ali", job_title="Buyer"))
    result.highlights.append(Highlight(field="displayName", text="Ali"))
    return made


def companies_found(*_: Any) -> company_service_pb2.SearchCompaniesResponse:
    made = company_service_pb2.SearchCompaniesResponse()
    made.results.add().company.name = "Ali & Sons"
    return made


async def test_a_search_asks_every_service(stand: Stand) -> None:
    stand.upstream.answers |= {"SearchContacts": contacts_found, "SearchCompanies": companies_found}
    answer = (await stand.call("GET", "/v1/search?query=ali")).json()
    assert answer["partial"] is False
    assert [(hit["type"], hit["title"]) for hit in answer["results"]] == [("contact", "Ali"), ("company", "Ali & Sons")]


async def test_a_search_without_one_service_is_marked_as_partial(stand: Stand) -> None:
    async def never(*_: Any) -> None:
        await asyncio.Event().wait()

    stand.upstream.answers |= {"SearchContacts": contacts_found, "SearchCompanies": never}
    answer = await stand.call("GET", "/v1/search?query=ali")
    assert answer.status_code == 200
    assert answer.json()["partial"] is True
    assert answer.json()["missingSources"] == ["companies"]
    assert [hit["title"] for hit in answer.json()["results"]] == ["Ali"]


async def test_a_search_leaves_out_what_the_caller_may_not_read(stand: Stand) -> None:
    stand.upstream.answers |= {"SearchContacts": contacts_found, "SearchCompanies": companies_found}
    token = stand.token(role="representative")
    answer = (await stand.call("GET", "/v1/search?query=ali", token=token)).json()
    assert {hit["type"] for hit in answer["results"]} == {"contact"}
    assert answer["partial"] is False


async def test_a_search_for_nothing_is_refused(stand: Stand) -> None:
    refused(await stand.call("GET", "/v1/search?query=+"), 400, 3, "QUERY_INVALID")


async def test_health_is_503_with_the_name_of_what_does_not_serve(tmp_path: Any, nats_url: str) -> None:
    async with standing(tmp_path, nats_url=nats_url) as stand:
        await asyncio.wait_for(_healthy(stand), 20)
        await stand.upstream.stop()
        answer = await stand.call("GET", "/healthz", token=None)
        assert answer.status_code == 503
        parts = {part["name"]: part["status"] for part in answer.json()["parts"]}
        assert parts["contacts"] == "UNREACHABLE"
        assert parts["nats"] == "SERVING"
        assert (await stand.call("GET", "/livez", token=None)).status_code == 200


async def test_pages_need_no_sign_in_and_allow_no_scripts(stand: Stand) -> None:
    page = await stand.call("GET", "/docs", token=None)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert (await stand.call("GET", "/openapi.json", token=None)).json()["openapi"] == "3.1.0"
    keys = (await stand.call("GET", "/.well-known/jwks.json", token=None)).json()["keys"]
    assert keys[0]["crv"] == "Ed25519"
    assert "d" not in keys[0]


@asynccontextmanager
async def following(stand: Stand, token: str, last_event_id: str = "") -> AsyncIterator[Callable[[], Any]]:
    """A stream of live updates: each call of what it gives awaits the next event as (name, data, id)."""
    headers = {"authorization": f"Bearer {token}", "last-event-id": last_event_id}
    response = await asyncio.to_thread(
        requests.get, stand.url + "/v1/live", headers=headers, stream=True, timeout=(5, 10)
    )
    assert response.status_code == 200, response.text
    lines = response.iter_lines()

    def read() -> tuple[str, dict[str, Any], str]:
        fields: dict[str, str] = {}
        for line in lines:
            name, _, value = line.decode().partition(": ")
            if name in ("id", "event", "data"):
                fields[name] = value
            elif not name and "event" in fields:
                return fields["event"], json.loads(fields["data"]), fields.get("id", "")
        return "closed", {}, ""

    try:
        yield lambda: asyncio.to_thread(read)
    finally:
        response.close()


async def publish(broker: Client, owner: UUID) -> str:
    record = str(uuid4())
    event = Event(
        id=str(uuid4()),
        type="contact.updated",
        aggregate_type="contact",
        aggregate_id=record,
        aggregate_version=2,
        after=json.dumps({"owner_id": str(owner), "given_name": "Secret"}),
    )
    await broker.publish("crm.contacts.0.contact.updated", payload.encode([event]))
    return record


async def test_a_change_is_seen_within_a_second_and_only_by_who_may(stand: Stand, broker: Client) -> None:
    me = uuid4()
    async with (
        following(stand, stand.token(me, role="representative")) as mine,
        following(stand, stand.token()) as everything,
    ):
        assert (await mine())[0] == (await everything())[0] == "ready"
        others, own = await publish(broker, uuid4()), await publish(broker, me)
        begun = time.monotonic()
        name, data, _ = await mine()
        assert time.monotonic() - begun < 1
        assert (name, data["aggregateId"], data["version"]) == ("change", own, "2")
        assert "Secret" not in str(data)
        assert [(await everything())[1]["aggregateId"] for _ in range(2)] == [others, own]


async def test_who_comes_back_gets_what_happened_meanwhile(stand: Stand, broker: Client) -> None:
    token = stand.token()
    async with following(stand, token) as changes:
        _, _, last = await changes()
    missed = await publish(broker, uuid4())
    await broker.flush()
    async with following(stand, token, last) as changes:
        found = [await changes(), await changes()]
    assert sorted(name for name, _, _ in found) == ["change", "ready"]
    assert missed in [data.get("aggregateId") for _, data, _ in found]
    async with following(stand, token, "deadbeef-7") as changes:
        assert [(await changes())[0], (await changes())[0]] == ["reset", "ready"]


async def test_live_updates_end_at_once_with_the_session(stand: Stand, broker: Client) -> None:
    me = uuid4()
    async with following(stand, stand.token(me)) as changes:
        await changes()
        bucket = await access_bucket(broker.jetstream())
        ended = json.dumps({"not_before_ms": int(time.time() * 1000) + 1000})
        await bucket.put(f"user.{me}", ended.encode())
        begun = time.monotonic()
        assert (await changes())[:2] == ("end", {"reason": "SESSION_ENDED"})
        assert (await changes())[0] == "closed"
        assert time.monotonic() - begun < 3


async def test_live_updates_need_a_sign_in(stand: Stand) -> None:
    refused(await stand.call("GET", "/v1/live", token=None), 401, 16, "SIGN_IN_REQUIRED")


def status_of(name: str) -> ServiceStatus:
    made = ServiceStatus(service=name, broker_connected=True)
    made.processes.add(host="pod-1", pid=7, role="all", version="1.2.3")
    made.consumers.add(name="timeline", source="contacts", pending=5_000_000_000)
    return made


async def test_the_status_of_the_system_is_asked_of_every_service(stand: Stand) -> None:
    stand.upstream.answers["GetStatus"] = lambda *_: status_of("x")
    answer = (await stand.call("GET", "/v1/system/status")).json()
    assert answer["status"] == "SERVING"
    assert [part["name"] for part in answer["services"]] == sorted(stand.settings.targets)
    part = answer["services"][0]
    assert part["health"] == "SERVING"
    assert part["status"]["processes"][0]["version"] == "1.2.3"
    assert part["status"]["consumers"][0]["pending"] == "5000000000"
    assert {part["name"] for part in answer["edge"]["parts"]} == {"access", "nats"}


async def test_a_service_that_does_not_answer_is_marked_and_the_others_are_told(stand: Stand) -> None:
    asked = []

    def answer(*_: Any) -> ServiceStatus:
        asked.append(1)
        if len(asked) == 2:
            raise Unavailable("DATABASE_UNAVAILABLE", "The database does not answer.")
        return status_of("x")

    stand.upstream.answers["GetStatus"] = answer
    reply = await stand.call("GET", "/v1/system/status")
    assert (reply.status_code, reply.json()["status"]) == (200, "DEGRADED")
    marked = [part for part in reply.json()["services"] if "status" not in part]
    assert [part["error"] for part in marked] == [{"code": "UNAVAILABLE", "message": "The database does not answer."}]


async def test_dead_letters_are_listed_and_given_back_by_service(stand: Stand) -> None:
    stand.upstream.answers["RetryDeadLetters"] = lambda *_: RetryDeadLettersResponse(retried_count=2)
    listed = await stand.call("GET", "/v1/system/deadLetters?service=contacts&pageSize=7&pageToken=t")
    assert listed.json() == {"deadLetters": [], "nextPageToken": ""}
    assert (stand.upstream.last()[1].page_size, stand.upstream.last()[1].page_token) == (7, "t")
    ids = [str(uuid4()), str(uuid4())]
    retried = await stand.call("POST", "/v1/system/deadLetters:retry", json={"service": "contacts", "eventIds": ids})
    assert retried.json() == {"retriedCount": "2"}
    assert list(stand.upstream.last()[1].event_ids) == ids


async def test_wrong_questions_about_dead_letters_name_the_field(stand: Stand) -> None:
    address = "/v1/system/deadLetters"
    refused(await stand.call("GET", address), 400, 3, "SERVICE_UNKNOWN")
    refused(await stand.call("GET", f"{address}?service=contacts&pageSize=-1"), 400, 3, "PAGE_SIZE_INVALID")
    refused(await stand.call("GET", f"{address}?service=contacts&x=1"), 400, 3, "REQUEST_INVALID")
    wrong = await stand.call("POST", f"{address}:retry", json={"service": "contacts", "eventIds": [1]})
    refused(wrong, 400, 3, "REQUEST_INVALID")


async def test_the_system_is_for_who_holds_the_right(stand: Stand) -> None:
    token = stand.token(role="representative")
    for method, path in (
        ("GET", "/v1/system/status"),
        ("GET", "/v1/system/deadLetters?service=contacts"),
        ("POST", "/v1/system/deadLetters:retry"),
    ):
        refused(await stand.call(method, path, token=token), 403, 7, "PERMISSION_DENIED")
        refused(await stand.call(method, path, token=None), 401, 16, "SIGN_IN_REQUIRED")
