"""The search over all services, health, and pages that need no sign-in."""

import asyncio
from typing import Any

from crm.common.v1.search_pb2 import Highlight
from crm.contacts.v1 import company_service_pb2, contact_pb2, contact_service_pb2
from tests.system.edge.conftest import healthy
from tests.system.gateway_stand import Stand, refused, standing


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
        await asyncio.wait_for(healthy(stand), 20)
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
