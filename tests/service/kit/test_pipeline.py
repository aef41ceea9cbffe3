"""What every RPC gets from the kit, shown on a contract of the product with handlers of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import grpc
import pytest
import pytest_asyncio
from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from sqlalchemy import text

from crm.activities.v1 import activity_service_pb2 as pb
from crm.activities.v1.activity_service_pb2_grpc import ActivityServiceStub
from crmkit.access import Principal
from crmkit.context import Call
from crmkit.errors import AlreadyExists, InvalidArgument
from crmkit.events.log import NewEvent
from crmkit.pipeline import ContractError, Method
from crmkit.server import Servicer, bind
from crmkit.service import Service
from crmkit.testing import ServiceUnderTest, refusal, running
from crmkit.tokens import generate_key, load_key, mint
from tests.conftest import Database

TIMED_OUT = 0.3


class Notes(Servicer):
    """Writes notes into the table `thing`."""

    contract = pb.DESCRIPTOR.services_by_name["ActivityService"]

    async def ListActivities(self, request: pb.ListActivitiesRequest, call: Call) -> pb.ListActivitiesResponse:
        if request.filter == "slow":
            await call.db.execute(text("SELECT pg_sleep(30)"))
        if request.filter == "broken":
            raise ZeroDivisionError("a defect with a password in it: hunter2")
        rows = await call.db.execute(text("SELECT id, body FROM thing ORDER BY body"))
        return pb.ListActivitiesResponse(activities=[pb.Activity(id=str(row.id), type=row.body) for row in rows])

    async def GetNote(self, request: pb.GetNoteRequest, call: Call) -> pb.Note:
        return pb.Note(id=str(call.require().user_id), body=call.scope.name)

    async def CreateNote(self, request: pb.CreateNoteRequest, call: Call) -> pb.Note:
        id_ = uuid4()
        await call.db.execute(text("INSERT INTO thing VALUES (:id, :body)"), {"id": id_, "body": request.note.body})
        call.record(NewEvent("note.created", "note", id_, 1, None, {"body": request.note.body}))
        if request.note.body.startswith("bad"):
            raise InvalidArgument("NOTE_BAD", "This note is bad.", field="note.body")
        return pb.Note(id=str(id_), body=request.note.body)

    async def UpdateNote(self, request: pb.UpdateNoteRequest, call: Call) -> pb.Note:
        return pb.Note(id=request.note.id)

    async def DeleteNote(self, request: pb.DeleteNoteRequest, call: Call) -> pb.Note:
        return pb.Note(id=request.id)

    async def UndeleteNote(self, request: pb.UndeleteNoteRequest, call: Call) -> pb.Note:
        return pb.Note(id=request.id)


SERVICE = Service(
    name="kit",
    servicers=(Notes,),
    migrations=Path(__file__).parent / "migrations",
    constraints={"uq_thing_body": lambda: AlreadyExists("BODY_TAKEN", "There is such a note.")},
)
LIST = pb.ListActivitiesRequest(subject_type=pb.SUBJECT_TYPE_CONTACT)


@pytest_asyncio.fixture
async def service(database: Database, nats_url: str) -> AsyncIterator[ServiceUnderTest]:
    async with running(SERVICE, await database(SERVICE), nats_url) as running_service:
        yield running_service


@pytest.fixture
def notes(service: ServiceUnderTest) -> Any:
    return service.stub(ActivityServiceStub)


def create(body: str, request_id: UUID | None = None) -> pb.CreateNoteRequest:
    return pb.CreateNoteRequest(note=pb.Note(body=body), request_id=str(request_id) if request_id else "")


async def bodies(service: ServiceUnderTest) -> list[str]:
    async with service.runtime.reader.connect() as db:
        return [row.body for row in await db.execute(text("SELECT body FROM thing ORDER BY body"))]


async def test_a_call_without_a_token_is_unauthenticated(notes: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await notes.GetNote(pb.GetNoteRequest())
    assert (caught.value.code(), refusal(caught.value).reason) == (grpc.StatusCode.UNAUTHENTICATED, "SIGN_IN_REQUIRED")


async def test_a_token_signed_with_another_key_is_refused(notes: Any) -> None:
    forged, _ = mint(load_key(generate_key()), Principal(uuid4(), None, frozenset({"administrator"}), None))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await notes.GetNote(pb.GetNoteRequest(), metadata=(("authorization", f"Bearer {forged}"),))
    assert refusal(caught.value).reason == "TOKEN_INVALID"


async def test_an_expired_token_is_refused_also_when_it_was_seen_before(service: ServiceUnderTest, notes: Any) -> None:
    who = service.as_(lifetime_seconds=1)
    await notes.GetNote(pb.GetNoteRequest(), metadata=who)
    await asyncio.sleep(1.1)  # time itself is what expires a token
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await notes.GetNote(pb.GetNoteRequest(), metadata=who)
    assert refusal(caught.value).reason == "TOKEN_EXPIRED"


async def test_an_ended_session_is_refused_although_its_token_is_valid(service: ServiceUnderTest, notes: Any) -> None:
    user_id = uuid4()
    who = service.as_(user_id=user_id)
    await notes.GetNote(pb.GetNoteRequest(), metadata=who)
    service.runtime.access.take(f"user.{user_id}", b'{"not_before_ms": 99999999999999}')
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await notes.GetNote(pb.GetNoteRequest(), metadata=who)
    assert refusal(caught.value).reason == "SESSION_ENDED"


async def test_a_role_without_the_right_is_denied_and_the_scope_reaches_the_handler(
    service: ServiceUnderTest, notes: Any
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await notes.CreateNote(create("x"), metadata=service.as_("viewer"))
    assert caught.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert refusal(caught.value).metadata == {"object": "note", "action": "create"}
    note = await notes.GetNote(pb.GetNoteRequest(), metadata=service.as_("representative"))
    assert note.body == "OWN"


async def test_a_refused_write_leaves_neither_row_nor_event(service: ServiceUnderTest, notes: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await notes.CreateNote(create("bad"), metadata=service.as_())
    assert refusal(caught.value).fields == ("note.body",)
    assert await bodies(service) == []
    async with service.runtime.reader.connect() as db:
        assert (await db.execute(text("SELECT count(*) FROM event"))).scalar_one() == 0


async def test_a_write_and_its_event_commit_together(service: ServiceUnderTest, notes: Any) -> None:
    user_id = uuid4()
    note = await notes.CreateNote(create("good"), metadata=service.as_(user_id=user_id))
    async with service.runtime.reader.connect() as db:
        event = (await db.execute(text("SELECT * FROM event"))).one()
    assert (str(event.aggregate_id), event.type, event.actor_id) == (note.id, "note.created", user_id)
    assert event.after == {"body": "good"}


async def test_the_same_request_id_returns_the_same_reply_and_writes_once(
    service: ServiceUnderTest, notes: Any
) -> None:
    who, request = service.as_(user_id=uuid4()), create("once", uuid4())
    replies = await asyncio.gather(*(notes.CreateNote(request, metadata=who) for _ in range(5)))
    assert len({reply.id for reply in replies}) == 1
    assert await bodies(service) == ["once"]


async def test_a_request_id_used_for_another_request_is_refused(service: ServiceUnderTest, notes: Any) -> None:
    who, request_id = service.as_(user_id=uuid4()), uuid4()
    await notes.CreateNote(create("one", request_id), metadata=who)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await notes.CreateNote(create("two", request_id), metadata=who)
    assert (refusal(caught.value).reason, refusal(caught.value).fields) == ("REQUEST_ID_REUSED", ("request_id",))


async def test_request_ids_of_two_users_do_not_meet(service: ServiceUnderTest, notes: Any) -> None:
    request_id = uuid4()
    first = await notes.CreateNote(create("mine", request_id), metadata=service.as_())
    second = await notes.CreateNote(create("yours", request_id), metadata=service.as_())
    assert first.id != second.id


async def test_a_violated_constraint_is_named_for_the_caller(service: ServiceUnderTest, notes: Any) -> None:
    await notes.CreateNote(create("same"), metadata=service.as_())
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await notes.CreateNote(create("same"), metadata=service.as_())
    assert (caught.value.code(), refusal(caught.value).reason) == (grpc.StatusCode.ALREADY_EXISTS, "BODY_TAKEN")


async def test_a_defect_is_internal_and_tells_nothing(service: ServiceUnderTest, notes: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await notes.ListActivities(pb.ListActivitiesRequest(filter="broken"), metadata=service.as_())
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "hunter2" not in f"{caught.value.details()} {caught.value.trailing_metadata()}"


async def test_a_request_that_cannot_be_read_is_refused_as_every_other(service: ServiceUnderTest) -> None:
    method: Any = service.channel.unary_unary("/crm.activities.v1.ActivityService/CreateNote")
    for data, reason in ((b"\xff", "REQUEST_MALFORMED"), (create("a\0b").SerializeToString(), "TEXT_INVALID")):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await method(data, metadata=service.as_())
        assert (caught.value.code(), refusal(caught.value).reason) == (grpc.StatusCode.INVALID_ARGUMENT, reason)


async def test_a_long_address_that_the_gateway_took_is_taken(service: ServiceUnderTest, notes: Any) -> None:
    metadata = (*service.as_(), ("x-envoy-original-path", "/v1/notes?" + "x" * 50_000))
    assert await notes.GetNote(pb.GetNoteRequest(), metadata=metadata)


async def test_a_deadline_ends_the_query_on_the_server(service: ServiceUnderTest, notes: Any) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await notes.ListActivities(pb.ListActivitiesRequest(filter="slow"), metadata=service.as_(), timeout=TIMED_OUT)
    assert caught.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    async with asyncio.timeout(5), service.runtime.writer.connect() as db:
        running_queries = text(
            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)%' AND state = 'active' "
            "AND pid <> pg_backend_pid() AND datname = current_database()"
        )
        while (await db.execute(running_queries)).scalar_one():
            await db.rollback()
            await asyncio.sleep(0.02)  # the cancel is a message to the server
    reply = await notes.ListActivities(LIST, metadata=service.as_())
    assert list(reply.activities) == []


async def test_health_is_told_per_service_and_says_not_serving_while_draining(service: ServiceUnderTest) -> None:
    stub: Any = health_pb2_grpc.HealthStub(service.channel)
    request = health_pb2.HealthCheckRequest(service="crm.activities.v1.ActivityService")
    reply = await stub.Check(request)
    assert reply.status == health_pb2.HealthCheckResponse.SERVING


@pytest.mark.parametrize(("name", "match"), [("CreateNote", "request_id"), ("CreateNotes", "not in")])
def test_own_connections_are_for_rpcs_of_the_contract_that_promise_no_safe_repetition(
    service: ServiceUnderTest, name: str, match: str
) -> None:
    class Own(Notes):
        own_connections = frozenset({name})

    with pytest.raises(ContractError, match=match):
        bind(Own(service.runtime))


def test_an_rpc_without_access_policy_is_refused() -> None:
    pool = descriptor_pool.DescriptorPool()
    file = descriptor_pb2.FileDescriptorProto(name="open.proto", package="open", syntax="proto3")
    file.message_type.add(name="Empty")
    service = file.service.add(name="Open")
    service.method.add(name="Anything", input_type=".open.Empty", output_type=".open.Empty")
    descriptor = pool.AddSerializedFile(file.SerializeToString())
    with pytest.raises(ContractError, match="declares no access policy"):
        Method.of(pool.FindServiceByName("open.Open").methods_by_name["Anything"])
    assert descriptor is not None
