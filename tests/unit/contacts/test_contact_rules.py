"""What a contact's fields must be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from crm.contacts.v1 import contact_pb2
from crmkit.checks import Problems, checking
from crmkit.errors import FieldsInvalid
from crmkit.masks import Mask
from crmkit.versions import changed, created, stamped
from services.contacts.domain import contact_rules
from services.contacts.domain.contact import (
    WRITABLE,
    Contact,
    ContactFields,
    Email,
    LifecycleStage,
    Phone,
    snapshot,
)

NOW = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
ME, TEAM = UUID(int=1), UUID(int=2)


def email(address: str, *, primary: bool = False) -> Email:
    return Email(address=address, normalized="", label="", primary=primary)


def cleaned(regions: tuple[str, ...] = (), **fields: Any) -> ContactFields:
    made = ContactFields(**fields)
    with checking("contact") as problems:
        contact_rules.clean(made, WRITABLE, problems, regions=regions, now=NOW)
    return made


def new(**fields: Any) -> Contact:
    return created(Contact, cleaned(**fields), id=UUID(int=9), by=ME, now=NOW, owner_id=ME, team_id=TEAM)


def test_the_first_address_is_primary_when_none_says_so() -> None:
    made = cleaned(emails=[email("a@example.com"), email("b@example.com")])
    assert [address["primary"] for address in made.emails] == [True, False]
    chosen = cleaned(emails=[email("a@example.com"), email("b@example.com", primary=True)])
    assert [address["primary"] for address in chosen.emails] == [False, True]


def test_numbers_are_read_by_the_country_they_came_with() -> None:
    number = Phone(number="012-345 6789", e164="", label="", primary=False)
    assert cleaned(regions=("MY",), phones=[number]).phones[0]["e164"] == "+60123456789"
    with pytest.raises(FieldsInvalid) as caught:
        cleaned(regions=("IR",), phones=[number])
    assert caught.value.reason == "PHONE_INVALID"


def test_the_list_of_a_custom_field_is_no_longer_than_its_text_may_be() -> None:
    assert cleaned(given_name="A", custom={"notes": ["x" * 1_000] * 5}).custom["notes"] == ["x" * 1_000] * 5
    with pytest.raises(FieldsInvalid) as caught:
        cleaned(given_name="A", custom={"notes": ["x" * 1_000] * 6})
    assert (caught.value.reason, caught.value.violations[0].field) == ("VALUE_TOO_LONG", "contact.custom.notes")


def test_only_the_named_fields_are_checked() -> None:
    fields = ContactFields(given_name=" Ali ", time_zone="nowhere")
    with checking("contact") as problems:
        contact_rules.clean(fields, ["given_name"], problems, regions=(), now=NOW)
    assert (fields.given_name, fields.time_zone) == ("Ali", "nowhere")


def test_tags_that_fold_alike_are_one() -> None:
    assert cleaned(tags=["VIP", "vip ", "مشتري", "مشتری"]).tags == ["VIP", "مشتري"]


@pytest.mark.parametrize("day", [(0, 2, 29), (2024, 2, 29), (1, 1, 1), (9999, 12, 31), (0, 0, 0)])
def test_days_of_the_calendar_are_birthdays(day: tuple[int, int, int]) -> None:
    assert cleaned(birthday=day).birthday == day


@pytest.mark.parametrize(
    "day", [(2023, 2, 29), (0, 13, 1), (0, 1, 0), (1990, 0, 0), (10000, 1, 1), (-5, 1, 1), (0, 2**31 - 1, 1)]
)
def test_other_days_are_not(day: tuple[int, int, int]) -> None:
    with pytest.raises(FieldsInvalid) as caught:
        cleaned(birthday=day)
    assert caught.value.reason == "DATE_INVALID"


def test_the_reason_is_that_of_the_first_problem_and_all_are_told() -> None:
    with pytest.raises(FieldsInvalid) as caught:
        cleaned(emails=[email("x"), email("y")], language="??")
    assert caught.value.reason == "EMAIL_INVALID"
    assert [wrong.field for wrong in caught.value.violations] == [
        "contact.emails[0].address",
        "contact.emails[1].address",
        "contact.language",
    ]


def test_whoever_creates_owns_unless_somebody_is_named() -> None:
    assert (new(given_name="A").owner_id, new(given_name="A").team_id) == (ME, TEAM)
    other = UUID(int=5)
    assert new(given_name="A", owner_id=other).owner_id == other


def test_custom_fields_are_replaced_one_by_one_or_all() -> None:
    before = new(given_name="A", custom={"tier": "gold", "score": 1})
    given = ContactFields(custom={"tier": "tin", "other": 2})
    assert changed(before, given, Mask(frozenset(), frozenset({"tier", "score"}))).custom == {"tier": "tin"}
    assert changed(before, given, Mask(frozenset({"custom"}), frozenset())).custom == {"tier": "tin", "other": 2}
    assert before.custom == {"tier": "gold", "score": 1}


def test_every_change_is_the_next_version() -> None:
    before = new(given_name="A")
    after = stamped(before, by=UUID(int=3), now=NOW, deleted_at=NOW)
    assert (after.version, after.updated_by, after.deleted_at) == (2, UUID(int=3), NOW)
    assert stamped(after, by=ME, now=NOW).deleted_at is None


def test_a_snapshot_names_the_fields_of_the_contract() -> None:
    told = snapshot(new(given_name="A", birthday=(0, 2, 29), lifecycle_stage=LifecycleStage.CUSTOMER))
    contract = set(contact_pb2.Contact.DESCRIPTOR.fields_by_name) - {"etag"}
    assert set(told) == contract
    assert told["lifecycle_stage"] == "LIFECYCLE_STAGE_CUSTOMER"
    assert told["birthday"] == {"year": 0, "month": 2, "day": 29}


def test_what_a_mask_may_name_is_in_the_contract() -> None:
    output_only = {"id", "display_name", "etag", "audit"}
    assert set(WRITABLE) == set(contact_pb2.Contact.DESCRIPTOR.fields_by_name) - output_only


def test_stages_are_those_of_the_contract() -> None:
    contract = contact_pb2.LifecycleStage.items()
    assert {f"LIFECYCLE_STAGE_{stage.name}": stage.value for stage in LifecycleStage} == {
        name: number for name, number in contract if number
    }


def test_consents_get_their_time_and_stay_one_a_channel() -> None:
    consent = {
        "channel": "CHANNEL_EMAIL",
        "state": "STATE_GRANTED",
        "evidence_time": "",
        "method": "",
        "text_shown": "",
    }
    assert cleaned(consents=[dict(consent)]).consents[0]["evidence_time"] == "2026-03-01T12:00:00.250Z"
    problems = Problems("")
    contact_rules.consents([dict(consent), dict(consent)], NOW, problems)  # type: ignore[list-item]
    with pytest.raises(FieldsInvalid) as caught:
        problems.raise_any()
    assert caught.value.reason == "CONSENT_REPEATED"
