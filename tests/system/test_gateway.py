"""The gateway as its clients meet it: the real Envoy before services whose answers the tests set."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from crm.contacts.v1 import contact_pb2
from tests.system.gateway_stand import Stand, refused, standing


@pytest.fixture(scope="module")
async def stand(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    async with standing(tmp_path_factory.mktemp("gateway"), public_url="https://crm.example") as running:
        yield running


@pytest.fixture(autouse=True)
def no_answers(stand: Stand) -> None:
    stand.upstream.answers.clear()


async def test_a_get_becomes_an_rpc_and_its_reply_json_with_every_field(stand: Stand) -> None:
    stand.upstream.answers["GetContact"] = lambda request, _: contact_pb2.Contact(id=request.id, given_name="علی")
    contact_id = str(uuid4())
    answer = await stand.call("GET", f"/v1/contacts/{contact_id}?showDeleted=true")
    assert answer.status_code == 200
    assert answer.json()["givenName"] == "علی"
    assert answer.json()["tags"] == []
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    _, request, metadata = stand.upstream.last()
    assert (request.id, request.show_deleted) == (contact_id, True)
    assert 10 < float(metadata["seconds-left"]) <= 15
    assert metadata["traceparent"].startswith("00-")


async def test_a_plus_in_a_query_is_a_space(stand: Stand) -> None:
    await stand.call("GET", "/v1/contacts?filter=a+b%2Bc")
    assert stand.upstream.last()[1].filter == "a b+c"


async def test_an_unknown_query_parameter_is_refused(stand: Stand) -> None:
    body = refused(await stand.call("GET", f"/v1/contacts/{uuid4()}?colour=red"), 400, 3, "REQUEST_INVALID")
    assert "colour" in body["message"]


@pytest.mark.parametrize("query", ["pageSize=many", "pageSize=99999999999", "count=perhaps"])
async def test_a_query_parameter_of_the_wrong_type_is_refused(stand: Stand, query: str) -> None:
    refused(await stand.call("GET", f"/v1/contacts?{query}"), 400, 3, "REQUEST_INVALID")


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        "null and void",
        '"text"',
        '{"contact": {"lifecycleStage": "LIFECYCLE_STAGE_HERO"}}',
        '{"contact": {"givenName": 5}}',
        '{"contact": {"tags": "one"}}',
        '{"contact": {"birthday": {"year": "x"}}}',
        '{"contact": {"birthday": "1990-01-01"}}',
        '{"contact": {"givenName": {"first": "Ali"}}}',
    ],
)
async def test_a_body_that_is_not_what_the_contract_says_is_refused(stand: Stand, body: str) -> None:
    refused(await stand.call("POST", "/v1/contacts", data=body), 400, 3, "REQUEST_INVALID")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"contcat": {}}, "contcat"),
        ({"contact": {"givenNam": "Ali"}}, "contact.givenNam"),
        ({"contact": {"emails": [{"address": "a@b.example"}, {"adress": "a@b.example"}]}}, "contact.emails[1].adress"),
    ],
)
async def test_a_misspelt_field_is_refused_by_its_name(stand: Stand, body: dict[str, Any], field: str) -> None:
    answer = refused(await stand.call("POST", "/v1/contacts", json=body), 400, 3, "REQUEST_INVALID")
    assert answer["message"].startswith(f"{field}:")


async def test_every_spelling_and_kind_of_field_arrives(stand: Stand) -> None:
    contact = {
        "givenName": 'Ali "the {great}" \\',
        "family_name": "Rezaei",
        "emails": [],
        "tags": ["a", "ب"],
        "birthday": {"year": 1990, "month": 1, "day": 2},
        "consents": [{"channel": "CHANNEL_EMAIL", "evidenceTime": "2026-01-01T00:00:00Z"}],
        "custom": {"tier": {"any": ["thing", 1, None]}},
        "audit": None,
    }
    mask = "givenName,custom.tier"
    body = {"contact": contact, "updateMask": mask, "requestId": str(uuid4())}
    answer = await stand.call("PATCH", f"/v1/contacts/{uuid4()}?", json=body)
    assert answer.status_code == 200, answer.text
    request = stand.upstream.last()[1]
    assert request.contact.given_name == contact["givenName"]
    assert request.contact.family_name == "Rezaei"
    assert list(request.update_mask.paths) == ["given_name", "custom.tier"]


async def test_a_body_of_more_than_four_mebibytes_is_refused(stand: Stand) -> None:
    body = json.dumps({"contact": {"givenName": "x" * (4 * 2**20)}})
    refused(await stand.call("POST", "/v1/contacts", data=body), 413, 3, "BODY_TOO_LARGE")


async def test_a_body_of_nearly_four_mebibytes_arrives(stand: Stand) -> None:
    names = "x" * (4 * 2**20 - 1000)
    answer = await stand.call("POST", "/v1/contacts", json={"contact": {"givenName": names}})
    assert answer.status_code == 200
    assert stand.upstream.last()[1].contact.given_name == names


async def test_a_large_reply_comes_whole(stand: Stand) -> None:
    tags = ["t" * 100] * 30_000
    stand.upstream.answers["GetContact"] = lambda *_: contact_pb2.Contact(tags=tags)
    answer = await stand.call("GET", f"/v1/contacts/{uuid4()}")
    assert answer.json()["tags"] == tags


async def test_an_address_that_is_not_there_is_not_found(stand: Stand) -> None:
    refused(await stand.call("GET", "/v1/unicorns"), 404, 5, "PATH_NOT_FOUND")
    refused(await stand.call("POST", "/crm.contacts.v1.ContactService/GetContact", json={}), 404, 5, "PATH_NOT_FOUND")


async def test_a_method_that_an_address_does_not_take_is_named_with_those_it_does(stand: Stand) -> None:
    answer = await stand.call("PUT", f"/v1/contacts/{uuid4()}")
    refused(answer, 405, 12, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "DELETE, GET, PATCH"


async def test_a_method_that_http_does_not_have_is_refused_in_the_one_shape(stand: Stand) -> None:
    refused(await stand.call("FROB", "/v1/contacts"), 400, 3, "HTTP_INVALID")


async def test_what_is_not_http_is_refused_in_the_one_shape(stand: Stand) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", stand.settings.http_port)
    writer.write(b"GET / HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n")
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400")
    assert json.loads(body)["details"][0]["reason"] == "HTTP_INVALID"


async def test_an_escaped_slash_is_refused(stand: Stand) -> None:
    refused(await stand.call("GET", "/v1/contacts/a%2Fb"), 400, 3, "PATH_INVALID")


async def test_an_id_in_the_body_may_repeat_the_one_in_the_path_and_not_contradict_it(stand: Stand) -> None:
    path = f"/v1/contacts/{uuid4()}"
    same = {"contact": {"id": path.rsplit("/", 1)[1]}, "updateMask": "givenName"}
    assert (await stand.call("PATCH", path, json=same)).status_code == 200
    other = {"contact": {"id": str(uuid4())}, "updateMask": "givenName"}
    refused(await stand.call("PATCH", path, json=other), 400, 3, "REQUEST_INVALID")


async def test_json_is_compressed_when_asked(stand: Stand) -> None:
    stand.upstream.answers["GetContact"] = lambda *_: contact_pb2.Contact(tags=["customer"] * 500)
    for encoding in ("gzip", "br"):
        headers = {"accept-encoding": encoding}
        answer = await stand.call("GET", f"/v1/contacts/{uuid4()}", headers=headers, stream=True)
        assert answer.headers["content-encoding"] == encoding
