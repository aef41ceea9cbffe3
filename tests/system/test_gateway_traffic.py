"""What becomes of calls: native gRPC, retries, limits, metrics, the access log."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
import pytest
import requests

from crm.contacts.v1 import contact_pb2, contact_service_pb2_grpc
from crmkit.errors import Unavailable
from tests.system.gateway_stand import Stand, refused, standing


@pytest.fixture(scope="module")
async def stand(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stand]:
    async with standing(tmp_path_factory.mktemp("gateway"), public_url="https://crm.example") as running:
        yield running


@pytest.fixture(autouse=True)
def no_answers(stand: Stand) -> None:
    stand.upstream.answers.clear()


def _raw(channel: grpc.aio.Channel, path: str) -> Any:
    return channel.unary_unary(path)


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


async def test_the_addresses_of_one_ipv6_network_share_what_one_client_may(tmp_path: Path) -> None:
    async with standing(tmp_path, rate_limit=1, trusted_proxies=1) as stand:

        async def status(address: str) -> int:
            return (await stand.call("GET", "/v1/contacts", headers={"x-forwarded-for": address})).status_code

        household = [await status(f"2001:db8:0:7::{number:x}") for number in range(1, 6)]
        assert household[:2] == [200, 200]
        assert 429 in household
        assert await status("2001:db8:0:8::1") == 200
        office = [await status(f"203.0.113.{number}") for number in range(1, 6)]
        assert office == [200] * 5


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
