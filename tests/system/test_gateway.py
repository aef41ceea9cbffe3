"""The gateway as its clients meet it: the real Envoy before services whose answers the tests set."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import jwt
import pytest
import requests

from crm.contacts.v1 import contact_pb2, contact_service_pb2_grpc
from crmkit.errors import Aborted, InvalidArgument, NotFound, Unavailable
from crmkit.tokens import public_jwk
from tests.system.gateway_stand import Stand, standing

ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"


@pytest.fixture(scope="module")
async def stand(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    async with standing(tmp_path_factory.mktemp("gateway"), public_url="https://crm.example") as running:
        yield running


@pytest.fixture(autouse=True)
def no_answers(stand: Stand) -> None:
    stand.upstream.answers.clear()


def refused(answer: requests.Response, status: int, code: int, reason: str) -> dict[str, Any]:
    """Asserts the one error shape, and gives it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body: dict[str, Any] = answer.json()
    assert set(body) == {"code", "message", "details"}
    assert body["code"] == code
    assert body["message"]
    assert body["details"][0]["@type"] == ERROR_INFO
    assert body["details"][0]["reason"] == reason
    return body


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


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NotFound("CONTACT_NOT_FOUND", "There is none."), 404, 5),
        (Aborted("ETAG_MISMATCH", "Somebody was first."), 409, 10),
        (InvalidArgument("EMAIL_INVALID", "That is no address.", field="contact.emails[0].address"), 400, 3),
        (Unavailable("DATABASE_UNAVAILABLE", "Not now."), 503, 14),
    ],
)
async def test_an_error_of_a_service_comes_with_its_details(
    stand: Stand, error: Exception, status: int, code: int
) -> None:
    def answer(*_: Any) -> None:
        raise error

    stand.upstream.answers["GetContact"] = answer
    body = refused(await stand.call("GET", f"/v1/contacts/{uuid4()}"), status, code, error.reason)  # type: ignore[attr-defined]
    if isinstance(error, InvalidArgument):
        assert body["details"][1]["fieldViolations"][0]["field"] == "contact.emails[0].address"


async def test_who_has_not_signed_in_is_told_so(stand: Stand) -> None:
    refused(await stand.call("GET", "/v1/contacts", token=None), 401, 16, "SIGN_IN_REQUIRED")


async def test_an_expired_token_is_told_from_a_wrong_one(stand: Stand) -> None:
    expired = stand.token(lifetime_seconds=-60)
    refused(await stand.call("GET", "/v1/contacts", token=expired), 401, 16, "TOKEN_EXPIRED")
    head, payload, _ = stand.token().split(".")
    forged = f"{head}.{payload}.{'A' * 86}"
    refused(await stand.call("GET", "/v1/contacts", token=forged), 401, 16, "TOKEN_INVALID")
    refused(await stand.call("GET", "/v1/contacts", token="word"), 401, 16, "TOKEN_INVALID")


async def test_a_token_for_another_audience_or_from_another_issuer_is_a_wrong_one(stand: Stand) -> None:
    """401 and not Envoy's 403, in JSON and in gRPC: a client may refresh and go on."""
    claims = jwt.decode(stand.token(), options={"verify_signature": False})
    head = {"kid": public_jwk(stand.key)["kid"]}
    for wrong in ({"aud": "elsewhere"}, {"iss": "elsewhere"}):
        token = jwt.encode(claims | wrong, stand.key, algorithm="EdDSA", headers=head)
        refused(await stand.call("GET", "/v1/contacts", token=token), 401, 16, "TOKEN_INVALID")
        async with grpc.aio.insecure_channel(stand.url.removeprefix("http://")) as channel:
            stub = contact_service_pb2_grpc.ContactServiceStub(channel)
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await stub.GetContact(
                    contact_pb2.GetContactRequest(id="x"), metadata=(("authorization", f"Bearer {token}"),)
                )
        assert caught.value.code() is grpc.StatusCode.UNAUTHENTICATED
        assert "{" not in (caught.value.details() or "")


async def test_a_cookie_signs_in_and_services_get_it_as_a_bearer_token(stand: Stand) -> None:
    token = stand.token()
    answer = await stand.call("GET", "/v1/contacts", token=None, cookies={"crm_access": token, "other": "1"})
    assert answer.status_code == 200
    metadata = stand.upstream.last()[2]
    assert metadata["authorization"] == f"Bearer {token}"
    assert "cookie" not in metadata


async def test_a_write_with_a_cookie_needs_our_own_origin(stand: Stand) -> None:
    async def write(**headers: str) -> requests.Response:
        return await stand.call(
            "POST", "/v1/contacts", json={}, token=None, cookies={"crm_access": stand.token()}, headers=headers
        )

    refused(await write(), 403, 7, "ORIGIN_NOT_ALLOWED")
    refused(await write(Origin="https://evil.example"), 403, 7, "ORIGIN_NOT_ALLOWED")
    refused(await write(Origin="null"), 403, 7, "ORIGIN_NOT_ALLOWED")
    in_the_address = await write(Origin="https://evil.example", Authorization="Basic YTpi")
    refused(in_the_address, 403, 7, "ORIGIN_NOT_ALLOWED")
    assert (await write(Origin=stand.url)).status_code == 200
    assert (await write(Origin="https://crm.example")).status_code == 200


async def test_a_write_with_a_bearer_token_needs_no_origin(stand: Stand) -> None:
    assert (await stand.call("POST", "/v1/contacts", json={})).status_code == 200


async def test_a_read_only_call_is_tried_again_and_a_write_is_not(stand: Stand) -> None:
    calls = 0

    def answer(*_: Any) -> contact_pb2.Contact:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise Unavailable("RESTARTING", "Not now.")
        return contact_pb2.Contact()

    stand.upstream.answers["GetContact"] = stand.upstream.answers["CreateContact"] = answer
    assert (await stand.call("GET", f"/v1/contacts/{uuid4()}")).status_code == 200
    assert calls == 2
    calls = 0
    assert (await stand.call("POST", "/v1/contacts", json={})).status_code == 503
    assert calls == 1


async def test_a_client_can_neither_forge_a_trace_nor_steer_envoy(stand: Stand) -> None:
    forged = f"00-{'a' * 32}-{'b' * 16}-01"
    headers = {"traceparent": forged, "x-envoy-retry-on": "5xx", "x-envoy-upstream-rq-timeout-ms": "1"}
    assert (await stand.call("GET", "/v1/contacts", headers=headers)).status_code == 200
    metadata = stand.upstream.last()[2]
    assert "a" * 32 not in metadata["traceparent"]
    assert not {"x-envoy-retry-on", "x-envoy-upstream-rq-timeout-ms", "x-envoy-internal"} & metadata.keys()


async def test_services_learn_the_address_of_the_client_and_no_other(stand: Stand) -> None:
    headers = {"x-envoy-external-address": "203.0.113.9", "x-forwarded-for": "203.0.113.9"}
    assert (await stand.call("GET", "/v1/contacts", headers=headers)).status_code == 200
    assert stand.upstream.last()[2]["x-envoy-external-address"] == "127.0.0.1"


async def test_an_id_in_the_body_may_repeat_the_one_in_the_path_and_not_contradict_it(stand: Stand) -> None:
    path = f"/v1/contacts/{uuid4()}"
    same = {"contact": {"id": path.rsplit("/", 1)[1]}, "updateMask": "givenName"}
    assert (await stand.call("PATCH", path, json=same)).status_code == 200
    other = {"contact": {"id": str(uuid4())}, "updateMask": "givenName"}
    refused(await stand.call("PATCH", path, json=other), 400, 3, "REQUEST_INVALID")


async def test_a_header_with_an_underscore_is_refused(stand: Stand) -> None:
    answer = await stand.call("GET", "/v1/contacts", headers={"x_user": "1"})
    refused(answer, 400, 3, "REQUEST_INVALID")


def _raw(channel: grpc.aio.Channel, path: str) -> Any:
    return channel.unary_unary(path)


async def test_native_grpc_goes_through_the_same_port(stand: Stand) -> None:
    stand.upstream.answers["GetContact"] = lambda request, _: contact_pb2.Contact(id=request.id)
    async with grpc.aio.insecure_channel(stand.url.removeprefix("http://")) as channel:
        stub = contact_service_pb2_grpc.ContactServiceStub(channel)
        bearer = (("authorization", f"Bearer {stand.token()}"),)
        reply = await stub.GetContact(contact_pb2.GetContactRequest(id="x"), metadata=bearer)
        assert reply.id == "x"
        with pytest.raises(grpc.aio.AioRpcError) as unknown:
            await _raw(channel, "/crm.contacts.v2.Nothing/Get")(b"", metadata=bearer)
        with pytest.raises(grpc.aio.AioRpcError) as nobody:
            await stub.GetContact(contact_pb2.GetContactRequest(id="x"))
    assert unknown.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert nobody.value.code() is grpc.StatusCode.UNAUTHENTICATED
    assert "{" not in (nobody.value.details() or "")


async def test_signing_in_over_grpc_needs_no_token(stand: Stand) -> None:
    async with grpc.aio.insecure_channel(stand.url.removeprefix("http://")) as channel:
        await _raw(channel, "/crm.identity.v1.SessionService/SignIn")(b"")
    assert stand.upstream.last()[0] == "SignIn"


async def test_json_is_compressed_when_asked(stand: Stand) -> None:
    stand.upstream.answers["GetContact"] = lambda *_: contact_pb2.Contact(tags=["customer"] * 500)
    for encoding in ("gzip", "br"):
        headers = {"accept-encoding": encoding}
        answer = await stand.call("GET", f"/v1/contacts/{uuid4()}", headers=headers, stream=True)
        assert answer.headers["content-encoding"] == encoding


async def test_metrics_are_served_and_nothing_else_of_the_admin_interface(stand: Stand) -> None:
    base = f"http://127.0.0.1:{stand.settings.envoy_metrics_port}"
    metrics = await asyncio.to_thread(requests.get, f"{base}/stats/prometheus", timeout=10)
    assert "envoy_http_downstream_rq_total" in metrics.text
    for path in ("/config_dump", "/stats", "/"):
        assert (await asyncio.to_thread(requests.get, base + path, timeout=10)).status_code == 404
    assert (await asyncio.to_thread(requests.post, f"{base}/quitquitquit", timeout=10)).status_code == 404
    assert (await stand.call("GET", "/stats/prometheus", token=None)).status_code != 200


async def test_the_access_log_tells_the_rpc_and_the_user_and_not_what_was_searched(
    stand: Stand, tmp_path: Path
) -> None:
    user = uuid4()
    await stand.call("GET", "/v1/contacts:search?query=secret-name", token=stand.token(user))

    async def line() -> dict[str, Any]:
        while True:  # Envoy writes its log every second
            for text in stand.log.splitlines():
                if str(user) in text:
                    return dict(json.loads(text))
            await asyncio.sleep(0.1)

    logged = await asyncio.wait_for(line(), 15)
    assert logged["rpc"] == "/crm.contacts.v1.ContactService/SearchContacts"
    assert logged["path"] == "/v1/contacts:search"
    assert logged["user_id"] == str(user)
    assert len(logged["trace_id"]) == 32
    assert "secret-name" not in stand.log


async def test_a_service_that_is_down_is_unavailable_at_once_and_found_again(tmp_path: Path) -> None:
    async with standing(tmp_path) as stand:
        await stand.upstream.stop()
        begun = asyncio.get_running_loop().time()
        refused(await stand.call("POST", "/v1/contacts", json={}), 503, 14, "SERVICE_UNAVAILABLE")
        assert asyncio.get_running_loop().time() - begun < 3
        await stand.upstream.start()

        async def back() -> None:
            while (await stand.call("GET", "/v1/contacts")).status_code != 200:  # noqa: ASYNC110 - of another process
                await asyncio.sleep(0.1)

        await asyncio.wait_for(back(), 10)


async def test_too_many_requests_from_one_address_are_refused(tmp_path: Path) -> None:
    async with standing(tmp_path, rate_limit=1) as stand:
        answers = [await stand.call("GET", "/v1/contacts") for _ in range(4)]
        limited = next(answer for answer in answers if answer.status_code != 200)
        refused(limited, 429, 8, "RATE_LIMITED")
        assert limited.headers["retry-after"] == "1"


async def test_signing_in_is_limited_by_address_over_grpc_too(tmp_path: Path) -> None:
    async with standing(tmp_path, sign_in_rate_limit=2) as stand:
        async with grpc.aio.insecure_channel(stand.url.removeprefix("http://")) as channel:
            sign_in = _raw(channel, "/crm.identity.v1.SessionService/SignIn")
            for _ in range(2):
                await sign_in(b"")
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await sign_in(b"")
            assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
            await _raw(channel, "/crm.identity.v1.SessionService/RefreshSession")(b"")
        assert [name for name, *_ in stand.upstream.seen] == ["SignIn", "SignIn", "RefreshSession"]
