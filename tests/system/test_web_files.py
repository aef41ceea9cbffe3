"""How the edge serves the built web app, through the real Envoy."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.system.gateway_stand import Stand, refused, standing

SCRIPT = "/assets/main-0a1b2c3d.js"


@pytest.fixture(scope="module")
async def stand(tmp_path_factory: pytest.TempPathFactory, nats_url: str) -> AsyncIterator[Stand]:
    async with standing(tmp_path_factory.mktemp("web"), nats_url=nats_url) as running:
        yield running


@pytest.mark.parametrize("path", ["/", "/contacts", "/contacts/0198c0de-0000-7000-8000-000000000000", "/a/b.c"])
async def test_every_address_of_the_app_is_the_page_without_sign_in(stand: Stand, path: str) -> None:
    page = await stand.call("GET", path, token=None)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in page.headers["permissions-policy"]


async def test_the_page_loads_from_nowhere_else_and_its_nonce_is_new_each_time(stand: Stand) -> None:
    nonces = set()
    for _ in range(2):
        page = await stand.call("GET", "/", token=None)
        policy = page.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "http" not in policy
        assert "script-src 'self';" in policy
        nonce = re.search(r"style-src 'self' 'nonce-([\w-]{16,})'", policy)
        assert nonce is not None
        assert f'nonce="{nonce[1]}"' in page.text
        nonces.add(nonce[1])
    assert len(nonces) == 2


@pytest.mark.parametrize(
    ("accepted", "encoding", "content"),
    [
        ("gzip, deflate, br", "br", b"in brotli"),
        ("gzip;q=0.5, br;q=0", "gzip", b"in gzip"),
        ("identity", None, b"let a = 1"),
    ],
)
async def test_assets_are_kept_for_good_and_sent_as_the_build_compressed_them(
    stand: Stand, accepted: str, encoding: str | None, content: bytes
) -> None:
    headers = {"accept-encoding": accepted}
    answer = await stand.call("GET", SCRIPT, token=None, headers=headers, stream=True)
    assert answer.raw.read(decode_content=False) == content
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "accept-encoding" in answer.headers["vary"].lower()


async def test_what_may_change_is_asked_for_again_and_told_unchanged(stand: Stand) -> None:
    first = await stand.call("GET", "/icon.svg", token=None)
    assert first.headers["cache-control"] == "no-cache"
    again = await stand.call("GET", "/icon.svg", token=None, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/assets/old-00000000.js", "/auth/nothing"])
async def test_what_is_no_page_and_not_there_is_refused_in_the_one_shape(stand: Stand, path: str) -> None:
    answer = await stand.call("GET", path, token=None)
    refused(answer, 404, 5, "PATH_NOT_FOUND")


async def test_only_reading_is_answered_with_the_page(stand: Stand) -> None:
    refused(await stand.call("POST", "/contacts", token=None), 404, 5, "PATH_NOT_FOUND")
    wrong = await stand.call("DELETE", "/docs", token=None)
    refused(wrong, 405, 12, "METHOD_NOT_ALLOWED")
    assert "GET" in wrong.headers["allow"]
