"""One case an RPC: how it is called on a record of somebody, and how one sees that it reached the record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from uuid_utils.compat import uuid7

from crm.activities.v1 import activity_service_pb2 as activity
from crm.activities.v1.activity_service_pb2_grpc import ActivityServiceStub
from crm.common.v1 import operation_pb2 as operations
from crm.contacts.v1 import bulk_service_pb2 as bulk
from crm.contacts.v1 import company_pb2, company_service_pb2, contact_pb2, contact_service_pb2
from crm.contacts.v1 import import_service_pb2 as imports
from crm.contacts.v1.bulk_service_pb2_grpc import BulkServiceStub
from crm.contacts.v1.company_service_pb2_grpc import CompanyServiceStub
from crm.contacts.v1.contact_service_pb2_grpc import ContactServiceStub
from crm.contacts.v1.import_service_pb2_grpc import ImportServiceStub
from crm.identity.v1 import identity_service_pb2 as identity
from crm.identity.v1 import rights_service_pb2 as rights
from crm.identity.v1 import view_service_pb2 as views
from crm.identity.v1.identity_service_pb2_grpc import DirectoryServiceStub
from crm.identity.v1.rights_service_pb2_grpc import RightsServiceStub
from crm.identity.v1.view_service_pb2_grpc import ViewServiceStub
from crm.system.v1 import system_service_pb2 as system
from crm.system.v1.system_service_pb2_grpc import SystemServiceStub
from tests.system.authorization_world import PASSWORD, Ownership, Person, World, mask

NOBODY = str(uuid7())
CONTACT = activity.SUBJECT_TYPE_CONTACT
# Makes the record; what it returns goes to `request`. None: there can be no such record, the case falls away.
Make = Callable[[World, Person, Ownership], Awaitable[Any]]


@dataclass(frozen=True)
class Case:
    """How an RPC is tried. `found` says whether the reply holds the record, for RPCs that leave out what is hidden."""

    stub: Any
    make: Make
    request: Callable[[Any], Any]
    found: Callable[[Any, Any], bool] | None = None
    # What the rules, not the rights, answer for some ownership although the scope reaches the record.
    rule: dict[Ownership, str] | None = None
    ownerships: Sequence[Ownership] = ("own", "team", "other")
    # Refusal of what the caller may do, but not this far.
    beyond: str = "NOT_FOUND"
    # A further right that must reach the record.
    also: tuple[str, str] | None = None


async def contact(world: World, caller: Person, ownership: Ownership) -> Any:
    return await world.contact(world.owner(caller, ownership))


async def binned_contact(world: World, caller: Person, ownership: Ownership) -> Any:
    made = await contact(world, caller, ownership)
    return await world.stub(ContactServiceStub).DeleteContact(
        contact_pb2.DeleteContactRequest(id=made.id), metadata=world.admin
    )


async def company(world: World, caller: Person, ownership: Ownership) -> Any:
    return await world.company(world.owner(caller, ownership))


async def binned_company(world: World, caller: Person, ownership: Ownership) -> Any:
    made = await company(world, caller, ownership)
    return await world.stub(CompanyServiceStub).DeleteCompany(
        company_pb2.DeleteCompanyRequest(id=made.id), metadata=world.admin
    )


async def owner(world: World, caller: Person, ownership: Ownership) -> Any:
    return world.owner(caller, ownership)


async def subject(world: World, caller: Person, ownership: Ownership) -> Any:
    return await world.subject(world.owner(caller, ownership))


async def note(world: World, caller: Person, ownership: Ownership) -> Any:
    return await world.note(world.owner(caller, ownership))


async def binned_note(world: World, caller: Person, ownership: Ownership) -> Any:
    made = await note(world, caller, ownership)
    if made is not None:
        request = activity.DeleteNoteRequest(id=made)
        await world.stub(ActivityServiceStub).DeleteNote(request, metadata=world.admin)
    return made


async def file(world: World, caller: Person, ownership: Ownership) -> Any:
    return await world.file(world.owner(caller, ownership))


async def import_(world: World, caller: Person, ownership: Ownership) -> Any:
    return await world.import_(world.owner(caller, ownership))


async def operation(world: World, caller: Person, ownership: Ownership) -> Any:
    return await world.operation(world.owner(caller, ownership))


async def user(world: World, caller: Person, ownership: Ownership) -> Any:
    return world.owner(caller, ownership).id


async def new_colleague(world: World, caller: Person, ownership: Ownership) -> Any:
    """Oneself or, for what is hard on users, somebody new."""
    return caller.id if ownership == "own" else (await world.user("viewer", world.teams[ownership])).id


async def parent(world: World, _caller: Person, ownership: Ownership) -> Any:
    return world.teams[ownership]


async def team(world: World, _caller: Person, ownership: Ownership) -> Any:
    """The caller's own team, or a new one below or beside it."""
    if ownership == "own":
        return world.teams["own"]
    return await world.team(world.teams["team"] if ownership == "team" else "")


async def role(_world: World, _caller: Person, _ownership: Ownership) -> Any:
    return "agent"


async def nothing(_world: World, _caller: Person, _ownership: Ownership) -> Any:
    return ""


async def view(world: World, caller: Person, ownership: Ownership) -> Any:
    return await world.view(world.owner(caller, ownership), ownership)


async def audience(world: World, _caller: Person, ownership: Ownership) -> Any:
    """Whom a new view is shared with: nobody, a team below, or a team elsewhere."""
    return "" if ownership == "own" else world.teams[ownership]


def new_view(team_id: str) -> views.CreateViewRequest:
    sharing = views.SHARING_TEAM if team_id else views.SHARING_PRIVATE
    return views.CreateViewRequest(
        view=views.View(name=uuid7().hex, object="contact", sharing=sharing, team_id=team_id)
    )


def new_contact(of: Person) -> contact_pb2.CreateContactRequest:
    new = contact_pb2.Contact(given_name="New", owner_id=of.id, team_id=of.team_id)
    new.emails.add(address=f"{uuid7().hex}@example.com")
    return contact_pb2.CreateContactRequest(contact=new)


def has_id(records: str) -> Callable[[Any, Any], bool]:
    return lambda reply, record: any(found.id == getattr(record, "id", record) for found in getattr(reply, records))


def exported(reply: Any, record: Any) -> bool:
    return any(found.id == record.id for batch in reply for found in batch.contacts)


def exported_companies(reply: Any, record: Any) -> bool:
    return any(found.id == record.id for batch in reply for found in batch.companies)


def searched(kind: str) -> Callable[[Any, Any], bool]:
    return lambda reply, record: any(getattr(found, kind).id == record.id for found in reply.results)


def pieces(_: Any) -> Any:
    async def send() -> Any:
        yield imports.UploadFileRequest(filename="people.csv", content=b"E-mail\na@example.com\n")

    return send()


def new_user(team_id: str) -> identity.CreateUserRequest:
    new = identity.User(email=f"{uuid7().hex}@example.com", display_name="New", role_ids=["viewer"], team_id=team_id)
    return identity.CreateUserRequest(user=new, password=PASSWORD)


def selected(record: Any) -> bulk.BulkSelection:
    return bulk.BulkSelection(ids=[record.id])


def did(reply: Any, _record: Any) -> bool:
    return bool(reply.changed_count == 1)


def by_tag(record: Any) -> str:
    return f'tags:"{record.tags[0]}"'


CONTACTS, COMPANIES, IMPORTS = ContactServiceStub, CompanyServiceStub, ImportServiceStub
BULK, ACTIVITIES, DIRECTORY, SYSTEM = BulkServiceStub, ActivityServiceStub, DirectoryServiceStub, SystemServiceStub
OWN: tuple[Ownership, ...] = ("own",)

CASES: dict[str, Case] = {
    "ContactService/GetContact": Case(CONTACTS, contact, lambda r: contact_pb2.GetContactRequest(id=r.id)),
    "ContactService/BatchGetContacts": Case(
        CONTACTS, contact, lambda r: contact_pb2.BatchGetContactsRequest(ids=[r.id]), has_id("contacts")
    ),
    "ContactService/ListContacts": Case(
        CONTACTS, contact, lambda r: contact_pb2.ListContactsRequest(filter=by_tag(r)), has_id("contacts")
    ),
    "ContactService/SearchContacts": Case(
        CONTACTS,
        contact,
        lambda r: contact_service_pb2.SearchContactsRequest(query=r.given_name),
        searched("contact"),
    ),
    "ContactService/FindDuplicateContacts": Case(
        CONTACTS,
        contact,
        lambda r: contact_pb2.FindDuplicateContactsRequest(emails=[r.emails[0].address]),
        has_id("contacts"),
    ),
    "ContactService/CreateContact": Case(CONTACTS, owner, new_contact, beyond="PERMISSION_DENIED"),
    "ContactService/UpdateContact": Case(
        CONTACTS,
        contact,
        lambda r: contact_pb2.UpdateContactRequest(
            contact=contact_pb2.Contact(id=r.id, job_title="Buyer"), update_mask=mask("job_title")
        ),
    ),
    "ContactService/DeleteContact": Case(CONTACTS, contact, lambda r: contact_pb2.DeleteContactRequest(id=r.id)),
    "ContactService/UndeleteContact": Case(
        CONTACTS, binned_contact, lambda r: contact_pb2.UndeleteContactRequest(id=r.id)
    ),
    "ContactService/ExportContacts": Case(
        CONTACTS, contact, lambda r: contact_service_pb2.ExportContactsRequest(filter=by_tag(r)), exported
    ),
    "CompanyService/GetCompany": Case(COMPANIES, company, lambda r: company_pb2.GetCompanyRequest(id=r.id)),
    "CompanyService/BatchGetCompanies": Case(
        COMPANIES, company, lambda r: company_pb2.BatchGetCompaniesRequest(ids=[r.id]), has_id("companies")
    ),
    "CompanyService/ListCompanies": Case(
        COMPANIES, company, lambda r: company_pb2.ListCompaniesRequest(filter=by_tag(r)), has_id("companies")
    ),
    "CompanyService/SearchCompanies": Case(
        COMPANIES, company, lambda r: company_service_pb2.SearchCompaniesRequest(query=r.name), searched("company")
    ),
    "CompanyService/CreateCompany": Case(
        COMPANIES,
        owner,
        lambda of: company_pb2.CreateCompanyRequest(
            company=company_pb2.Company(name=uuid7().hex, owner_id=of.id, team_id=of.team_id)
        ),
        beyond="PERMISSION_DENIED",
    ),
    "CompanyService/UpdateCompany": Case(
        COMPANIES,
        company,
        lambda r: company_pb2.UpdateCompanyRequest(
            company=company_pb2.Company(id=r.id, industry="Ports"), update_mask=mask("industry")
        ),
    ),
    "CompanyService/DeleteCompany": Case(COMPANIES, company, lambda r: company_pb2.DeleteCompanyRequest(id=r.id)),
    "CompanyService/UndeleteCompany": Case(
        COMPANIES, binned_company, lambda r: company_pb2.UndeleteCompanyRequest(id=r.id)
    ),
    "CompanyService/ExportCompanies": Case(
        COMPANIES, company, lambda r: company_service_pb2.ExportCompaniesRequest(filter=by_tag(r)), exported_companies
    ),
    "ImportService/UploadFile": Case(IMPORTS, nothing, pieces, ownerships=OWN),
    "ImportService/PreviewImport": Case(IMPORTS, file, lambda r: imports.PreviewImportRequest(file_id=r)),
    "ImportService/CreateImport": Case(IMPORTS, file, lambda r: imports.CreateImportRequest(file_id=r, dry_run=True)),
    "ImportService/GetImport": Case(IMPORTS, import_, lambda r: imports.GetImportRequest(id=r)),
    "ImportService/ListImports": Case(IMPORTS, import_, lambda _: imports.ListImportsRequest(), has_id("imports")),
    "ImportService/ListRejectedRows": Case(IMPORTS, import_, lambda r: imports.ListRejectedRowsRequest(import_id=r)),
    "BulkService/BulkUpdateContacts": Case(
        BULK, contact, lambda r: bulk.BulkUpdateContactsRequest(selection=selected(r), add_tags=["New"]), did
    ),
    "BulkService/BulkDeleteContacts": Case(
        BULK, contact, lambda r: bulk.BulkDeleteContactsRequest(selection=selected(r)), did
    ),
    "BulkService/BulkUndeleteContacts": Case(
        BULK, binned_contact, lambda r: bulk.BulkUndeleteContactsRequest(selection=selected(r)), did
    ),
    "BulkService/BulkUpdateCompanies": Case(
        BULK, company, lambda r: bulk.BulkUpdateCompaniesRequest(selection=selected(r), add_tags=["New"]), did
    ),
    "BulkService/BulkDeleteCompanies": Case(
        BULK, company, lambda r: bulk.BulkDeleteCompaniesRequest(selection=selected(r)), did
    ),
    "BulkService/BulkUndeleteCompanies": Case(
        BULK, binned_company, lambda r: bulk.BulkUndeleteCompaniesRequest(selection=selected(r)), did
    ),
    "BulkService/GetOperation": Case(BULK, operation, lambda r: operations.GetOperationRequest(id=r)),
    "BulkService/UndoOperation": Case(BULK, operation, lambda r: operations.UndoOperationRequest(id=r)),
    "ActivityService/ListActivities": Case(
        ACTIVITIES, subject, lambda r: activity.ListActivitiesRequest(subject_type=CONTACT, subject_id=r.id)
    ),
    "ActivityService/GetNote": Case(ACTIVITIES, note, lambda r: activity.GetNoteRequest(id=r)),
    # A note is always one's own; what must be in reach is the record it is about.
    "ActivityService/CreateNote": Case(
        ACTIVITIES,
        subject,
        lambda r: activity.CreateNoteRequest(note=activity.Note(subject_type=CONTACT, subject_id=r.id, body="X")),
        also=("activity", "read"),
    ),
    "ActivityService/UpdateNote": Case(
        ACTIVITIES,
        note,
        lambda r: activity.UpdateNoteRequest(note=activity.Note(id=r, body="New"), update_mask=mask("body")),
    ),
    "ActivityService/DeleteNote": Case(ACTIVITIES, note, lambda r: activity.DeleteNoteRequest(id=r)),
    "ActivityService/UndeleteNote": Case(ACTIVITIES, binned_note, lambda r: activity.UndeleteNoteRequest(id=r)),
    "SystemService/GetStatus": Case(SYSTEM, nothing, lambda _: system.GetStatusRequest(), ownerships=OWN),
    "SystemService/ListDeadLetters": Case(SYSTEM, nothing, lambda _: system.ListDeadLettersRequest(), ownerships=OWN),
    "SystemService/RetryDeadLetters": Case(
        SYSTEM, nothing, lambda _: system.RetryDeadLettersRequest(all=True), ownerships=OWN
    ),
    "DirectoryService/GetUser": Case(DIRECTORY, user, lambda r: identity.GetUserRequest(id=r)),
    "DirectoryService/ListUsers": Case(
        DIRECTORY, user, lambda _: identity.ListUsersRequest(page_size=1000), has_id("users")
    ),
    "DirectoryService/CreateUser": Case(DIRECTORY, parent, new_user, beyond="PERMISSION_DENIED"),
    "DirectoryService/UpdateUser": Case(
        DIRECTORY,
        user,
        lambda r: identity.UpdateUserRequest(
            user=identity.User(id=r, display_name=uuid7().hex), update_mask=mask("display_name")
        ),
    ),
    "DirectoryService/DeactivateUser": Case(
        DIRECTORY, new_colleague, lambda r: identity.DeactivateUserRequest(id=r), ownerships=("team", "other")
    ),
    "DirectoryService/ReactivateUser": Case(DIRECTORY, new_colleague, lambda r: identity.ReactivateUserRequest(id=r)),
    "DirectoryService/ResetPassword": Case(
        DIRECTORY,
        new_colleague,
        lambda r: identity.ResetPasswordRequest(id=r, new_password="plum-orbit-kettle"),
        rule={"own": "OWN_PASSWORD"},
    ),
    "DirectoryService/UnlockUser": Case(
        DIRECTORY, new_colleague, lambda r: identity.UnlockUserRequest(id=r), rule={"own": "OWN_LOCK"}
    ),
    "DirectoryService/EndUserSessions": Case(
        DIRECTORY, new_colleague, lambda r: identity.EndUserSessionsRequest(id=r), ownerships=("team", "other")
    ),
    "RightsService/GetEffectiveRights": Case(
        RightsServiceStub, user, lambda r: rights.GetEffectiveRightsRequest(user_id=r)
    ),
    # The same list for everyone who may see roles at all.
    "RightsService/ListRightObjects": Case(
        RightsServiceStub, nothing, lambda _: rights.ListRightObjectsRequest(), ownerships=OWN
    ),
    "ViewService/CreateView": Case(ViewServiceStub, audience, new_view, beyond="PERMISSION_DENIED"),
    "ViewService/UpdateView": Case(
        ViewServiceStub,
        view,
        lambda r: views.UpdateViewRequest(view=views.View(id=r.id, pinned=True), update_mask=mask("pinned")),
    ),
    "ViewService/DeleteView": Case(ViewServiceStub, view, lambda r: views.DeleteViewRequest(id=r.id)),
    "DirectoryService/ListRoles": Case(
        DIRECTORY, role, lambda _: identity.ListRolesRequest(), has_id("roles"), ownerships=("other",)
    ),
    "DirectoryService/UpdateRole": Case(
        DIRECTORY,
        role,
        lambda _: identity.UpdateRoleRequest(role=identity.Role(id="administrator"), update_mask=mask("rights")),
        rule={"other": "ROLE_FIXED"},
        ownerships=("other",),
    ),
    "DirectoryService/ListTeams": Case(DIRECTORY, team, lambda _: identity.ListTeamsRequest(), has_id("teams")),
    "DirectoryService/CreateTeam": Case(
        DIRECTORY,
        parent,
        lambda r: identity.CreateTeamRequest(team=identity.Team(name=uuid7().hex, parent_id=r)),
        beyond="PERMISSION_DENIED",
    ),
    "DirectoryService/UpdateTeam": Case(
        DIRECTORY,
        team,
        lambda r: identity.UpdateTeamRequest(team=identity.Team(id=r, name=uuid7().hex), update_mask=mask("name")),
    ),
    "DirectoryService/DeleteTeam": Case(
        DIRECTORY, team, lambda r: identity.DeleteTeamRequest(id=r), rule={"own": "TEAM_IN_USE"}
    ),
}
