"""Who may do what with which contact and company."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from crm.contacts.v1 import company_pb2, company_service_pb2, contact_pb2, contact_service_pb2
from tests.service.contacts.conftest import Contacts, World, email, refused

Code = grpc.StatusCode
Call = Callable[[Contacts, str], Coroutine[Any, Any, Any]]


async def _export(api: Contacts, _id: str) -> Any:
    stream = api.contacts.ExportContacts(contact_service_pb2.ExportContactsRequest(), metadata=api.who)
    return [batch async for batch in stream]


async def _search(api: Contacts, _id: str) -> Any:
    request = contact_service_pb2.SearchContactsRequest(query="a")
    return await api.contacts.SearchContacts(request, metadata=api.who)


async def _batch(api: Contacts, id: str) -> Any:
    return await api.contacts.BatchGetContacts(contact_pb2.BatchGetContactsRequest(ids=[id]), metadata=api.who)


async def _duplicates(api: Contacts, _id: str) -> Any:
    request = contact_pb2.FindDuplicateContactsRequest(emails=["a@example.com"])
    return await api.contacts.FindDuplicateContacts(request, metadata=api.who)


READS: dict[str, Call] = {
    "GetContact": lambda api, key: api.get(key),
    "BatchGetContacts": _batch,
    "ListContacts": lambda api, _: api.list(),
    "SearchContacts": _search,
    "FindDuplicateContacts": _duplicates,
}
WRITES: dict[str, Call] = {
    "CreateContact": lambda api, _: api.create(),
    "UpdateContact": lambda api, key: api.update("given_name", id=key, given_name="New"),
    "DeleteContact": lambda api, key: api.delete(key),
    "UndeleteContact": lambda api, key: api.undelete(key),
    "ExportContacts": _export,
}


@pytest.mark.parametrize("call", [*READS, *WRITES])
async def test_nobody_calls_without_signing_in(world: World, call: str) -> None:
    said = await refused((READS | WRITES)[call](world.anonymous(), str(uuid7())))
    assert (said.code, said.reason) == (Code.UNAUTHENTICATED, "SIGN_IN_REQUIRED")


@pytest.mark.parametrize("call", [*READS, *WRITES])
async def test_a_role_without_the_right_is_forbidden(world: World, call: str) -> None:
    said = await refused((READS | WRITES)[call](world.user("nobody"), str(uuid7())))
    assert (said.code, said.reason) == (Code.PERMISSION_DENIED, "PERMISSION_DENIED")


@pytest.mark.parametrize("call", WRITES)
async def test_who_may_only_read_cannot_write(world: World, admin: Contacts, call: str) -> None:
    made = await admin.create()
    said = await refused(WRITES[call](world.user("viewer"), made.id))
    assert said.code is Code.PERMISSION_DENIED


@pytest.mark.parametrize("call", ["GetContact", "UpdateContact", "DeleteContact"])
async def test_a_contact_out_of_scope_is_not_found(world: World, admin: Contacts, call: str) -> None:
    made = await admin.create()
    said = await refused((READS | WRITES)[call](world.user("representative"), made.id))
    assert (said.code, said.reason) == (Code.NOT_FOUND, "CONTACT_NOT_FOUND")


async def test_a_binned_contact_out_of_scope_cannot_be_undeleted(world: World, admin: Contacts) -> None:
    made = await admin.create()
    await admin.delete(made.id)
    assert (await refused(world.user("representative").undelete(made.id))).code is Code.NOT_FOUND


async def test_scopes_decide_what_is_listed_searched_and_exported(world: World) -> None:
    team, below, other = uuid7(), uuid7(), uuid7()
    word = "Zaubermark"
    mine = world.user("representative", team_id=team)
    peer = world.user("representative", team_id=below)
    alien = world.user("representative", team_id=other)
    manager = world.user("manager", team_id=team, teams=(team, below))
    made = [await api.create(given_name=f"{word} {n}") for n, api in enumerate((mine, peer, alien, manager))]

    async def seen(api: Contacts) -> list[set[str]]:
        listed = await api.list(filter=f'given_name:"{word}"', count=True)
        request = contact_service_pb2.SearchContactsRequest(query=word)
        found = await api.contacts.SearchContacts(request, metadata=api.who)
        export = contact_service_pb2.ExportContactsRequest(filter=f'given_name:"{word}"')
        batches = api.contacts.ExportContacts(export, metadata=api.who)
        assert listed.total_size == len(listed.contacts)
        return [
            {contact.given_name[-1] for contact in listed.contacts},
            {result.contact.given_name[-1] for result in found.results},
            {contact.given_name[-1] async for batch in batches for contact in batch.contacts},
        ]

    assert await seen(mine) == [{"0"}] * 3
    assert await seen(manager) == [{"0", "1", "3"}] * 3
    assert await seen(world.user()) == [{"0", "1", "2", "3"}] * 3
    assert (await manager.get(made[1].id)).team_id == str(below)
    assert (await refused(manager.get(made[2].id))).code is Code.NOT_FOUND


async def test_owner_and_team_are_the_creators_unless_named(world: World) -> None:
    team = uuid7()
    api = world.user("administrator", team_id=team)
    made = await api.create()
    assert (made.owner_id, made.team_id) == (str(api.user_id), str(team))
    colleague, elsewhere = str(uuid7()), str(uuid7())
    given = await api.create(owner_id=colleague, team_id=elsewhere)
    assert (given.owner_id, given.team_id) == (colleague, elsewhere)


async def test_a_record_cannot_be_moved_out_of_the_callers_reach(world: World) -> None:
    api = world.user("representative", team_id=uuid7())
    made = await api.create()
    said = await refused(api.update("owner_id", id=made.id, owner_id=str(uuid7())))
    assert (said.code, said.reason) == (Code.PERMISSION_DENIED, "OWNER_OUT_OF_SCOPE")
    assert (await refused(api.create(owner_id=str(uuid7())))).reason == "OWNER_OUT_OF_SCOPE"

    team = uuid7()
    manager = world.user("manager", team_id=team)
    theirs = await manager.create()
    colleague = str(uuid7())
    assert (await manager.update("owner_id", id=theirs.id, owner_id=colleague)).owner_id == colleague
    said = await refused(manager.update("team_id", id=theirs.id, team_id=str(uuid7())))
    assert said.reason == "OWNER_OUT_OF_SCOPE"


async def test_a_company_the_caller_may_not_see_cannot_be_linked(world: World, admin: Contacts) -> None:
    hidden = await admin.company()
    role = contact_pb2.CompanyRole(company_id=hidden.id)
    api = world.user("representative")
    said = await refused(api.create(companies=[role]))
    assert (said.reason, said.fields) == ("COMPANY_NOT_FOUND", ("contact.companies[0].company_id",))
    linked = await admin.create(owner_id=str(api.user_id), companies=[role], emails=[email()])
    kept = await api.update("companies", id=linked.id, companies=[{"company_id": hidden.id, "role": "director"}])
    assert (kept.companies[0].role, kept.companies[0].company_name) == ("director", hidden.name)


async def _company_call(api: Contacts, name: str, id: str) -> Any:
    requests = {
        "GetCompany": company_pb2.GetCompanyRequest(id=id),
        "BatchGetCompanies": company_pb2.BatchGetCompaniesRequest(ids=[id]),
        "ListCompanies": company_pb2.ListCompaniesRequest(),
        "SearchCompanies": company_service_pb2.SearchCompaniesRequest(query="a"),
        "CreateCompany": company_pb2.CreateCompanyRequest(company=company_pb2.Company(name="A")),
        "UpdateCompany": company_pb2.UpdateCompanyRequest(
            company=company_pb2.Company(id=id, name="B"), update_mask=FieldMask(paths=["name"])
        ),
        "DeleteCompany": company_pb2.DeleteCompanyRequest(id=id),
        "UndeleteCompany": company_pb2.UndeleteCompanyRequest(id=id),
    }
    return await getattr(api.companies, name)(requests[name], metadata=api.who)


COMPANY_READS = ("GetCompany", "BatchGetCompanies", "ListCompanies", "SearchCompanies")
COMPANY_WRITES = ("CreateCompany", "UpdateCompany", "DeleteCompany", "UndeleteCompany")


@pytest.mark.parametrize("name", [*COMPANY_READS, *COMPANY_WRITES])
async def test_companies_need_a_signed_in_user_with_the_right(world: World, admin: Contacts, name: str) -> None:
    made = await admin.company()
    assert (await refused(_company_call(world.anonymous(), name, made.id))).code is Code.UNAUTHENTICATED
    assert (await refused(_company_call(world.user("nobody"), name, made.id))).code is Code.PERMISSION_DENIED
    if name in COMPANY_WRITES:
        assert (await refused(_company_call(world.user("viewer"), name, made.id))).code is Code.PERMISSION_DENIED


@pytest.mark.parametrize("name", ["GetCompany", "UpdateCompany", "DeleteCompany", "UndeleteCompany"])
async def test_a_company_out_of_scope_or_unknown_is_not_found(world: World, admin: Contacts, name: str) -> None:
    made = await admin.company()
    hidden = await refused(_company_call(world.user("representative"), name, made.id))
    unknown = await refused(_company_call(admin, name, str(uuid7())))
    assert (hidden.code, hidden.reason) == (unknown.code, unknown.reason) == (Code.NOT_FOUND, "COMPANY_NOT_FOUND")
