"""Signing in and out through the edge."""

import time
from typing import Any

import pytest

from crm.identity.v1 import identity_service_pb2 as identity
from crmkit.errors import ResourceExhausted, Unauthenticated
from tests.system.edge.conftest import raising
from tests.system.gateway_stand import Stand, refused


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
