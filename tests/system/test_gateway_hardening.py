"""What a hostile client or site tries first: gateway and edge as they run behind https://crm.example."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from nats.aio.client import Client

from crm.contacts.v1 import contact_pb2, contact_service_pb2, import_service_pb2
from crm.identity.v1 import identity_service_pb2
from tests.system.edge.conftest import broker, healthy  # noqa: F401 - a fixture, and how to wait
from tests.system.gateway_stand import Stand, standing


@pytest.fixture(scope="module")
async def stand(
    tmp_path_factory: pytest.TempPathFactory,
    nats_url: str,
    broker: Client,  # noqa: F811
) -> AsyncIterator[Stand]:
    folder = tmp_path_factory.mktemp("hardening")
    async with standing(folder, nats_url=nats_url, public_url="https://crm.example") as running:
        await asyncio.wait_for(healthy(running), 20)
        yield running


@pytest.fixture(autouse=True)
def no_answers(stand: Stand) -> None:
    stand.upstream.answers.clear()


def session(*_: Any) -> identity_service_pb2.Session:
    return identity_service_pb2.Session(access_token="access", refresh_token="refresh")


async def raw(stand: Stand, text: str, *, seconds: float = 5.0) -> bytes:
    """What Envoy answers to these very bytes, until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", stand.settings.http_port)
    writer.write(text.replace("\n", "\r\n").encode())
    try:
        async with asyncio.timeout(seconds):
            return await reader.read()
    finally:
        writer.close()


async def test_behind_tls_cookies_travel_over_tls_only(stand: Stand) -> None:
    stand.upstream.answers["SignIn"] = session
    answer = await stand.call("POST", "/auth/signIn", token=None, json={"email": "a@b.example", "password": "secret"})
    assert answer.status_code == 200
    for line in answer.headers["set-cookie"].split(", crm_"):
        assert "; HttpOnly" in line
        assert "; Secure" in line
        assert "; SameSite=strict" in line
        assert "domain" not in line.lower()
    out = await stand.call("POST", "/auth/signOut", token=None)
    assert out.headers["set-cookie"].count("; Secure") == 2
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


@pytest.mark.parametrize("path", ["/docs/", "/auth/signIn/", "//evil.example/%2e%2e", "/\\evil.example", "/docs//"])
async def test_nothing_redirects(stand: Stand, path: str) -> None:
    answer = await raw(stand, f"GET {path} HTTP/1.1\nHost: evil.example\nConnection: close\n\n")
    status = answer.split(b" ", 2)[1]
    assert status in (b"400", b"404", b"405", b"200"), answer
    assert b"location:" not in answer.lower()


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
@pytest.mark.parametrize("path", ["/v1/contacts", "/auth/refresh", "/v1/live", "/openapi.json"])
async def test_no_other_site_is_let_in(stand: Stand, method: str, path: str) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "POST", "connection": "close"}
    answer = await stand.call(method, path, token=None, headers=headers)
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.parametrize(
    "head",
    [
        "Content-Length: 4\nTransfer-Encoding: chunked",
        "Content-Length: 4\nContent-Length: 5",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding: xchunked",
        "Content-Length: +4",
        "X-Folded: a\n b: c",
        "Upgrade: h2c\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
    ],
)
async def test_a_request_whose_end_is_disputed_goes_nowhere(stand: Stand, head: str) -> None:
    smuggled = "0\n\nGET /v1/contacts HTTP/1.1\nHost: x\n\n"
    before = len(stand.upstream.seen)
    answer = await raw(
        stand,
        f"POST /auth/signIn HTTP/1.1\nHost: x\nConnection: close\nContent-Type: application/json\n{head}\n\n{smuggled}",
    )
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 501")), answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert len(stand.upstream.seen) == before


async def test_a_client_that_never_ends_its_headers_is_cut_off(stand: Stand) -> None:
    answer = await raw(stand, "GET /livez HTTP/1.1\nHost: x\nX-Slow: ", seconds=15)
    assert answer.startswith(b"HTTP/1.1 408"), answer


async def test_a_client_that_sends_a_byte_now_and_then_is_cut_off_and_a_file_may_take_long(
    tmp_path: Path,
    nats_url: str,
    broker: Client,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gateway.envoy.routes.LONGEST_EXCHANGE", "2s")
    async with standing(tmp_path, nats_url=nats_url) as stand:
        await asyncio.wait_for(healthy(stand), 20)
        bearer = f"Authorization: Bearer {stand.token()}"

        async def trickle(path: str) -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", stand.settings.http_port)
            head = f"POST {path} HTTP/1.1\nHost: x\n{bearer}\nConnection: close\nContent-Length: 16\n\n"
            writer.write(head.replace("\n", "\r\n").encode())
            status = asyncio.create_task(reader.readline())
            for _ in range(16):
                writer.write(b"x")
                await asyncio.wait((status,), timeout=0.25)
                if status.done():
                    break
            line = await asyncio.wait_for(status, 5)
            writer.close()
            return line.split(b" ", 2)[1]

        paths = ("/v1/contacts", "/auth/signIn", "/v1/files?filename=a.csv")
        assert await asyncio.gather(*map(trickle, paths)) == [b"408", b"408", b"200"]


@pytest.mark.parametrize(
    "id_", ["a%22%3B%20filename%3D%22b.html", "a%0D%0ASet-Cookie:%20x=y", "x%3Bfilename%2A%3Dy.html"]
)
async def test_a_downloads_name_is_not_the_callers(stand: Stand, id_: str) -> None:
    found = import_service_pb2.Import(id="0198c0de-0000-7000-8000-000000000000")
    stand.upstream.answers["GetImport"] = lambda *_: found
    answer = await stand.call("GET", f"/v1/contactImports/{id_}/rejectedRows.csv")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="rejected-{found.id}.csv"'
    assert "set-cookie" not in answer.headers


async def test_nothing_personal_is_kept_by_caches_or_shown_as_a_page(stand: Stand) -> None:
    stand.upstream.answers |= {
        "SignIn": session,
        "GetContact": lambda request, _: contact_pb2.Contact(id=request.id),
        "ExportContacts": lambda *_: [contact_service_pb2.ExportContactsResponse()],
    }
    credentials = {"email": "a@b.example", "password": "secret"}
    for answer in (
        await stand.call("GET", "/v1/contacts/0198c0de-0000-7000-8000-000000000000"),
        await stand.call("GET", "/v1/search?query=ali"),
        await stand.call("GET", "/v1/contacts:export"),
        await stand.call("POST", "/auth/signIn", token=None, json=credentials),
        await stand.call("GET", "/", token=None),
    ):
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "," not in policy, "one policy, not two"


@pytest.mark.parametrize("path", ["/v1/search?query=a", "/v1/contacts:export"])
async def test_a_defect_says_nothing_of_our_inside(stand: Stand, path: str) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("/srv/secret at postgresql://identity:hunter2@10.0.0.5")

    stand.upstream.answers |= {"SearchContacts": broken, "SearchCompanies": broken, "ExportContacts": broken}
    answer = await stand.call("GET", path)
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text
