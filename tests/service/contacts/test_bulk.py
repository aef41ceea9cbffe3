"""Bulk changes of ids, and undo of any change, through the service's gRPC."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import grpc
import pytest
from google.type.money_pb2 import Money
from sqlalchemy import text
from uuid_utils.compat import uuid7

from crm.common.v1.change_pb2 import PartialDate
from crm.common.v1.operation_pb2 import Operation
from crm.contacts.v1 import bulk_service_pb2 as pb
from crm.contacts.v1 import company_pb2, contact_pb2
from crmkit.pipeline import OPERATION_HEADER
from tests.service.contacts.bulk_client import Bulk, counts, reasons
from tests.service.contacts.conftest import Contacts, World, email, events_of, phone, refused

Code = grpc.StatusCode


@pytest.fixture
def bulk(world: World, admin: Contacts) -> Bulk:
    return Bulk(world, admin)


def plain(contact: Any) -> Any:
    """A record without what every change changes."""
    copy = type(contact)()
    copy.CopyFrom(contact)
    copy.ClearField("etag")
    copy.ClearField("audit")
    return copy


async def header(call: Any) -> str | None:
    """The operation that a call names."""
    return dict(await call.initial_metadata()).get(OPERATION_HEADER)


async def test_a_thousand_contacts_are_tagged_at_once_and_untagged_by_one_undo(
    world: World, admin: Contacts, bulk: Bulk
) -> None:
    made = [await admin.create(tags=["Kunde"] if number % 2 else []) for number in range(1_000)]
    ids = [contact.id for contact in made]
    done = await bulk.update(ids, add_tags=["Messe 2026", "KUNDE"])
    assert done.state == Operation.STATE_SUCCEEDED
    assert (counts(done), done.progress, done.method) == ((1_000, 1_000, 0, 0), 1.0, "BulkUpdateContacts")
    assert list((await admin.get(ids[1])).tags) == ["Kunde", "Messe 2026"]
    assert list((await admin.get(ids[0])).tags) == ["Messe 2026", "KUNDE"]
    assert (await admin.list(filter='tags:"messe 2026"', count=True)).total_size == 1_000
    event = (await events_of(world, ids[1]))[-1]
    assert (event.type, event.aggregate_version) == ("contact.updated", 2)
    assert (event.before["tags"], event.after["tags"]) == (["Kunde"], ["Kunde", "Messe 2026"])

    undone = await bulk.undo(done.id)
    assert (counts(undone), undone.undoes_operation_id) == ((1_000, 1_000, 0, 0), done.id)
    assert (await bulk.get(done.id)).undone_by_operation_id == undone.id
    assert not (await bulk.get(done.id)).HasField("undo_expire_time")
    assert (await admin.list(filter='tags:"messe 2026"', count=True)).total_size == 0
    assert plain(await admin.get(ids[1])) == plain(made[1])

    again = await bulk.undo(undone.id)
    assert again.changed_count == 1_000
    assert list((await admin.get(ids[0])).tags) == ["Messe 2026", "KUNDE"]


async def test_all_events_of_a_bulk_change_bear_its_id(world: World, admin: Contacts, bulk: Bulk) -> None:
    ids = [(await admin.create()).id for _ in range(3)]
    done = await bulk.update(ids, lifecycle_stage=contact_pb2.LIFECYCLE_STAGE_CUSTOMER)
    async with world.service.runtime.reader.connect() as db:
        found = await db.execute(
            text("SELECT aggregate_id::text, actor_id FROM event WHERE operation_id = :id"), {"id": UUID(done.id)}
        )
        assert sorted(tuple(row) for row in found) == sorted((key, admin.user_id) for key in ids)


async def test_what_is_as_it_should_be_gets_no_version(world: World, admin: Contacts, bulk: Bulk) -> None:
    tagged, bare = await admin.create(tags=["Gold"]), await admin.create()
    done = await bulk.update([tagged.id, bare.id], add_tags=["gold"])
    assert counts(done) == (2, 1, 1, 0)
    assert (await admin.get(tagged.id)).etag == tagged.etag
    assert len(await events_of(world, tagged.id)) == 1


async def test_owner_team_and_stage_change_and_tags_go(admin: Contacts, bulk: Bulk) -> None:
    made = await admin.create(tags=["Alt", "Neu"])
    owner, team = str(uuid7()), str(uuid7())
    stage = contact_pb2.LIFECYCLE_STAGE_ADVOCATE
    await bulk.update([made.id], owner_id=owner, team_id=team, lifecycle_stage=stage, remove_tags=["ALT"])
    found = await admin.get(made.id)
    assert (found.owner_id, found.team_id, found.lifecycle_stage, list(found.tags)) == (owner, team, stage, ["Neu"])
    await bulk.update([made.id], owner_id="", team_id="")
    found = await admin.get(made.id)
    assert (found.owner_id, found.team_id) == ("", "")


async def test_undo_keeps_what_somebody_changed_since_and_names_it(admin: Contacts, bulk: Bulk) -> None:
    first, second = await admin.create(), await admin.create()
    done = await bulk.update([first.id, second.id], add_tags=["Welle"])
    await admin.update("job_title", id=second.id, job_title="Buyer")
    undone = await bulk.undo(done.id)
    assert counts(undone) == (2, 1, 0, 1)
    assert reasons(undone) == {second.id: "CHANGED_SINCE"}
    assert list((await admin.get(first.id)).tags) == []
    kept = await admin.get(second.id)
    assert (list(kept.tags), kept.job_title) == (["Welle"], "Buyer")


async def test_deleting_and_undo_bring_contacts_back_as_they_were(world: World, admin: Contacts, bulk: Bulk) -> None:
    firm = await admin.company()
    made = await admin.create(
        given_name="Nazanin",
        family_name="Zandi",
        emails=[email()],
        phones=[phone("+98 21 8888 0001")],
        companies=[contact_pb2.CompanyRole(company_id=firm.id, role="buyer")],
        tags=["Gold"],
        birthday=PartialDate(year=1990, month=2, day=3),
    )
    done = await bulk.delete([made.id])
    assert (await refused(admin.get(made.id))).code is Code.NOT_FOUND
    await bulk.undo(done.id)
    assert plain(await admin.get(made.id)) == plain(made)
    found = await admin.list(filter='phone="+982188880001" AND given_name:"nazanin"')
    assert [contact.id for contact in found.contacts] == [made.id]
    told = [event.type for event in await events_of(world, made.id)]
    assert told == ["contact.created", "contact.deleted", "contact.undeleted"]


async def test_undelete_takes_out_of_the_bin_what_is_in_it(admin: Contacts, bulk: Bulk) -> None:
    binned, living = await admin.create(), await admin.create()
    await admin.delete(binned.id)
    done = await bulk.undelete([binned.id, living.id])
    assert counts(done) == (2, 1, 1, 0)
    assert (await admin.get(binned.id)).id == binned.id
    await bulk.delete([binned.id])
    assert reasons(await bulk.update([binned.id], add_tags=["x"])) == {binned.id: "NOT_FOUND"}


async def test_every_change_of_one_record_names_an_operation_and_can_be_undone(
    world: World, admin: Contacts, bulk: Bulk
) -> None:
    one, other = await admin.company(name="Alfa"), await admin.company(name="Beta")
    made = await admin.create(
        emails=[email("old@undo.example")], companies=[contact_pb2.CompanyRole(company_id=one.id, role="buyer")]
    )
    new = contact_pb2.Contact(
        id=made.id,
        given_name="Renamed",
        emails=[email("new@undo.example")],
        companies=[contact_pb2.CompanyRole(company_id=other.id)],
        birthday=PartialDate(month=5, day=6),
        lifecycle_stage=contact_pb2.LIFECYCLE_STAGE_FORMER,
    )
    new.custom.update({"tier": "gold"})
    request = contact_pb2.UpdateContactRequest(contact=new)
    request.update_mask.paths.extend(["given_name", "emails", "companies", "birthday", "custom", "lifecycle_stage"])
    call = admin.contacts.UpdateContact(request, metadata=admin.who)
    operation_id = await header(call)
    await call
    assert operation_id is not None
    await admin.update_company("name", id=one.id, name="Alfa Holding")

    undone = await bulk.undo(operation_id)
    assert (undone.method, counts(undone)) == ("UndoOperation", (1, 1, 0, 0))
    found = await admin.get(made.id)
    assert found.companies[0].company_name == "Alfa Holding"
    found.companies[0].company_name = "Alfa"
    assert plain(found) == plain(made)
    for address, expected in (("old@undo.example", [made.id]), ("new@undo.example", [])):
        listed = await admin.list(filter=f'email="{address}"')
        assert [contact.id for contact in listed.contacts] == expected
    assert len((await admin.list(filter=f'company_id="{one.id}"')).contacts) == 1


async def test_deletion_of_one_contact_can_be_undone_by_its_header(admin: Contacts, bulk: Bulk) -> None:
    made = await admin.create()
    call = admin.contacts.DeleteContact(contact_pb2.DeleteContactRequest(id=made.id), metadata=admin.who)
    operation_id = await header(call)
    await call
    assert operation_id is not None
    assert (await bulk.get(operation_id)).method == "DeleteContact"
    await bulk.undo(operation_id)
    assert plain(await admin.get(made.id)) == plain(made)


async def test_a_call_that_changes_nothing_or_creates_names_no_operation(admin: Contacts) -> None:
    created = admin.contacts.CreateContact(
        contact_pb2.CreateContactRequest(contact=contact_pb2.Contact(given_name="New")), metadata=admin.who
    )
    assert await header(created) is None
    same = contact_pb2.UpdateContactRequest(contact=await created)
    same.update_mask.paths.append("given_name")
    assert await header(admin.contacts.UpdateContact(same, metadata=admin.who)) is None


async def test_a_repeated_request_changes_once_and_names_the_same_operation(admin: Contacts, bulk: Bulk) -> None:
    made = await admin.create()
    selection = pb.BulkSelection(ids=[made.id])
    request = pb.BulkUpdateContactsRequest(selection=selection, add_tags=["Once"], request_id=str(uuid7()))
    calls = [bulk.stub.BulkUpdateContacts(request, metadata=admin.who) for _ in range(2)]
    first, second = [(await header(call), await call) for call in calls]
    assert first == second
    assert first[0] == first[1].id
    assert (await admin.get(made.id)).tags == ["Once"]

    single = contact_pb2.DeleteContactRequest(id=made.id, request_id=str(uuid7()))
    named = [await header(admin.contacts.DeleteContact(single, metadata=admin.who)) for _ in range(2)]
    assert named[0] == named[1] is not None

    undo_id = str(uuid7())
    undone = [await bulk.undo(named[0] or "", undo_id) for _ in range(2)]
    assert undone[0] == undone[1]
    assert undone[0].changed_count == 1


async def test_a_representative_cannot_touch_what_is_others(world: World, admin: Contacts) -> None:
    user = world.user("representative", team_id=uuid7())
    mine, other = await user.create(), await admin.create()
    bulk = Bulk(world, user)
    absent = str(uuid7())
    done = await bulk.update([mine.id, other.id, absent], add_tags=["Mine"])
    assert counts(done) == (3, 1, 0, 2)
    assert reasons(done) == {other.id: "NOT_FOUND", absent: "NOT_FOUND"}
    assert (await admin.get(other.id)).etag == other.etag
    given_away = await bulk.update([mine.id], owner_id=str(uuid7()))
    assert reasons(given_away) == {mine.id: "OWNER_OUT_OF_SCOPE"}
    assert reasons(await bulk.delete([other.id])) == {other.id: "NOT_FOUND"}


async def test_a_manager_reaches_the_own_teams_and_hands_over_inside_them(world: World, admin: Contacts) -> None:
    team, below, elsewhere = uuid7(), uuid7(), uuid7()
    manager = world.user("manager", team_id=team, teams=(team, below))
    inside = await admin.create(team_id=str(below))
    outside = await admin.create(team_id=str(elsewhere))
    bulk = Bulk(world, manager)
    done = await bulk.update([inside.id, outside.id], owner_id=str(uuid7()))
    assert reasons(done) == {outside.id: "NOT_FOUND"}
    assert reasons(await bulk.update([inside.id], team_id=str(elsewhere))) == {inside.id: "OWNER_OUT_OF_SCOPE"}


async def test_an_undo_does_no_more_than_its_caller_may(world: World, admin: Contacts, bulk: Bulk) -> None:
    user = world.user("representative")
    made = await user.create()
    done = await Bulk(world, user).update([made.id], add_tags=["Mine"])
    owner = str(uuid7())
    moved = await bulk.update([made.id], owner_id=owner)
    assert reasons(await Bulk(world, user).undo(done.id)) == {made.id: "NOT_FOUND"}
    assert (await refused(Bulk(world, user).undo(moved.id))).reason == "OPERATION_NOT_FOUND"
    assert (await refused(Bulk(world, user).get(moved.id))).code is Code.NOT_FOUND


async def test_an_administrator_undoes_what_others_did(world: World, admin: Contacts, bulk: Bulk) -> None:
    user = world.user("representative")
    made = await user.create()
    done = await Bulk(world, user).delete([made.id])
    undone = await bulk.undo(done.id)
    assert (undone.changed_count, undone.created_by) == (1, str(admin.user_id))


async def test_undo_refuses_what_is_undone_expired_or_unknown(world: World, admin: Contacts, bulk: Bulk) -> None:
    made = await admin.create()
    done = await bulk.update([made.id], add_tags=["Twice"])
    undone = await bulk.undo(done.id)
    said = await refused(bulk.undo(done.id))
    assert (said.code, said.reason) == (Code.FAILED_PRECONDITION, "OPERATION_UNDONE")
    assert said.metadata == {"operation_id": undone.id}
    old = await bulk.update([made.id], add_tags=["Old"])
    async with world.service.runtime.writer.begin() as db:
        aged = "UPDATE operation SET finished_at = finished_at - interval '25 hours' WHERE id = :id"
        await db.execute(text(aged), {"id": UUID(old.id)})
    said = await refused(bulk.undo(old.id))
    assert (said.code, said.reason) == (Code.FAILED_PRECONDITION, "OPERATION_EXPIRED")
    said = await refused(bulk.undo(str(uuid7())))
    assert (said.code, said.reason) == (Code.NOT_FOUND, "OPERATION_NOT_FOUND")
    assert (await refused(bulk.undo("x"))).fields == ("id",)


async def test_mistakes_in_a_bulk_change_are_named(admin: Contacts, bulk: Bulk) -> None:
    made = await admin.create(tags=[f"tag {number}" for number in range(50)])
    assert (await refused(bulk.update([made.id]))).reason == "CHANGE_REQUIRED"
    said = await refused(bulk.update([made.id], owner_id="nobody", add_tags=[" "], lifecycle_stage=77))
    assert set(said.fields) == {"owner_id", "add_tags[0]", "lifecycle_stage"}
    assert (await refused(bulk.update(["x"], add_tags=["a"]))).fields == ("selection.ids[0]",)
    assert (await refused(bulk.update([], add_tags=["a"]))).reason == "SELECTION_INVALID"
    both = pb.BulkUpdateContactsRequest(selection=pb.BulkSelection(ids=[made.id], filter=""), add_tags=["a"])
    assert (await refused(bulk.stub.BulkUpdateContacts(both, metadata=admin.who))).fields == ("selection",)
    many = [str(uuid7()) for _ in range(1_001)]
    assert (await refused(bulk.update(many, add_tags=["a"]))).reason == "BATCH_SIZE_INVALID"
    assert reasons(await bulk.update([made.id], add_tags=["one more"])) == {made.id: "TOO_MANY"}


async def test_companies_are_changed_deleted_and_undone_alike(world: World, admin: Contacts, bulk: Bulk) -> None:
    made = await admin.company(name="Gamma", tags=["Alt"], annual_revenue=Money(currency_code="AZN", units=7, nanos=5))
    selection = pb.BulkSelection(ids=[made.id])
    owner = str(uuid7())
    changed = await bulk.stub.BulkUpdateCompanies(
        pb.BulkUpdateCompaniesRequest(selection=selection, add_tags=["Neu"], remove_tags=["alt"], owner_id=owner),
        metadata=admin.who,
    )
    assert (changed.object, counts(changed)) == ("company", (1, 1, 0, 0))
    deleted = await bulk.stub.BulkDeleteCompanies(
        pb.BulkDeleteCompaniesRequest(selection=selection), metadata=admin.who
    )
    assert (await events_of(world, made.id))[-1].type == "company.deleted"
    await bulk.undo(deleted.id)
    await bulk.stub.BulkDeleteCompanies(pb.BulkDeleteCompaniesRequest(selection=selection), metadata=admin.who)
    request = pb.BulkUndeleteCompaniesRequest(selection=selection)
    assert (await bulk.stub.BulkUndeleteCompanies(request, metadata=admin.who)).changed_count == 1
    found = await admin.companies.GetCompany(company_pb2.GetCompanyRequest(id=made.id), metadata=admin.who)
    assert (list(found.tags), found.owner_id) == (["Neu"], owner)


async def test_undo_of_a_companys_update_brings_back_name_revenue_and_parent(
    world: World, admin: Contacts, bulk: Bulk
) -> None:
    parent = await admin.company()
    made = await admin.company(
        name="Delta", parent_id=parent.id, annual_revenue=Money(currency_code="AZN", units=7, nanos=500_000_000)
    )
    person = await admin.create(companies=[contact_pb2.CompanyRole(company_id=made.id)])
    request = company_pb2.UpdateCompanyRequest(company=company_pb2.Company(id=made.id, name="Epsilonwerk"))
    request.update_mask.paths.extend(["name", "parent_id", "annual_revenue"])
    call = admin.companies.UpdateCompany(request, metadata=admin.who)
    operation_id = await header(call) or ""
    await call
    await bulk.undo(operation_id)
    found = await admin.companies.GetCompany(company_pb2.GetCompanyRequest(id=made.id), metadata=admin.who)
    assert plain(found) == plain(made)
    async with world.service.runtime.reader.connect() as db:
        words = await db.execute(text("SELECT search_text FROM contact WHERE id = :id"), {"id": UUID(person.id)})
        assert words.scalar_one().split("\n")[1].strip() == "delta"


async def test_undo_closes_no_circle_of_companies(admin: Contacts, bulk: Bulk) -> None:
    top, low = await admin.company(), await admin.company()
    await admin.update_company("parent_id", id=low.id, parent_id=top.id)
    request = company_pb2.UpdateCompanyRequest(company=company_pb2.Company(id=low.id))
    request.update_mask.paths.append("parent_id")
    call = admin.companies.UpdateCompany(request, metadata=admin.who)
    operation_id = await header(call) or ""
    await call
    await admin.update_company("parent_id", id=top.id, parent_id=low.id)
    assert reasons(await bulk.undo(operation_id)) == {low.id: "COMPANY_CYCLE"}
