"""Companies through their RPCs."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from google.type.money_pb2 import Money
from uuid_utils.compat import uuid7

from crm.contacts.v1 import company_pb2, company_service_pb2, contact_pb2
from crmkit.testing import refusal
from tests.service.contacts.conftest import Contacts, World, events_of, refused

Code = grpc.StatusCode


async def get(api: Contacts, id: str, **more: Any) -> company_pb2.Company:
    return await api.companies.GetCompany(company_pb2.GetCompanyRequest(id=id, **more), metadata=api.who)


async def delete(api: Contacts, id: str) -> company_pb2.Company:
    return await api.companies.DeleteCompany(company_pb2.DeleteCompanyRequest(id=id), metadata=api.who)


async def test_a_company_is_read_back_as_it_was_created(admin: Contacts) -> None:
    parent = await admin.company()
    created = await admin.company(
        name="آریا",
        legal_name="Aria Trading LLC",
        domains=["Example.COM", "example.com.", "bücher.example"],
        industry="Retail",
        employee_count=120,
        annual_revenue=Money(currency_code="AZN", units=-12, nanos=-340_000_000),
        addresses=[contact_pb2.PostalAddress(city="Bakı", region="AZ")],
        parent_id=parent.id,
        tags=["Key", "key"],
        custom={"tier": "gold"},
    )
    assert created == await get(admin, created.id)
    assert list(created.domains) == ["example.com", "xn--bcher-kva.example"]
    assert created.annual_revenue == Money(currency_code="AZN", units=-12, nanos=-340_000_000)
    assert (created.parent_id, list(created.tags)) == (parent.id, ["Key"])
    assert created.owner_id == str(admin.user_id)


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({"name": " "}, "VALUE_REQUIRED", "company.name"),
        ({"name": "x" * 301}, "VALUE_TOO_LONG", "company.name"),
        ({"name": "A", "domains": ["https://example.com"]}, "DOMAIN_INVALID", "company.domains[0]"),
        ({"name": "A", "employee_count": -1}, "NUMBER_OUT_OF_RANGE", "company.employee_count"),
        (
            {"name": "A", "annual_revenue": Money(currency_code="ZZZ", units=1)},
            "CURRENCY_INVALID",
            "company.annual_revenue.currency_code",
        ),
        ({"name": "A", "annual_revenue": Money(units=1)}, "CURRENCY_INVALID", "company.annual_revenue.currency_code"),
        (
            {"name": "A", "annual_revenue": Money(currency_code="USD", units=1, nanos=-1)},
            "MONEY_INVALID",
            "company.annual_revenue.nanos",
        ),
        ({"name": "A", "parent_id": str(uuid7())}, "COMPANY_NOT_FOUND", "company.parent_id"),
        ({"name": "A", "parent_id": "x"}, "ID_INVALID", "company.parent_id"),
    ],
)
async def test_a_wrong_field_is_named(admin: Contacts, fields: dict[str, Any], reason: str, field: str) -> None:
    said = await refused(admin.company(**fields))
    assert (said.code, said.reason, said.fields) == (Code.INVALID_ARGUMENT, reason, (field,))


async def test_an_update_replaces_what_the_mask_names(world: World, admin: Contacts) -> None:
    before = await admin.company(name="Before", industry="Retail", annual_revenue=Money(currency_code="USD", units=5))
    after = await admin.update_company("name,annual_revenue", id=before.id, etag=before.etag, name="After")
    assert (after.name, after.industry) == ("After", "Retail")
    assert not after.HasField("annual_revenue")
    assert after == await admin.update_company("name", id=before.id, name="After")
    created, updated = await events_of(world, before.id)
    assert (created.type, updated.type, updated.aggregate_version) == ("company.created", "company.updated", 2)
    assert created.after["annual_revenue"] == {"currency_code": "USD", "amount": "5"}
    said = await refused(admin.update_company("name", id=before.id, etag=before.etag, name="Late"))
    assert (said.code, said.reason, said.metadata["etag"]) == (Code.ABORTED, "ETAG_MISMATCH", after.etag)


async def test_of_updates_at_once_with_one_etag_exactly_one_wins(world: World, admin: Contacts) -> None:
    made = await admin.company()
    tries = [admin.update_company("name", id=made.id, etag=made.etag, name=f"Racer {n}") for n in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    lost = [refusal(result).reason for result in results if isinstance(result, grpc.aio.AioRpcError)]
    assert lost == ["ETAG_MISMATCH"] * 7
    assert [event.aggregate_version for event in await events_of(world, made.id)] == [1, 2]


async def test_no_company_stands_below_itself(admin: Contacts) -> None:
    top = await admin.company()
    middle = await admin.company(parent_id=top.id)
    bottom = await admin.company(parent_id=middle.id)
    for parent_id in (top.id, middle.id, bottom.id):
        said = await refused(admin.update_company("parent_id", id=top.id, parent_id=parent_id))
        assert (said.reason, said.fields) == ("COMPANY_CYCLE", ("company.parent_id",))
    assert (await admin.update_company("parent_id", id=bottom.id, parent_id=top.id)).parent_id == top.id


async def test_two_changes_at_once_close_no_circle(admin: Contacts) -> None:
    one, other = await admin.company(), await admin.company()
    await asyncio.gather(
        admin.update_company("parent_id", id=one.id, parent_id=other.id),
        admin.update_company("parent_id", id=other.id, parent_id=one.id),
        return_exceptions=True,
    )
    parents = {key: (await get(admin, key)).parent_id for key in (one.id, other.id)}
    assert sorted(parents.values()) in (["", other.id], ["", one.id])


async def test_deleted_means_in_the_bin_until_undeleted(world: World, admin: Contacts) -> None:
    made = await admin.company(name="Binnable")
    person = await admin.create(companies=[contact_pb2.CompanyRole(company_id=made.id)])
    deleted = await delete(admin, made.id)
    assert (await refused(get(admin, made.id))).reason == "COMPANY_NOT_FOUND"
    assert await get(admin, made.id, show_deleted=True) == deleted
    assert (await admin.get(person.id)).companies[0].company_name == "Binnable"
    refused_link = await refused(admin.create(companies=[contact_pb2.CompanyRole(company_id=made.id)]))
    assert refused_link.reason == "COMPANY_NOT_FOUND"
    request = company_pb2.UndeleteCompanyRequest(id=made.id)
    back = await admin.companies.UndeleteCompany(request, metadata=admin.who)
    assert back == await get(admin, made.id)
    assert (await refused(admin.companies.UndeleteCompany(request, metadata=admin.who))).reason == "NOT_DELETED"
    kinds = [event.type for event in await events_of(world, made.id)]
    assert kinds == ["company.created", "company.deleted", "company.undeleted"]


async def test_one_request_id_creates_one_company(world: World, admin: Contacts) -> None:
    request = company_pb2.CreateCompanyRequest(company=company_pb2.Company(name="Once"), request_id=str(uuid7()))
    first = await admin.companies.CreateCompany(request, metadata=admin.who)
    assert await admin.companies.CreateCompany(request, metadata=admin.who) == first
    assert len(await events_of(world, first.id)) == 1


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ('name:"alp"', ["Alpha", "Alpine"]),
        ('name = "ALPHA"', ["Alpha"]),
        ('domain:"alpha.example"', ["Alpha"]),
        ('industry = "mining" AND employee_count > 10', ["Alpine"]),
        ("tags:key", ["Alpha"]),
        ('custom.tier = "gold"', ["Beta"]),
    ],
)
async def test_filters_find_what_they_say(world: World, filter: str, names: list[str]) -> None:
    api = world.user("representative")
    await api.company(name="Alpha", domains=["alpha.example"], tags=["Key"])
    await api.company(name="Beta", custom={"tier": "gold"})
    await api.company(name="Alpine", industry="Mining", employee_count=50)
    request = company_pb2.ListCompaniesRequest(filter=filter, order_by="name", count=True)
    reply = await api.companies.ListCompanies(request, metadata=api.who)
    assert [company.name for company in reply.companies] == names
    assert reply.total_size == len(names)


async def test_pages_join_to_the_whole_under_every_order(world: World) -> None:
    api = world.user("representative")
    made = {(await api.company()).id for _ in range(7)}
    for order_by in ("name", "name desc", "create_time", "update_time desc", ""):
        seen: list[str] = []
        token = ""
        while True:
            request = company_pb2.ListCompaniesRequest(page_size=3, page_token=token, order_by=order_by)
            page = await api.companies.ListCompanies(request, metadata=api.who)
            seen += [company.id for company in page.companies]
            token = page.next_page_token
            if not token:
                break
        assert len(seen) == len(made)
        assert set(seen) == made


async def test_an_export_of_companies_streams_what_passes_and_is_seen_in_order_of_id(
    admin: Contacts, world: World
) -> None:
    made = [await admin.company(name=f"Exported {number}", industry="Exports") for number in range(3)]
    await delete(admin, made[1].id)
    request = company_service_pb2.ExportCompaniesRequest(filter='industry = "Exports"')

    async def exported(api: Contacts) -> list[str]:
        stream = api.companies.ExportCompanies(request, metadata=api.who)
        return [company.id async for batch in stream for company in batch.companies]

    assert await exported(admin) == [made[0].id, made[2].id]
    assert await exported(world.user("representative")) == []
    assert (await refused(exported(world.user("nobody")))).code is Code.PERMISSION_DENIED
