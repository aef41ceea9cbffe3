"""Finding colleagues, and what users may do by which role."""

from __future__ import annotations

from uuid import UUID

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from sqlalchemy.dialects import postgresql
from uuid_utils.compat import uuid7

from crm.identity.v1 import colleague_service_pb2 as colleague
from crm.identity.v1 import identity_service_pb2 as pb
from crm.identity.v1 import rights_service_pb2 as rights
from crmkit.contracts import declared_rights
from crmkit.paging import Pager, parse_order
from services.identity.domain.rights import union
from services.identity.domain.roles import default_rights
from services.identity.store.colleagues import matching
from services.identity.store.tables import user
from tests.service.identity.conftest import Identity, Person, refused


async def found(identity: Identity, person: Person, **request: object) -> list[str]:
    asked = colleague.ListColleaguesRequest(**request)  # type: ignore[arg-type]
    return [one.id for one in (await identity.colleagues.ListColleagues(asked, metadata=person.as_)).colleagues]


async def test_colleagues_are_found_by_part_of_a_name_or_address_in_any_spelling(identity: Identity) -> None:
    asking = await identity.person("viewer")
    ulviyya = await identity.person("agent", name="Ülviyyə Əliyeva")
    ali = await identity.person("agent", name="علي كريمي")
    assert await found(identity, asking, query="ulviyye") == [ulviyya.id]
    assert await found(identity, asking, query="aliye ÜLV") == []
    assert await found(identity, asking, query="eliye ÜLV") == [ulviyya.id]
    assert await found(identity, asking, query="علی کریم") == [ali.id]
    assert await found(identity, asking, query=ali.email[6:30].upper()) == [ali.id]
    assert await found(identity, asking, query="100%_") == []


async def test_a_colleague_is_shown_with_the_team_and_without_what_administrators_see(identity: Identity) -> None:
    team = await identity.team("Satış " + uuid7().hex)
    asking, member = await identity.person("viewer"), await identity.person("agent", team)
    request = colleague.ListColleaguesRequest(team_id=str(team))
    (one,) = (await identity.colleagues.ListColleagues(request, metadata=asking.as_)).colleagues
    assert (one.id, one.email, one.team_id, one.active) == (member.id, member.email, str(team), True)
    assert one.team_name.startswith("Satış ")
    assert {field.name for field in one.DESCRIPTOR.fields} == {
        "id",
        "display_name",
        "email",
        "team_id",
        "team_name",
        "active",
    }


async def test_a_colleague_who_left_is_offered_to_nobody_and_still_has_a_name(
    identity: Identity, admin: Person
) -> None:
    asking, gone = await identity.person("viewer"), await identity.person("agent")
    await identity.directory.DeactivateUser(pb.DeactivateUserRequest(id=gone.id), metadata=admin.as_)
    assert await found(identity, asking, query=gone.email) == []
    assert await found(identity, asking, query=gone.email, show_inactive=True) == [gone.id]
    nobody = str(uuid7())
    request = colleague.BatchGetColleaguesRequest(ids=[nobody, gone.id, asking.id, gone.id])
    batch = await identity.colleagues.BatchGetColleagues(request, metadata=asking.as_)
    assert [(one.id, one.active) for one in batch.colleagues] == [(gone.id, False), (asking.id, True)]
    assert list(batch.missing_ids) == [nobody]


async def test_colleagues_come_a_page_at_a_time_by_name(identity: Identity) -> None:
    mark = uuid7().hex
    people = [await identity.person("agent", name=f"{letter} {mark}") for letter in "CABDE"]
    request = colleague.ListColleaguesRequest(query=mark, page_size=2)
    names: list[str] = []
    for _ in range(3):
        page = await identity.colleagues.ListColleagues(request, metadata=people[0].as_)
        names += [one.display_name[0] for one in page.colleagues]
        request.page_token = page.next_page_token
    assert names == list("ABCDE")
    assert not request.page_token
    other = colleague.ListColleaguesRequest(query=mark, page_size=2)
    token = (await identity.colleagues.ListColleagues(other, metadata=people[0].as_)).next_page_token
    for changed in ({"show_inactive": True}, {"team_id": str(uuid7())}, {"query": ""}):
        again = colleague.ListColleaguesRequest(**{"query": mark, "page_token": token} | changed)
        answer = await refused(identity.colleagues.ListColleagues(again, metadata=people[0].as_))
        assert answer.reason == "PAGE_TOKEN_INVALID"


@pytest.mark.parametrize(
    ("request_", "reason", "field"),
    [
        (colleague.ListColleaguesRequest(query="x" * 201), "QUERY_INVALID", "query"),
        (colleague.ListColleaguesRequest(team_id="7"), "ID_INVALID", "team_id"),
        (colleague.BatchGetColleaguesRequest(), "BATCH_SIZE_INVALID", "ids"),
        (colleague.BatchGetColleaguesRequest(ids=[str(uuid7())] * 1001), "BATCH_SIZE_INVALID", "ids"),
        (colleague.BatchGetColleaguesRequest(ids=[str(uuid7()), "7"]), "ID_INVALID", "ids[1]"),
    ],
)
async def test_what_cannot_be_looked_for_is_named(
    identity: Identity, admin: Person, request_: object, reason: str, field: str
) -> None:
    listing = isinstance(request_, colleague.ListColleaguesRequest)
    call = identity.colleagues.ListColleagues if listing else identity.colleagues.BatchGetColleagues
    answer = await refused(call(request_, metadata=admin.as_))
    assert (answer.code, answer.reason, answer.fields) == (grpc.StatusCode.INVALID_ARGUMENT, reason, (field,))


async def test_finding_a_colleague_does_not_read_every_user(own_identity: Identity) -> None:
    fill = (
        "INSERT INTO user_account (id, email, email_key, display_name, name_key, role_ids, language, time_zone,"
        " calendar, password_hash) SELECT gen_random_uuid(), n || '@x', n || '@x', 'p' || n, 'p' || md5(n::text),"
        " '{viewer}', 'en', 'UTC', 'gregorian', '' FROM generate_series(1, 30000) n"
    )
    await own_identity.execute(fill)
    await own_identity.execute("ANALYZE user_account")
    pager = Pager(bytes(range(16)))
    page = pager.page("", parse_order("", {"n": user.c.name_key}, "n", user.c.id), 0, "")
    statement = page.apply(matching("4f2a9b", None, show_inactive=False))
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    query = f"EXPLAIN {statement.compile(dialect=dialect, compile_kwargs={'literal_binds': True})}"
    async with own_identity.runtime.reader.connect() as db:
        plan = "\n".join((await db.exec_driver_sql(query)).scalars())
    assert "ix_user_account_search_text" in plan


async def test_the_matrix_has_the_rows_and_columns_of_the_contracts(identity: Identity, admin: Person) -> None:
    reply = await identity.rights.ListRightObjects(rights.ListRightObjectsRequest(), metadata=admin.as_)
    assert {row.object: tuple(row.actions) for row in reply.objects} == dict(declared_rights())


async def test_effective_rights_are_the_union_and_name_the_roles_that_give_them(
    identity: Identity, admin: Person
) -> None:
    person = await identity.person("representative")
    change = pb.UpdateUserRequest(
        user=pb.User(id=person.id, role_ids=["representative", "agent"]), update_mask=FieldMask(paths=["role_ids"])
    )
    await identity.directory.UpdateUser(change, metadata=admin.as_)
    request = rights.GetEffectiveRightsRequest(user_id=person.id)
    cells = (await identity.rights.GetEffectiveRights(request, metadata=admin.as_)).rights
    shipped = union([default_rights("representative"), default_rights("agent")])
    assert {(cell.object, cell.action): cell.scope for cell in cells} == {
        (name, action): int(scope) for name, actions in shipped.items() for action, scope in actions.items()
    }
    givers = {(cell.object, cell.action): list(cell.role_ids) for cell in cells}
    assert givers["contact", "read"] == ["agent"]
    assert givers["contact", "delete"] == ["representative"]
    assert givers["role", "administer"] == []


async def test_effective_rights_are_for_administrators_of_users(identity: Identity, admin: Person) -> None:
    person = await identity.person("manager")
    call = identity.rights.GetEffectiveRights
    own = rights.GetEffectiveRightsRequest(user_id=person.id)
    assert (await refused(call(own, metadata=person.as_))).reason == "PERMISSION_DENIED"
    nobody = rights.GetEffectiveRightsRequest(user_id=str(UUID(int=7)))
    assert (await refused(call(nobody, metadata=admin.as_))).reason == "USER_NOT_FOUND"
    wrong = rights.GetEffectiveRightsRequest(user_id="7")
    assert (await refused(call(wrong, metadata=admin.as_))).fields == ("user_id",)
