"""Preferences of a signed-in person."""

from __future__ import annotations

from typing import Any

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from uuid_utils.compat import uuid7

from crm.identity.v1 import account_service_pb2 as account
from crm.identity.v1 import identity_service_pb2 as pb
from crm.identity.v1.preferences_pb2 import Preferences
from tests.service.identity.conftest import PASSWORD, Identity, Person, refused


def change(request_id: str = "", **fields: Any) -> account.UpdatePreferencesRequest:
    return account.UpdatePreferencesRequest(
        preferences=Preferences(**fields), update_mask=FieldMask(paths=list(fields)), request_id=request_id
    )


async def mine(identity: Identity, person: Person) -> Any:
    return (await identity.sessions.GetMe(pb.GetMeRequest(), metadata=person.as_)).preferences


async def test_preferences_are_kept_for_the_person_and_for_nobody_else(identity: Identity) -> None:
    person, other = await identity.person("viewer"), await identity.person("viewer")
    chosen = {
        "language": "fa",
        "time_zone": "Asia/Tehran",
        "calendar": "jalali",
        "digits": "latin",
        "theme": "dark",
        "week_start": "saturday",
    }
    changed = await identity.account.UpdatePreferences(change(**chosen), metadata=person.as_)
    assert {name: getattr(changed, name) for name in chosen} == chosen
    assert await mine(identity, person) == changed
    assert (await mine(identity, other)).theme == ""
    session = await identity.sign_in(person.email)
    assert session.me.preferences == changed
    event = (await identity.events(person.id))[-1]
    assert (event.type, str(event.actor_id)) == ("user.updated", person.id)
    assert (event.before["theme"], event.after["theme"]) == ("", "dark")


async def test_only_what_the_mask_names_changes_and_empty_takes_a_choice_back(identity: Identity) -> None:
    person = await identity.person()
    await identity.account.UpdatePreferences(change(theme="dark", digits="persian"), metadata=person.as_)
    request = change(theme="")
    request.preferences.digits = "latin"  # not in the mask
    changed = await identity.account.UpdatePreferences(request, metadata=person.as_)
    assert (changed.theme, changed.digits) == ("", "persian")


async def test_the_same_change_again_leaves_no_event(identity: Identity) -> None:
    person = await identity.person()
    for _ in range(2):
        await identity.account.UpdatePreferences(change(theme="light"), metadata=person.as_)
    assert len(await identity.events(person.id)) == 1
    repeated = change(str(uuid7()), week_start="sunday")
    first = await identity.account.UpdatePreferences(repeated, metadata=person.as_)
    assert await identity.account.UpdatePreferences(repeated, metadata=person.as_) == first


@pytest.mark.parametrize(
    ("request_", "reason", "fields"),
    [
        (change(), "UPDATE_MASK_REQUIRED", ("update_mask",)),
        (change(theme="pink", digits="roman"), "PREFERENCES_INVALID", ("preferences.digits", "preferences.theme")),
        (change(time_zone="Mars/Olympus"), "PREFERENCES_INVALID", ("preferences.time_zone",)),
    ],
)
async def test_wrong_preferences_are_refused_by_name(
    identity: Identity, request_: account.UpdatePreferencesRequest, reason: str, fields: tuple[str, ...]
) -> None:
    person = await identity.person()
    answer = await refused(identity.account.UpdatePreferences(request_, metadata=person.as_))
    assert (answer.code, answer.reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)
    assert tuple(sorted(answer.fields)) == fields


async def test_preferences_are_nobodys_who_is_not_signed_in(identity: Identity) -> None:
    answer = await refused(identity.account.UpdatePreferences(change(theme="dark")))
    assert answer.reason == "SIGN_IN_REQUIRED"


async def test_what_was_never_chosen_is_empty_and_others_see_the_default(identity: Identity, admin: Person) -> None:
    user = pb.User(email=f"{uuid7().hex}@example.com", display_name="سارا", role_ids=["viewer"], language="fa")
    made = await identity.directory.CreateUser(pb.CreateUserRequest(user=user, password=PASSWORD), metadata=admin.as_)
    assert (made.calendar, made.time_zone) == ("jalali", "UTC")
    assert (await identity.sign_in(made.email)).me.preferences == Preferences(language="fa")
    person = await identity.person("viewer")
    me = await identity.sessions.GetMe(pb.GetMeRequest(), metadata=person.as_)
    assert (me.user.language, me.preferences) == ("en", Preferences())
