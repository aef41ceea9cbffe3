"""Who calls: tokens, cookies, origins, and headers that nobody outside may set."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import grpc
import jwt
import pytest
import requests

from crm.contacts.v1 import contact_pb2, contact_service_pb2_grpc
from crmkit.errors import Aborted, InvalidArgument, NotFound, Unavailable
from crmkit.tokens import public_jwk
from tests.system.gateway_stand import Stand, refused, standing


@pytest.fixture(scope="module")
async def stand(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    async with standing(tmp_path_factory.mktemp("gateway"), public_url="https://crm.example") as running:
        yield running


@pytest.fixture(autouse=True)
def no_answers(stand: Stand) -> None:
    stand.upstream.answers.clear()


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


async def test_a_header_with_an_underscore_is_refused(stand: Stand) -> None:
    answer = await stand.call("GET", "/v1/contacts", headers={"x_user": "1"})
    refused(answer, 400, 3, "REQUEST_INVALID")
