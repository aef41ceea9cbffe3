"""Lists: pages that join to the whole, filters, counts, exports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from crm.contacts.v1 import company_pb2, contact_pb2, contact_service_pb2
from crmkit.text import fold
from tests.service.contacts.conftest import Contacts, World, email, phone, refused

PEOPLE = [
    ("علی", "رضایی", "fa"),
    ("علي", "كريمي", "fa"),
    ("پروین", "چمن", "fa"),
    ("Žofia", "Čermák", ""),
    ("ali", "rezaei", "en"),
    ("Ali", "Rezaei", "en"),
    ("Əli", "Məmmədov", "az"),
    ("Zara", "", "en"),
    ("", "Smith", "en"),
    ("Bob", "Adams", "en"),
    ("گلی", "ژاله", "fa"),
    ("تارا", "پاکدل", "fa"),
]


@pytest.fixture(scope="module")
async def people(world: World) -> AsyncIterator[Contacts]:
    """A representative who sees these people only."""
    api = world.user("representative", team_id=uuid7())
    for number, (given, family, language) in enumerate(PEOPLE):
        await api.create(
            given_name=given,
            family_name=family,
            language=language,
            job_title="مدیر فروش" if number % 2 else "Engineer",
            tags=["VIP"] if number % 3 == 0 else [],
            source="Trade Show" if number % 4 == 0 else "",
            lifecycle_stage=number % 6 + 1,
            emails=[email(f"p{number}@mail{number % 2}.example.com")],
            phones=[phone(f"0912100{number:04}")],
            custom={"tier": "gold" if number % 5 == 0 else "tin", "score": number},
        )
    yield api


async def walk(api: Contacts, page_size: int = 5, **query: Any) -> list[contact_pb2.Contact]:
    """All pages of a list, one after the other."""
    found: list[contact_pb2.Contact] = []
    token = ""
    while True:
        page = await api.list(page_size=page_size, page_token=token, **query)
        found.extend(page.contacts)
        token = page.next_page_token
        if not token:
            return found
        assert len(page.contacts) == page_size


ORDERS = [
    f"{field}{suffix}"
    for field in ("display_name", "family_name", "create_time", "update_time")
    for suffix in ("", " desc")
]


@pytest.mark.parametrize("role", ["representative", "manager", "administrator"])
@pytest.mark.parametrize("order_by", ORDERS)
async def test_pages_join_to_the_whole_under_every_order(
    world: World, people: Contacts, role: str, order_by: str
) -> None:
    team = people.team_id
    assert team is not None
    api = people if role == "representative" else world.user(role, team_id=team)
    query = {"filter": f"team_id = {team}", "order_by": order_by}
    whole = (await api.list(page_size=1000, **query)).contacts
    assert len(whole) == len(PEOPLE)
    for page_size in (1, 5, 12):
        assert await walk(api, page_size, **query) == list(whole)
    backwards = order_by.removesuffix(" desc") if order_by.endswith(" desc") else f"{order_by} desc"
    reverse = (await api.list(page_size=1000, **query | {"order_by": backwards})).contacts
    assert list(reverse) == list(whole)[::-1]


async def test_persian_names_stand_in_the_order_of_their_alphabet(people: Contacts) -> None:
    found = await walk(people, order_by="display_name")
    persian = [contact.given_name for contact in found if contact.language == "fa"]
    assert [fold(name) for name in persian] == ["پروین", "تارا", "علی", "علی", "گلی"]
    latin = [contact.display_name for contact in found if contact.language != "fa"]
    assert latin == sorted(latin, key=lambda name: name.lower().translate(str.maketrans("žčəá", "zcea")))


async def test_no_row_comes_twice_while_others_are_created(world: World) -> None:
    api = world.user("representative")
    first = {(await api.create()).id for _ in range(30)}
    for order_by in ORDERS:
        seen: list[str] = []
        token = ""
        while True:
            page, _ = await asyncio.gather(api.list(page_size=7, page_token=token, order_by=order_by), api.create())
            seen += [contact.id for contact in page.contacts]
            token = page.next_page_token
            if not token:
                break
        assert len(seen) == len(set(seen))
        assert first <= set(seen)


@pytest.mark.parametrize(
    ("filter", "numbers"),
    [
        ('given_name = "علی"', [0, 1]),
        ('given_name = "ALI"', [4, 5]),
        ('given_name = "eli"', [6]),
        ('given_name:"al"', [4, 5]),
        ('family_name = "rezaei"', [4, 5]),
        ("family_name = rez*", [4, 5]),
        ("NOT family_name:*", [7]),
        ('display_name = "Ali Rezaei"', [4, 5]),
        ('display_name:"پاک"', [11]),
        ('email = "P3@MAIL1.example.com"', [3]),
        ('email:"mail1"', [1, 3, 5, 7, 9, 11]),
        ("email = *@mail1.example.com", [1, 3, 5, 7, 9, 11]),
        ('phone = "+98 912 100 0004"', [4]),
        ('phone:"0912 100 000۴"', [4]),
        ("phone:*", list(range(12))),
        ('job_title = "مدير فروش"', [1, 3, 5, 7, 9, 11]),
        ("job_title:engin AND tags:vip", [0, 6]),
        ('tags:"vip"', [0, 3, 6, 9]),
        ("language = az OR language = fa AND tags:vip", [0, 6]),
        ('source = "trade show"', [0, 4, 8]),
        ("lifecycle_stage = CUSTOMER", [3, 9]),
        ("lifecycle_stage = LIFECYCLE_STAGE_LEAD", [1, 7]),
        ('custom.tier = "gold"', [0, 5, 10]),
        ("custom.score >= 10", [10, 11]),
        ("create_time > 2020-01-01 AND update_time < 2100-01-01", list(range(12))),
        ("create_time > 2100-01-01", []),
    ],
)
async def test_filters_find_what_they_say(people: Contacts, filter: str, numbers: list[int]) -> None:
    found = await people.list(filter=filter, order_by="create_time", count=True, page_size=1000)
    assert [int(contact.custom.fields["score"].number_value) for contact in found.contacts] == numbers
    assert (found.total_size, found.total_size_capped) == (len(numbers), False)


async def test_contacts_are_found_by_company_owner_and_id(people: Contacts) -> None:
    acme = await people.company()
    made = await people.create(companies=[contact_pb2.CompanyRole(company_id=acme.id)])
    for condition in (f"company_id = {acme.id}", f'id = "{made.id}"', f"owner_id = {people.user_id} AND company_id:*"):
        assert [contact.id for contact in (await people.list(filter=condition)).contacts] == [made.id]
    await people.delete(made.id)
    assert not (await people.list(filter=f"company_id = {acme.id}")).contacts


async def test_the_bin_is_listed_when_asked_for(world: World) -> None:
    for role in ("representative", "manager"):
        api = world.user(role, team_id=uuid7())
        made = [await api.create() for _ in range(6)]
        for contact in made[::2]:
            await api.delete(contact.id)
        assert {contact.id for contact in await walk(api, 2)} == {contact.id for contact in made[1::2]}
        both = await walk(api, 2, show_deleted=True, order_by="create_time")
        assert [contact.id for contact in both] == [contact.id for contact in made]
        assert (await api.list(show_deleted=True, count=True)).total_size == 6
        binned = await walk(api, 2, only_deleted=True, order_by="create_time")
        assert [contact.id for contact in binned] == [contact.id for contact in made[::2]]
        assert (await api.list(only_deleted=True, count=True)).total_size == 3


@pytest.mark.parametrize(
    ("query", "reason", "field"),
    [
        ({"filter": "shoe_size = 3"}, "FILTER_INVALID", "filter"),
        ({"filter": 'given_name = "a\0"'}, "TEXT_INVALID", "filter"),
        ({"order_by": "etag"}, "ORDER_BY_INVALID", "order_by"),
        ({"page_size": 1001}, "PAGE_SIZE_INVALID", "page_size"),
        ({"page_size": -1}, "PAGE_SIZE_INVALID", "page_size"),
        ({"page_token": "made up"}, "PAGE_TOKEN_INVALID", "page_token"),
    ],
)
async def test_a_wrong_question_is_answered_with_its_field(
    people: Contacts, query: dict[str, Any], reason: str, field: str
) -> None:
    said = await refused(people.list(**query))
    assert (said.reason, said.fields) == (reason, (field,))


async def test_a_page_token_serves_its_own_list_only(people: Contacts) -> None:
    token = (await people.list(page_size=2, filter="tags:vip")).next_page_token
    assert (await refused(people.list(page_size=2, page_token=token))).reason == "PAGE_TOKEN_INVALID"
    request = company_pb2.ListCompaniesRequest(page_token=token, filter="tags:vip")
    assert (await refused(people.companies.ListCompanies(request, metadata=people.who))).reason == "PAGE_TOKEN_INVALID"


async def test_an_export_streams_everything_that_passes_in_order_of_id(world: World, people: Contacts) -> None:
    request = contact_service_pb2.ExportContactsRequest(filter="language = fa")
    stream = people.contacts.ExportContacts(request, metadata=people.who)
    exported = [contact async for batch in stream for contact in batch.contacts]
    assert [contact.language for contact in exported] == ["fa"] * 5
    assert [contact.id for contact in exported] == sorted(contact.id for contact in exported)
    wrong = contact_service_pb2.ExportContactsRequest(filter="(")

    async def export_wrong() -> None:
        async for _ in people.contacts.ExportContacts(wrong, metadata=people.who):
            pass

    assert (await refused(export_wrong())).reason == "FILTER_INVALID"
