"""Tokens and headers that claim what nobody signed: refused by the gateway, and by a service called around it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import jwt
import orjson
import psycopg
import pytest
import requests
from uuid_utils.compat import uuid7

from cli.stack.secrets import Secrets
from cli.stack.settings import OFFSETS
from crm.contacts.v1 import contact_pb2
from crm.contacts.v1.contact_service_pb2_grpc import ContactServiceStub
from crm.identity.v1 import identity_service_pb2 as identity
from crm.identity.v1.identity_service_pb2_grpc import SessionServiceStub
from crmkit.testing import refusal
from crmkit.tokens import AUDIENCE, ISSUER, generate_key, load_key, public_jwk
from services.identity.domain.lockout import address_key
from tests.system.conftest import Stack

Claims = dict[str, Any]


@pytest.fixture(scope="module")
def channels(stack: Stack) -> Iterator[Callable[[str], grpc.Channel]]:
    """Channels to services, around the gateway."""
    opened: dict[str, grpc.Channel] = {}

    def channel(service: str) -> grpc.Channel:
        port = stack.http_port + OFFSETS[f"{service}_port"]
        return opened.setdefault(service, grpc.insecure_channel(f"127.0.0.1:{port}"))

    yield channel
    for one in opened.values():
        one.close()


class Forger:
    """Makes tokens; it has stolen the real key only where a test says so."""

    def __init__(self, stack: Stack) -> None:
        secrets = next(stack.data.rglob("signing.pem")).parent
        self.real_key = load_key((secrets / "signing.pem").read_bytes())
        self.kid = public_jwk(self.real_key)["kid"]
        self.x = public_jwk(self.real_key)["x"]

    def claims(self, **changed: Any) -> Claims:
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(uuid7()),
            "iat": now,
            "iat_ms": now * 1000,
            "exp": now + 600,
            "roles": ["administrator"],
        } | changed
        return {name: value for name, value in claims.items() if value is not None}

    def signed(self, **changed: Any) -> str:
        return jwt.encode(self.claims(**changed), self.real_key, algorithm="EdDSA", headers={"kid": self.kid})


def forgeries(forger: Forger) -> dict[str, str]:
    """Tokens of an administrator, each wrong in one way."""
    thief, claims = load_key(generate_key()), forger.claims()
    head, body, signature = forger.signed().split(".")
    none_head = jwt.utils.base64url_encode(orjson.dumps({"alg": "none", "typ": "JWT", "kid": forger.kid})).decode()
    other_body = jwt.utils.base64url_encode(orjson.dumps(forger.claims(sub=str(uuid7())))).decode()
    return {
        "another key under the real key's name": jwt.encode(
            claims, thief, algorithm="EdDSA", headers={"kid": forger.kid}
        ),
        "another key under its own name": jwt.encode(
            claims, thief, algorithm="EdDSA", headers={"kid": public_jwk(thief)["kid"]}
        ),
        "a key brought along": jwt.encode(
            claims, thief, algorithm="EdDSA", headers={"kid": forger.kid, "jwk": public_jwk(thief)}
        ),
        "no signature": f"{none_head}.{body}.",
        "no signature with the real header": f"{head}.{body}.",
        "the public key as a password": jwt.encode(
            claims, forger.x.ljust(64, "="), algorithm="HS256", headers={"kid": forger.kid}
        ),
        "other claims under a real signature": f"{head}.{other_body}.{signature}",
        "expired": forger.signed(exp=int(time.time()) - 60),
        "without expiry": forger.signed(exp=None),
        "for another audience": forger.signed(aud="elsewhere"),
        "from another issuer": forger.signed(iss="elsewhere"),
        "no token at all": "administrator",
        "empty": "",
    }


KINDS = (
    "another key under the real key's name",
    "another key under its own name",
    "a key brought along",
    "no signature",
    "no signature with the real header",
    "the public key as a password",
    "other claims under a real signature",
    "expired",
    "without expiry",
    "for another audience",
    "from another issuer",
    "no token at all",
    "empty",
)


@pytest.fixture(scope="module")
def forged(stack: Stack) -> dict[str, str]:
    return forgeries(Forger(stack))


def test_the_forger_knows_how_to_make_a_token(stack: Stack) -> None:
    """Else the tests below would pass for the wrong reason."""
    token = Forger(stack).signed()
    answer = requests.get(f"{stack.address}/v1/contacts", headers={"authorization": f"Bearer {token}"}, timeout=10)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_forged_token_is_refused_by_a_service_around_the_gateway(
    channels: Callable[[str], grpc.Channel], forged: dict[str, str], kind: str
) -> None:
    stub: Any = ContactServiceStub(channels("contacts"))  # type: ignore[arg-type]  # the stubs are typed for grpc.aio
    with pytest.raises(grpc.RpcError) as caught:
        stub.ListContacts(
            contact_pb2.ListContactsRequest(), metadata=(("authorization", f"Bearer {forged[kind]}"),), timeout=10
        )
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.UNAUTHENTICATED
    assert refusal(error).reason in ("TOKEN_INVALID", "TOKEN_EXPIRED", "SIGN_IN_REQUIRED")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", ["header", "cookie"])
def test_a_forged_token_is_refused_by_the_gateway(stack: Stack, forged: dict[str, str], kind: str, place: str) -> None:
    token = forged[kind]
    headers = {"authorization": f"Bearer {token}"} if place == "header" else {"cookie": f"crm_access={token}"}
    for path in ("/v1/contacts", "/v1/me", "/v1/search?query=a"):
        answer = requests.get(f"{stack.address}{path}", headers=headers, timeout=10)
        assert answer.status_code == 401, (path, answer.text)
        assert answer.json()["code"] == grpc.StatusCode.UNAUTHENTICATED.value[0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_forged_token_is_refused_by_the_gateway_also_to_grpc(stack: Stack, forged: dict[str, str], kind: str) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{stack.http_port}") as channel:
        stub: Any = ContactServiceStub(channel)  # type: ignore[arg-type]  # the stubs know asyncio's channels only
        metadata = (("authorization", f"Bearer {forged[kind]}"),)
        with pytest.raises(grpc.RpcError) as caught:
            stub.ListContacts(contact_pb2.ListContactsRequest(), metadata=metadata, timeout=10)
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.UNAUTHENTICATED, error.details()


@pytest.mark.parametrize(
    "headers",
    [
        {"x-user-id": "0198c0de-0000-7000-8000-000000000000", "x-roles": "administrator"},
        {"x-envoy-original-path": "/crm.identity.v1.SessionService/GetJwks"},
        {"x-envoy-internal": "true", "x-forwarded-for": "127.0.0.1"},
        {"x-jwt-payload": "eyJyb2xlcyI6WyJhZG1pbmlzdHJhdG9yIl19"},
        {"grpc-metadata-authorization": "Bearer x"},
    ],
)
def test_headers_that_claim_an_identity_gain_nothing(stack: Stack, headers: dict[str, str]) -> None:
    answer = requests.get(f"{stack.address}/v1/contacts", headers=headers, timeout=10)
    assert answer.status_code == 401


SPELLINGS = ("/v1/contacts", "//v1/contacts", "/v1/../v1/contacts", "/V1/contacts", "/v1%2Fcontacts")


@pytest.mark.parametrize("path", SPELLINGS)
def test_no_spelling_of_a_path_leads_around_the_token(stack: Stack, path: str) -> None:
    session = requests.Session()
    prepared = session.prepare_request(requests.Request("GET", stack.address))
    prepared.url = stack.address + path
    assert session.send(prepared, timeout=10).status_code in (400, 401, 404)


def test_failed_sign_ins_count_by_the_real_address_whatever_headers_say(stack: Stack) -> None:
    """A client that makes up addresses must not get a counter of its own for each."""
    channel = grpc.insecure_channel(f"127.0.0.1:{stack.http_port}")
    stub: Any = SessionServiceStub(channel)  # type: ignore[arg-type]
    for number in range(3):
        claim = (("x-envoy-external-address", f"203.0.113.{number}"), ("x-forwarded-for", f"203.0.113.{number}"))
        request = identity.SignInRequest(email=f"{uuid7().hex}@example.com", password="wrong-password")
        with pytest.raises(grpc.RpcError) as caught:
            stub.SignIn(request, metadata=claim, timeout=10)
        error: Any = caught.value
        assert refusal(error).reason == "SIGN_IN_FAILED"
    body = {"email": f"{uuid7().hex}@example.com", "password": "wrong-password"}
    headers = {"x-envoy-external-address": "203.0.113.9", "x-forwarded-for": "203.0.113.9"}
    answer = requests.post(f"{stack.address}/auth/signIn", json=body, headers=headers, timeout=10)
    assert answer.status_code == 401, answer.text
    channel.close()
    assert counted_addresses(stack) == {"127.0.0.1"}


def counted_addresses(stack: Stack) -> set[str]:
    """Which of the addresses in question have a counter; the table knows them by hashes."""
    asked = ["127.0.0.1", *(f"203.0.113.{number}" for number in (0, 1, 2, 9))]
    secrets = Secrets(next(stack.data.rglob("signing.pem")).parent)
    port, password = stack.http_port + OFFSETS["postgres_port"], secrets.password("identity")
    with psycopg.connect(f"postgresql://identity:{password}@127.0.0.1:{port}/identity") as db:
        known = {bytes(row[0]) for row in db.execute("SELECT key FROM sign_in_failures")}
    return {address for address in asked if address_key(address) in known}
