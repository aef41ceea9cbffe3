"""People, teams and records of every owner, for the authorization matrix: a caller of each role in the team `region`,
a mate in the team below it, a stranger in a team beside it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import grpc
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from cli.stack.settings import OFFSETS
from crm.activities.v1 import activity_service_pb2 as activity
from crm.activities.v1.activity_service_pb2_grpc import ActivityServiceStub
from crm.contacts.v1 import bulk_service_pb2, company_pb2, contact_pb2, import_service_pb2
from crm.contacts.v1.bulk_service_pb2_grpc import BulkServiceStub
from crm.contacts.v1.company_service_pb2_grpc import CompanyServiceStub
from crm.contacts.v1.contact_service_pb2_grpc import ContactServiceStub
from crm.contacts.v1.import_service_pb2_grpc import ImportServiceStub
from crm.identity.v1 import identity_service_pb2 as identity
from crm.identity.v1 import view_service_pb2
from crm.identity.v1.account_service_pb2_grpc import AccountServiceStub
from crm.identity.v1.colleague_service_pb2_grpc import ColleagueServiceStub
from crm.identity.v1.identity_service_pb2_grpc import DirectoryServiceStub, SessionServiceStub
from crm.identity.v1.rights_service_pb2_grpc import RightsServiceStub
from crm.identity.v1.view_service_pb2_grpc import ViewServiceStub
from crm.system.v1.system_service_pb2_grpc import SystemServiceStub
from crmkit.access import Scope
from services.identity.domain.roles import ROLE_IDS, default_rights

PASSWORD = "vq8-turbine-oslo"
IDENTITY = frozenset(
    (
        SessionServiceStub,
        AccountServiceStub,
        DirectoryServiceStub,
        RightsServiceStub,
        ColleagueServiceStub,
        ViewServiceStub,
    )
)
Ownership = Literal["own", "team", "other"]
OWNERSHIPS: tuple[Ownership, ...] = ("own", "team", "other")
# How wide a scope must be to reach a record.
NEEDED = {"own": Scope.OWN, "team": Scope.TEAM, "other": Scope.ALL}


@dataclass(frozen=True)
class Person:
    """Somebody who can call."""

    id: str
    email: str
    role: str
    team_id: str
    token: str

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self.token}"),)


@dataclass
class World:
    """A running stack's services, called directly, around the gateway."""

    http_port: int
    admin_token: str
    channels: dict[str, grpc.aio.Channel] = field(default_factory=dict)
    callers: dict[str, Person] = field(default_factory=dict)
    teams: dict[Ownership, str] = field(default_factory=dict)
    others: dict[Ownership, Person] = field(default_factory=dict)

    @property
    def admin(self) -> tuple[tuple[str, str], ...]:
        return (("authorization", f"Bearer {self.admin_token}"),)

    def channel(self, service: str) -> grpc.aio.Channel:
        """The channel to one service, around the gateway."""
        if service not in self.channels:
            port = self.http_port + OFFSETS[f"{service}_port"]
            self.channels[service] = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
        return self.channels[service]

    def stub(self, kind: Any) -> Any:
        """A client of one gRPC service; what all of them serve is asked of activities."""
        if kind in (ActivityServiceStub, SystemServiceStub):
            return kind(self.channel("activities"))
        return kind(self.channel("identity" if kind in IDENTITY else "contacts"))

    async def people(self) -> None:
        """Makes teams and people: three teams, a caller of each role, a mate and a stranger."""
        top = await self.team("")
        self.teams = {"own": top, "team": await self.team(top), "other": await self.team("")}
        for role in ROLE_IDS:
            self.callers[role] = await self.person(role, top)
        self.others = {
            "team": await self.person("representative", self.teams["team"]),
            "other": await self.person("representative", self.teams["other"]),
        }

    async def team(self, parent_id: str) -> str:
        team = identity.Team(name=uuid7().hex, parent_id=parent_id)
        made = await self.stub(DirectoryServiceStub).CreateTeam(
            identity.CreateTeamRequest(team=team), metadata=self.admin
        )
        return str(made.id)

    async def user(self, role: str, team_id: str) -> Any:
        """A new user."""
        email = f"{role}.{uuid7().hex}@example.com"
        user = identity.User(email=email, display_name=role, role_ids=[role], team_id=team_id)
        request = identity.CreateUserRequest(user=user, password=PASSWORD)
        return await self.stub(DirectoryServiceStub).CreateUser(request, metadata=self.admin)

    async def person(self, role: str, team_id: str) -> Person:
        """A new user who has signed in."""
        made = await self.user(role, team_id)
        return await self.signed_in(Person(made.id, made.email, role, team_id, ""))

    async def signed_in(self, person: Person) -> Person:
        """The same with a new token."""
        request = identity.SignInRequest(email=person.email, password=PASSWORD)
        session = await self.stub(SessionServiceStub).SignIn(request)
        return replace(person, token=session.access_token)

    def owner(self, caller: Person, ownership: Ownership) -> Person:
        """Whose record it is."""
        return caller if ownership == "own" else self.others[ownership]

    async def contact(self, owner: Person) -> Any:
        """A new contact of somebody, with a tag and an address of its own."""
        mark = uuid7().hex
        contact = contact_pb2.Contact(given_name="Q" + mark, tags=[mark], owner_id=owner.id, team_id=owner.team_id)
        contact.emails.add(address=f"{mark}@example.com")
        request = contact_pb2.CreateContactRequest(contact=contact)
        return await self.stub(ContactServiceStub).CreateContact(request, metadata=self.admin)

    async def company(self, owner: Person) -> Any:
        """A new company of somebody, with a tag of its own."""
        mark = uuid7().hex
        company = company_pb2.Company(name="Q" + mark, tags=[mark], owner_id=owner.id, team_id=owner.team_id)
        request = company_pb2.CreateCompanyRequest(company=company)
        return await self.stub(CompanyServiceStub).CreateCompany(request, metadata=self.admin)

    async def subject(self, owner: Person) -> Any:
        """A new contact of somebody whose creation the timeline knows of."""
        contact = await self.contact(owner)
        request = activity.ListActivitiesRequest(subject_type=activity.SUBJECT_TYPE_CONTACT, subject_id=contact.id)
        async with asyncio.timeout(20):
            while True:
                try:
                    await self.stub(ActivityServiceStub).ListActivities(request, metadata=self.admin)
                except grpc.aio.AioRpcError:
                    await asyncio.sleep(0.02)  # the event is on its way
                else:
                    return contact

    async def note(self, writer: Person) -> str | None:
        """A note somebody wrote about a contact of their own; None when the role writes none."""
        if default_rights(writer.role)["note"]["create"] is Scope.NONE:
            return None
        contact = await self.subject(writer)
        note = activity.Note(subject_type=activity.SUBJECT_TYPE_CONTACT, subject_id=contact.id, body="Called.")
        request = activity.CreateNoteRequest(note=note)
        made = await self.stub(ActivityServiceStub).CreateNote(request, metadata=writer.metadata)
        return str(made.id)

    async def view(self, owner: Person, ownership: Ownership) -> Any:
        """A new view: private, or one that somebody else shares with the own team."""
        view = view_service_pb2.View(name=uuid7().hex, object="contact")
        if ownership != "own":
            view.sharing, view.team_id = view_service_pb2.SHARING_TEAM, owner.team_id
        request = view_service_pb2.CreateViewRequest(view=view)
        return await self.stub(ViewServiceStub).CreateView(request, metadata=owner.metadata)

    async def file(self, owner: Person) -> str | None:
        """A file somebody uploaded; None when the role imports nothing."""
        if default_rights(owner.role)["contact"]["import"] is Scope.NONE:
            return None
        content = f"First name,E-mail\nA,{uuid7().hex}@example.com\nB,not-an-address\n".encode()

        async def pieces() -> Any:
            yield import_service_pb2.UploadFileRequest(filename="people.csv", content=content)

        return str((await self.stub(ImportServiceStub).UploadFile(pieces(), metadata=owner.metadata)).id)

    async def import_(self, owner: Person) -> str | None:
        """A rehearsed import that somebody started; None when the role imports nothing."""
        file_id = await self.file(owner)
        if file_id is None:
            return None
        request = import_service_pb2.CreateImportRequest(file_id=file_id, dry_run=True)
        return str((await self.stub(ImportServiceStub).CreateImport(request, metadata=owner.metadata)).id)

    async def operation(self, owner: Person) -> str | None:
        """A change that somebody made to an own contact; None when the role changes none."""
        if default_rights(owner.role)["contact"]["update"] is Scope.NONE:
            return None
        selection = bulk_service_pb2.BulkSelection(ids=[(await self.contact(owner)).id])
        request = bulk_service_pb2.BulkUpdateContactsRequest(selection=selection, add_tags=["Changed"])
        return str((await self.stub(BulkServiceStub).BulkUpdateContacts(request, metadata=owner.metadata)).id)

    async def close(self) -> None:
        for channel in self.channels.values():
            await channel.close()


def mask(*paths: str) -> FieldMask:
    """An update mask."""
    return FieldMask(paths=paths)
