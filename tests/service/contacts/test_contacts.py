"""Contacts through their RPCs: created, read, changed, deleted; refused where they must be."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from uuid_utils.compat import uuid7

from crm.common.v1.change_pb2 import PartialDate
from crm.contacts.v1 import contact_pb2
from crmkit.testing import refusal
from tests.service.contacts.conftest import Contacts, World, email, events_of, phone, refused

Code = grpc.StatusCode


async def test_a_contact_is_read_back_as_it_was_created(admin: Contacts) -> None:
    acme = await admin.company(name="Acme پارس")
    evidence = Timestamp(seconds=1_700_000_000)
    created = await admin.create(
        given_name="علی",
        family_name="رضایی",
        honorific="دکتر",
        emails=[email("Ali.Rezaei@Example.com", label="work"), email("ali@home.example.com", primary=True)],
        phones=[phone("۰۹۱۲ ۱۰۰ ۰۳۱۶", label="mobile")],
        addresses=[contact_pb2.PostalAddress(lines=["خیابان ولیعصر ۱۲"], city="تهران", region="ir")],
        companies=[contact_pb2.CompanyRole(company_id=acme.id, role="buyer", primary=True)],
        job_title="مدیر",
        tags=["VIP", "vip", "خبرنامه"],
        language="fa",
        time_zone="Asia/Tehran",
        birthday=PartialDate(month=2, day=29),
        source="trade show",
        consents=[
            contact_pb2.Consent(
                channel=contact_pb2.Consent.CHANNEL_EMAIL,
                state=contact_pb2.Consent.STATE_GRANTED,
                evidence_time=evidence,
                method="web form",
                text_shown="Yes,\nplease.",
            )
        ],
        social_profiles=[contact_pb2.SocialProfile(network="telegram", handle="@ali")],
        custom={"tier": "gold", "score": 7, "active": True, "langs": ["fa", "en"]},
    )
    assert created == await admin.get(created.id)
    assert created.display_name == "علی رضایی"
    assert [(e.address, e.normalized, e.primary) for e in created.emails] == [
        ("Ali.Rezaei@Example.com", "ali.rezaei@example.com", False),
        ("ali@home.example.com", "ali@home.example.com", True),
    ]
    assert (created.phones[0].number, created.phones[0].e164) == ("۰۹۱۲ ۱۰۰ ۰۳۱۶", "+989121000316")
    assert created.phones[0].primary
    assert created.addresses[0].region == "IR"
    assert (created.companies[0].company_name, created.companies[0].role) == ("Acme پارس", "buyer")
    assert list(created.tags) == ["VIP", "خبرنامه"]
    assert created.birthday == PartialDate(month=2, day=29)
    assert created.consents[0].evidence_time == evidence
    assert dict(created.custom.items()) == {"tier": "gold", "score": 7, "active": True, "langs": ["fa", "en"]}
    assert created.lifecycle_stage == contact_pb2.LIFECYCLE_STAGE_LEAD
    assert created.owner_id == created.audit.created_by == str(admin.user_id)
    assert abs(created.audit.create_time.ToDatetime(tzinfo=UTC) - datetime.now(UTC)).total_seconds() < 60
    assert not created.audit.HasField("delete_time")


async def test_consent_without_time_was_given_now(admin: Contacts) -> None:
    consent = contact_pb2.Consent(
        channel=contact_pb2.Consent.CHANNEL_SMS, state=contact_pb2.Consent.STATE_DENIED, method="by telephone"
    )
    created = await admin.create(consents=[consent])
    given = created.consents[0].evidence_time.ToDatetime(tzinfo=UTC)
    assert abs(given - created.audit.create_time.ToDatetime(tzinfo=UTC)).total_seconds() < 1


@pytest.mark.parametrize(
    ("fields", "reason", "field"),
    [
        ({}, "NO_IDENTITY", "contact"),
        ({"job_title": "boss"}, "NO_IDENTITY", "contact"),
        ({"given_name": "x" * 201}, "VALUE_TOO_LONG", "contact.given_name"),
        ({"given_name": "a\0b"}, "TEXT_INVALID", "contact.given_name"),
        ({"emails": [email(), email("nobody@")]}, "EMAIL_INVALID", "contact.emails[1].address"),
        ({"emails": [email("a@example.com"), email("A@example.com")]}, "EMAIL_REPEATED", "contact.emails[1].address"),
        ({"emails": [email(primary=True), email(primary=True)]}, "PRIMARY_REPEATED", "contact.emails[1].primary"),
        ({"emails": [email() for _ in range(21)]}, "TOO_MANY", "contact.emails"),
        ({"phones": [phone("12")]}, "PHONE_INVALID", "contact.phones[0].number"),
        ({"phones": [phone("0121", region="Iran")]}, "REGION_INVALID", "contact.phones[0].region"),
        ({"given_name": "A", "owner_id": "me"}, "ID_INVALID", "contact.owner_id"),
        ({"given_name": "A", "tags": [" "]}, "VALUE_REQUIRED", "contact.tags[0]"),
        ({"given_name": "A", "language": "Persian!"}, "LANGUAGE_INVALID", "contact.language"),
        ({"given_name": "A", "time_zone": "Tehran"}, "TIME_ZONE_INVALID", "contact.time_zone"),
        ({"given_name": "A", "birthday": PartialDate(year=2023, month=2, day=29)}, "DATE_INVALID", "contact.birthday"),
        ({"given_name": "A", "lifecycle_stage": 99}, "ENUM_INVALID", "contact.lifecycle_stage"),
        (
            {"given_name": "A", "consents": [contact_pb2.Consent(state=contact_pb2.Consent.STATE_GRANTED)]},
            "ENUM_INVALID",
            "contact.consents[0].channel",
        ),
        ({"given_name": "A", "custom": {"a": {"b": 1}}}, "CUSTOM_INVALID", "contact.custom.a"),
        ({"given_name": "A", "custom": {"Not A Name": 1}}, "CUSTOM_INVALID", "contact.custom"),
        (
            {"given_name": "A", "addresses": [contact_pb2.PostalAddress(label="x")]},
            "ADDRESS_EMPTY",
            "contact.addresses[0]",
        ),
        (
            {"given_name": "A", "companies": [contact_pb2.CompanyRole(company_id=str(uuid7()))]},
            "COMPANY_NOT_FOUND",
            "contact.companies[0].company_id",
        ),
    ],
)
async def test_a_wrong_field_is_named(admin: Contacts, fields: dict[str, Any], reason: str, field: str) -> None:
    request = contact_pb2.CreateContactRequest(contact=contact_pb2.Contact(**fields))
    said = await refused(admin.contacts.CreateContact(request, metadata=admin.who))
    assert (said.code, said.reason) == (Code.INVALID_ARGUMENT, reason)
    assert field in said.fields


async def test_all_wrong_fields_are_told_at_once(admin: Contacts) -> None:
    said = await refused(admin.create(given_name="x" * 300, emails=[email("bad")], time_zone="nowhere"))
    assert said.fields == ("contact.given_name", "contact.emails[0].address", "contact.time_zone")


async def test_an_update_replaces_what_the_mask_names_and_nothing_else(world: World, admin: Contacts) -> None:
    before = await admin.create(given_name="Sara", job_title="Clerk", tags=["a"], custom={"tier": "gold", "n": 1})
    after = await admin.update(
        "job_title,custom.tier,custom.fresh,custom.n",
        id=before.id,
        etag=before.etag,
        given_name="ignored",
        job_title="Director",
        custom={"tier": "silver", "fresh": ["x"]},
    )
    assert (after.given_name, after.job_title, list(after.tags)) == ("Sara", "Director", ["a"])
    assert dict(after.custom.items()) == {"tier": "silver", "fresh": ["x"]}
    assert after == await admin.get(before.id)
    assert after.etag != before.etag
    created, updated = await events_of(world, before.id)
    assert (created.type, created.before, created.aggregate_version) == ("contact.created", None, 1)
    assert (updated.type, updated.aggregate_version) == ("contact.updated", 2)
    assert (updated.before["job_title"], updated.after["job_title"]) == ("Clerk", "Director")
    assert updated.before == created.after
    assert updated.after["audit"]["updated_by"] == str(admin.user_id)


async def test_an_update_that_changes_nothing_leaves_version_and_log_alone(world: World, admin: Contacts) -> None:
    before = await admin.create(given_name="Same", tags=["x"])
    after = await admin.update("given_name,tags", id=before.id, given_name="Same", tags=["x"])
    assert after == before
    assert len(await events_of(world, before.id)) == 1


async def test_an_update_needs_a_mask_of_known_writable_fields(admin: Contacts) -> None:
    made = await admin.create()
    assert (await refused(admin.update("*", id=made.id))).reason == "UPDATE_MASK_REQUIRED"
    assert (await refused(admin.update("display_name", id=made.id))).reason == "UPDATE_MASK_INVALID"
    assert (await refused(admin.update("given_name", id=made.id))).reason == "NO_IDENTITY"
    assert (await refused(admin.update("given_name", id="x"))).fields == ("contact.id",)
    assert (await refused(admin.update("given_name", id=str(uuid7()), given_name="A"))).code is Code.NOT_FOUND


async def test_who_saves_second_is_told_and_given_the_present_etag(admin: Contacts) -> None:
    made = await admin.create(given_name="First")
    saved = await admin.update("given_name", id=made.id, etag=made.etag, given_name="Second")
    said = await refused(admin.update("given_name", id=made.id, etag=made.etag, given_name="Third"))
    assert (said.code, said.reason) == (Code.ABORTED, "ETAG_MISMATCH")
    assert said.metadata["etag"] == saved.etag
    assert (await refused(admin.delete(made.id, etag=made.etag))).reason == "ETAG_MISMATCH"


async def test_of_updates_at_once_with_one_etag_exactly_one_wins(world: World, admin: Contacts) -> None:
    made = await admin.create(given_name="Race")
    tries = [admin.update("given_name", id=made.id, etag=made.etag, given_name=f"Racer {n}") for n in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    won = [result for result in results if isinstance(result, contact_pb2.Contact)]
    lost = [refusal(result) for result in results if isinstance(result, grpc.aio.AioRpcError)]
    assert len(won) == 1
    assert {said.reason for said in lost} == {"ETAG_MISMATCH"}
    assert len(lost) == 7
    assert await admin.get(made.id) == won[0]
    assert [event.aggregate_version for event in await events_of(world, made.id)] == [1, 2]


async def test_of_creations_at_once_with_one_address_exactly_one_wins(admin: Contacts) -> None:
    address = email("race@example.com")
    results = await asyncio.gather(*(admin.create(emails=[address]) for _ in range(8)), return_exceptions=True)
    won = [result for result in results if isinstance(result, contact_pb2.Contact)]
    lost = [refusal(result) for result in results if isinstance(result, grpc.aio.AioRpcError)]
    assert len(won) == 1
    assert {(said.code, said.metadata["contact_ids"]) for said in lost} == {(Code.ALREADY_EXISTS, won[0].id)}


async def test_a_duplicate_is_refused_unless_it_is_meant(admin: Contacts) -> None:
    first = await admin.create(phones=[phone("0912 555 0101")])
    said = await refused(admin.create(given_name="Other", phones=[phone("+98 912 555 0101")]))
    assert (said.code, said.reason) == (Code.ALREADY_EXISTS, "CONTACT_DUPLICATE")
    assert said.metadata["contact_ids"] == first.id
    second = await admin.create(given_name="Other", phones=[phone("+98 912 555 0101")], allow_duplicate=True)
    request = contact_pb2.FindDuplicateContactsRequest(phones=["۰۹۱۲۵۵۵۰۱۰۱"], region="IR")
    found = await admin.contacts.FindDuplicateContacts(request, metadata=admin.who)
    assert [contact.id for contact in found.contacts] == [first.id, second.id]


async def test_who_is_in_the_bin_is_no_duplicate(admin: Contacts) -> None:
    first = await admin.create(emails=[email("binned@example.com")])
    await admin.delete(first.id)
    await admin.create(emails=[email("binned@example.com")])


async def test_a_duplicate_the_caller_may_not_see_is_not_named(world: World, admin: Contacts) -> None:
    await admin.create(emails=[email("secret@example.com")])
    said = await refused(world.user("representative").create(emails=[email("secret@example.com")]))
    assert said.reason == "CONTACT_DUPLICATE"
    assert "contact_ids" not in said.metadata


async def test_find_duplicates_names_the_wrong_address(admin: Contacts) -> None:
    request = contact_pb2.FindDuplicateContactsRequest(emails=["a@example.com", "b"])
    said = await refused(admin.contacts.FindDuplicateContacts(request, metadata=admin.who))
    assert (said.reason, said.fields) == ("EMAIL_INVALID", ("emails[1]",))
    nothing = contact_pb2.FindDuplicateContactsRequest()
    assert (await refused(admin.contacts.FindDuplicateContacts(nothing, metadata=admin.who))).reason == "VALUE_REQUIRED"


async def test_deleted_means_in_the_bin_until_undeleted(world: World, admin: Contacts) -> None:
    made = await admin.create(given_name="Bin")
    deleted = await admin.delete(made.id, etag=made.etag)
    assert deleted.audit.HasField("delete_time")
    assert (await refused(admin.get(made.id))).reason == "CONTACT_NOT_FOUND"
    assert await admin.get(made.id, show_deleted=True) == deleted
    assert (await refused(admin.update("given_name", id=made.id, given_name="X"))).code is Code.NOT_FOUND
    assert (await refused(admin.delete(made.id))).code is Code.NOT_FOUND
    back = await admin.undelete(made.id)
    assert not back.audit.HasField("delete_time")
    assert (await refused(admin.undelete(made.id))).reason == "NOT_DELETED"
    assert await admin.get(made.id) == back
    kinds = [event.type for event in await events_of(world, made.id)]
    assert kinds == ["contact.created", "contact.deleted", "contact.undeleted"]


async def test_one_request_id_creates_one_contact(world: World, admin: Contacts) -> None:
    request = contact_pb2.CreateContactRequest(
        contact=contact_pb2.Contact(emails=[email("once@example.com")]), request_id=str(uuid7())
    )
    first = await admin.contacts.CreateContact(request, metadata=admin.who)
    again = await admin.contacts.CreateContact(request, metadata=admin.who)
    assert again == first
    assert len(await events_of(world, first.id)) == 1


async def test_a_batch_comes_in_the_order_asked_for_and_names_what_is_missing(admin: Contacts) -> None:
    made = [await admin.create() for _ in range(3)]
    gone = await admin.create()
    await admin.delete(gone.id)
    unknown = str(uuid7())
    ids = [made[2].id, unknown, made[0].id, gone.id, made[1].id]
    reply = await admin.contacts.BatchGetContacts(contact_pb2.BatchGetContactsRequest(ids=ids), metadata=admin.who)
    assert [contact.id for contact in reply.contacts] == [made[2].id, made[0].id, made[1].id]
    assert list(reply.missing_ids) == [unknown, gone.id]
    wrong = contact_pb2.BatchGetContactsRequest(ids=[unknown, "x"])
    assert (await refused(admin.contacts.BatchGetContacts(wrong, metadata=admin.who))).fields == ("ids[1]",)
    empty = contact_pb2.BatchGetContactsRequest()
    assert (await refused(admin.contacts.BatchGetContacts(empty, metadata=admin.who))).reason == "BATCH_SIZE_INVALID"


async def test_changes_of_different_fields_at_once_are_all_kept(world: World, admin: Contacts) -> None:
    firms = [await admin.company() for _ in range(4)]
    made = await admin.create(companies=[{"company_id": firms[0].id}])
    for number in range(1, 4):
        await asyncio.gather(
            admin.update("companies", id=made.id, companies=[{"company_id": firms[number].id}]),
            admin.update("job_title", id=made.id, job_title=f"Title {number}"),
            admin.update("tags", id=made.id, tags=[f"tag {number}"]),
        )
        now = await admin.get(made.id)
        assert [role.company_id for role in now.companies] == [firms[number].id]
        assert (now.job_title, list(now.tags)) == (f"Title {number}", [f"tag {number}"])
    log = await events_of(world, made.id)
    assert [event.aggregate_version for event in log] == list(range(1, 11))
    assert all(later.before == earlier.after for earlier, later in pairwise(log))


async def test_a_new_address_is_found_and_an_old_one_no_longer(admin: Contacts) -> None:
    made = await admin.create(emails=[email("old.address@example.com")])
    await admin.update("emails", id=made.id, emails=[email("new.address@example.com")])

    async def found(address: str) -> list[str]:
        request = contact_pb2.FindDuplicateContactsRequest(emails=[address])
        reply = await admin.contacts.FindDuplicateContacts(request, metadata=admin.who)
        return [contact.id for contact in reply.contacts]

    assert await found("New.Address@example.com") == [made.id]
    assert await found("old.address@example.com") == []
    await admin.create(emails=[email("old.address@example.com")])
