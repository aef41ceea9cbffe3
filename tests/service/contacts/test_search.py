"""Searches as people type them, in any script."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from crm.contacts.v1 import company_pb2, company_service_pb2, contact_pb2, contact_service_pb2
from tests.service.contacts.conftest import Contacts, World, email, phone, refused


@pytest.fixture(scope="module")
async def api(world: World) -> AsyncIterator[Contacts]:
    """An administrator, and people to look for."""
    api = world.user()
    pars = await api.company(name="پارس‌خودرو", legal_name="Pars Khodro PJSC", domains=["Pars.example.com"])
    await api.create(
        given_name="علی",
        family_name="رضایی",
        language="fa",
        emails=[email("a.rezaei@pars.example.com")],
        phones=[phone("0912 100 0316")],
        companies=[contact_pb2.CompanyRole(company_id=pars.id)],
        addresses=[contact_pb2.PostalAddress(lines=["خیابان ولیعصر"], city="تهران")],
    )
    await api.create(given_name="Alina", family_name="Kovács", language="hu", phones=[phone("+36 1 234 5678")])
    await api.create(given_name="Malik", family_name="Ghalib", emails=[email("malik@ghalib.example.com")])
    await api.create(given_name="Ali", family_name="Zand", job_title="Buyer")
    await api.create(given_name="Ayşe", family_name="Əliyeva", language="az")
    await api.create(given_name="伟", family_name="王")
    await api.create(given_name="Ali", family_name="Binned", emails=[email()])
    binned = (await api.list(filter="family_name = Binned")).contacts[0]
    await api.delete(binned.id)
    yield api


async def search(api: Contacts, query: str, page_size: int = 0) -> contact_service_pb2.SearchContactsResponse:
    request = contact_service_pb2.SearchContactsRequest(query=query, page_size=page_size)
    return await api.contacts.SearchContacts(request, metadata=api.who)


async def names(api: Contacts, query: str) -> list[str]:
    return [result.contact.display_name for result in (await search(api, query)).results]


async def test_a_search_for_ali_finds_arabic_letters(api: Contacts) -> None:
    assert await names(api, "علی") == ["علی رضایی"]
    assert await names(api, "علي") == ["علی رضایی"]
    assert await names(api, "رضايي") == ["علی رضایی"]
    assert await names(api, "eliyeva ayse") == ["Ayşe Əliyeva"]


async def test_names_that_begin_with_the_query_come_before_names_that_hold_it(api: Contacts) -> None:
    assert await names(api, "ali") == ["Ali Zand", "Kovács Alina", "Malik Ghalib"]
    assert (await names(api, "ali zand"))[0] == "Ali Zand"


async def test_words_are_found_in_any_order(api: Contacts) -> None:
    assert await names(api, "rezaei علی") == ["علی رضایی"]
    assert await names(api, "zand ali") == ["Ali Zand"]
    assert await names(api, "zand sara") == []


@pytest.mark.parametrize(
    "query", ["0912 100", "۰۹۱۲۱۰۰", "912100", "+98 912 100 0316", "0098912", "٠٣١٦", "0316", "100-03"]
)
async def test_digits_of_a_telephone_are_found_in_any_script(api: Contacts, query: str) -> None:
    reply = await search(api, query)
    assert [result.contact.display_name for result in reply.results] == ["علی رضایی"]
    highlight = reply.results[0].highlights[0]
    assert highlight.field == "phones"
    assert len(highlight.ranges) == 1


@pytest.mark.parametrize("query", ["a.rez", "a.rezaei@pars.example.com", "@pars", "پارس", "خودرو", "ولیعصر", "تهران"])
async def test_addresses_and_companies_are_found_by_part(api: Contacts, query: str) -> None:
    assert await names(api, query) == ["علی رضایی"]


async def test_one_or_two_letters_are_beginnings_of_words(api: Contacts) -> None:
    assert await names(api, "z") == ["Ali Zand"]
    assert await names(api, "gh") == ["Malik Ghalib"]
    assert await names(api, "王") == ["王伟"]


@pytest.mark.parametrize("query", ["zzzz", "@@@", "%", "_", "\\", "' OR 1=1 --", "ali%", "%%%", "۰۹۹۹۹۹۹"])
async def test_what_is_not_there_is_not_found(api: Contacts, query: str) -> None:
    assert await names(api, query) == []


async def test_highlights_name_the_field_and_the_characters(api: Contacts) -> None:
    result = (await search(api, "علي")).results[0]
    first = result.highlights[0]
    assert (first.field, first.text) == ("displayName", "علی رضایی")
    assert [(run.start, run.end) for run in first.ranges] == [(0, 3)]
    company = (await search(api, "خودرو")).results[0].highlights[0]
    assert (company.field, company.text) == ("companies", "پارس‌خودرو")
    assert company.text[company.ranges[0].start : company.ranges[0].end] == "خودرو"


async def test_a_search_takes_1_to_200_characters_and_1_to_100_results(api: Contacts) -> None:
    assert (await refused(search(api, " "))).fields == ("query",)
    assert (await refused(search(api, "x" * 201))).fields == ("query",)
    assert (await refused(search(api, "ali", 101))).fields == ("page_size",)
    assert len((await search(api, "ali", 2)).results) == 2


async def test_a_renamed_company_is_found_by_its_new_name_at_once(api: Contacts) -> None:
    company = await api.company(name="Oldname Trading")
    await api.create(given_name="Nadia", companies=[contact_pb2.CompanyRole(company_id=company.id)])
    assert await names(api, "oldname") == ["Nadia"]
    await api.update_company("name", id=company.id, name="Freshname Trading")
    assert await names(api, "freshname") == ["Nadia"]
    assert await names(api, "oldname") == []
    nadia = (await search(api, "freshname")).results[0].contact
    await api.update("job_title", id=nadia.id, job_title="Buyer")
    assert await names(api, "freshname buyer") == ["Nadia"]


async def test_companies_are_found_by_part_of_name_and_domain(api: Contacts) -> None:
    async def found(query: str) -> list[str]:
        request = company_service_pb2.SearchCompaniesRequest(query=query)
        reply = await api.companies.SearchCompanies(request, metadata=api.who)
        assert all(result.highlights for result in reply.results)
        return [result.company.name for result in reply.results]

    assert await found("پارسخودرو") == ["پارس‌خودرو"]
    assert await found("خودرو") == ["پارس‌خودرو"]
    assert await found("pars.ex") == ["پارس‌خودرو"]
    assert await found("khodro") == ["پارس‌خودرو"]
    binned = await api.company(name="Binned Ltd")
    await api.companies.DeleteCompany(company_pb2.DeleteCompanyRequest(id=binned.id), metadata=api.who)
    assert await found("binned") == []
