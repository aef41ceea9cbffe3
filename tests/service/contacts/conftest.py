"""The contacts service, one a module, and short ways to say what a test calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from itertools import count
from typing import Any
from uuid import UUID

import grpc
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from crm.contacts.v1 import company_pb2, contact_pb2
from crm.contacts.v1.company_service_pb2_grpc import CompanyServiceStub
from crm.contacts.v1.contact_service_pb2_grpc import ContactServiceStub
from crmkit.testing import Refusal, ServiceUnderTest, refusal, running
from services.contacts.service import SERVICE
from tests.conftest import Database
from tests.service.contacts.importing import Importing

Metadata = tuple[tuple[str, str], ...]
_number = count(1)


class Contacts:
    """The service as one user calls it: `await api.create(given_name="Ali")`."""

    def __init__(self, service: ServiceUnderTest, who: Metadata, user_id: UUID, team_id: UUID | None) -> None:
        self.contacts = service.stub(ContactServiceStub)
        self.companies = service.stub(CompanyServiceStub)
        self.who = who
        self.user_id = user_id
        self.team_id = team_id

    async def create(self, *, allow_duplicate: bool = False, **fields: Any) -> contact_pb2.Contact:
        """A contact; with a name of its own when none is given."""
        if not fields.keys() & {"given_name", "family_name", "emails", "phones"}:
            fields["given_name"] = f"Person {next(_number)}"
        request = contact_pb2.CreateContactRequest(
            contact=contact_pb2.Contact(**fields), allow_duplicate=allow_duplicate
        )
        return await self.contacts.CreateContact(request, metadata=self.who)

    async def get(self, id: str, **more: Any) -> contact_pb2.Contact:
        """The contact of an id."""
        return await self.contacts.GetContact(contact_pb2.GetContactRequest(id=id, **more), metadata=self.who)

    async def update(self, mask: str, **fields: Any) -> contact_pb2.Contact:
        """Replaces the fields of the mask, given as "tags,job_title"."""
        request = contact_pb2.UpdateContactRequest(contact=contact_pb2.Contact(**fields))
        request.update_mask.paths.extend(mask.split(","))
        return await self.contacts.UpdateContact(request, metadata=self.who)

    async def delete(self, id: str, **more: Any) -> contact_pb2.Contact:
        """To the bin."""
        return await self.contacts.DeleteContact(contact_pb2.DeleteContactRequest(id=id, **more), metadata=self.who)

    async def undelete(self, id: str) -> contact_pb2.Contact:
        """Out of the bin."""
        return await self.contacts.UndeleteContact(contact_pb2.UndeleteContactRequest(id=id), metadata=self.who)

    async def list(self, **query: Any) -> contact_pb2.ListContactsResponse:
        """A page of contacts."""
        return await self.contacts.ListContacts(contact_pb2.ListContactsRequest(**query), metadata=self.who)

    async def company(self, **fields: Any) -> company_pb2.Company:
        """A company; with a name of its own when none is given."""
        fields.setdefault("name", f"Company {next(_number)}")
        request = company_pb2.CreateCompanyRequest(company=company_pb2.Company(**fields))
        return await self.companies.CreateCompany(request, metadata=self.who)

    async def update_company(self, mask: str, **fields: Any) -> company_pb2.Company:
        """Replaces the fields of the mask."""
        request = company_pb2.UpdateCompanyRequest(company=company_pb2.Company(**fields))
        request.update_mask.paths.extend(mask.split(","))
        return await self.companies.UpdateCompany(request, metadata=self.who)


class World:
    """The running service, and users to call it as."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service

    def user(
        self,
        role: str = "administrator",
        *,
        user_id: UUID | None = None,
        team_id: UUID | None = None,
        teams: tuple[UUID, ...] = (),
    ) -> Contacts:
        """A user of a role, a new one unless given."""
        user_id = user_id or uuid7()
        who = self.service.as_(role, user_id=user_id, team_id=team_id, team_ids=teams)
        return Contacts(self.service, who, user_id, team_id)

    def anonymous(self) -> Contacts:
        """Somebody who has not signed in."""
        return Contacts(self.service, (), uuid7(), None)


def email(address: str = "", **more: Any) -> contact_pb2.EmailAddress:
    """An e-mail address, a new one unless given."""
    return contact_pb2.EmailAddress(address=address or f"person{next(_number)}@example.com", **more)


def phone(number: str, **more: Any) -> contact_pb2.PhoneNumber:
    """A telephone number."""
    return contact_pb2.PhoneNumber(number=number, **more)


async def refused(call: Awaitable[Any]) -> Refusal:
    """What a call that must fail said."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return refusal(caught.value)


async def events_of(world: World, id: str) -> list[Any]:
    """The events of a record, in order."""
    async with world.service.runtime.reader.connect() as db:
        rows = await db.execute(
            text("SELECT type, aggregate_version, before, after FROM event WHERE aggregate_id = :id ORDER BY position"),
            {"id": id},
        )
        return list(rows)


@pytest.fixture(scope="module")
async def world(module_database: Database, nats_url: str) -> AsyncIterator[World]:
    """The contacts service of this module, without workers."""
    url = await module_database(SERVICE)
    async with running(SERVICE, url, nats_url, default_region="IR") as service:
        yield World(service)


@pytest.fixture(scope="module")
def admin(world: World) -> Contacts:
    """An administrator: everything, of everybody."""
    return world.user()


@pytest.fixture
async def importing(database: Database, nats_url: str) -> AsyncIterator[Importing]:
    url = await database(SERVICE)
    async with running(SERVICE, url, nats_url, worker=True) as service:
        yield Importing(service, uuid7())
