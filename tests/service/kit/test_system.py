"""What every service tells its operators: itself, its events, its jobs, and what its consumers gave up."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any
from uuid import uuid4

import grpc
import pytest
from pydantic import SecretStr

from crm.system.v1 import system_service_pb2 as pb
from crm.system.v1.system_service_pb2_grpc import SystemServiceStub
from crmkit.events.consumer import Consumer
from crmkit.jobs import defer
from crmkit.service import Service
from crmkit.testing import ServiceUnderTest, refusal, running
from tests.service.kit.conftest import Broker
from tests.service.kit.ledger import CREATE, LEDGER, change, change_many, told, until
from tests.service.kit.teller import Poison, teller


def ledger_with(consumer: Consumer) -> Service:
    return replace(LEDGER, consumers=(consumer,))


async def prepared(service: ServiceUnderTest) -> None:
    async with service.runtime.writer.begin() as db:
        for statement in CREATE:
            await db.exec_driver_sql(statement)


async def status(service: ServiceUnderTest) -> pb.ServiceStatus:
    stub: Any = service.stub(SystemServiceStub)
    answer: pb.ServiceStatus = await stub.GetStatus(pb.GetStatusRequest(), metadata=service.as_())
    return answer


async def test_a_service_tells_of_its_process_its_consumers_and_its_database(ledger_url: str, broker: Broker) -> None:
    async with running(ledger_with(teller()), ledger_url, broker.url, worker=True) as service:
        await prepared(service)
        await change_many(service.runtime, 20)
        await until(lambda: _told(service, 20))
        found = await status(service)
    (process,) = found.processes
    assert (found.service, process.role, process.version) == ("ledger", "all", version("peyvand"))
    assert process.start_time.ToDatetime(UTC) < datetime.now(UTC)
    assert process.resident_bytes > 10 << 20
    (consumer,) = found.consumers
    assert (consumer.name, consumer.source) == ("teller", "ledger")
    assert (consumer.pending, consumer.parked, consumer.dead_letters) == (0, 0, 0)
    assert consumer.HasField("last_read_time")
    assert (found.relay.backlog, found.relay.oldest_age_seconds) == (0, 0.0)
    assert found.database.version.startswith("18")
    assert found.database.size_bytes > 1 << 20
    assert 0 < found.database.connections <= found.database.max_connections
    assert found.broker_connected


async def test_a_service_tells_of_itself_also_while_its_replica_is_away(ledger_url: str, nats_url: str) -> None:
    replica = SecretStr("postgresql://nobody:nothing@127.0.0.1:1/none")
    async with running(LEDGER, ledger_url, nats_url, database_replica_url=replica) as service:
        assert (await status(service)).database.size_bytes > 1 << 20


async def _told(service: ServiceUnderTest, count: int) -> bool:
    return len(await told(service.runtime)) >= count


async def test_every_process_answers_whichever_is_asked(ledger_url: str, broker: Broker) -> None:
    async with AsyncExitStack() as stack:
        first, second = [
            await stack.enter_async_context(running(LEDGER, ledger_url, broker.url, worker=worker))
            for worker in (True, False)
        ]
        for asked in (first, second):
            assert sorted(process.role for process in (await status(asked)).processes) == ["all", "api"]


async def test_without_the_broker_the_process_that_is_asked_answers_for_itself(ledger_url: str, broker: Broker) -> None:
    async with running(LEDGER, ledger_url, broker.url) as service:
        broker.kill()
        await until(lambda: _away(service))
        found = await status(service)
    assert [process.role for process in found.processes] == ["api"]
    assert not found.broker_connected


async def _away(service: ServiceUnderTest) -> bool:
    return not service.runtime.nats.is_connected


async def test_what_nobody_publishes_is_counted_with_its_age(ledger_url: str, broker: Broker) -> None:
    async with running(LEDGER, ledger_url, broker.url) as service:
        await prepared(service)
        await change_many(service.runtime, 7)
        found = await status(service)
    assert (found.relay.backlog, found.relay.backlog_capped) == (7, False)
    assert 0 < found.relay.oldest_age_seconds < 60


async def test_jobs_are_counted_by_task(ledger_url: str, broker: Broker) -> None:
    async with running(LEDGER, ledger_url, broker.url) as service:
        async with service.runtime.writer.begin() as db:
            for number in range(3):
                await defer(db, "ledger:close", {"number": number})
        found = await status(service)
    assert [(jobs.task, jobs.waiting, jobs.running, jobs.failed) for jobs in found.jobs] == [("ledger:close", 3, 0, 0)]
    assert found.job_workers == 0


async def test_dead_letters_are_listed_by_pages_and_given_back(ledger_url: str, broker: Broker) -> None:
    accounts = [uuid4() for _ in range(3)]
    poison = Poison(*accounts)
    async with running(ledger_with(teller(poison)), ledger_url, broker.url, worker=True) as service:
        stub: Any = service.stub(SystemServiceStub)
        await prepared(service)
        for account in accounts:
            async with service.runtime.writer.begin() as db:
                await change(db, account)

        async def dead(count: int) -> bool:
            return (await status(service)).consumers[0].dead_letters == count

        await until(lambda: dead(3))
        first = await stub.ListDeadLetters(pb.ListDeadLettersRequest(page_size=2), metadata=service.as_())
        rest = pb.ListDeadLettersRequest(page_size=2, page_token=first.next_page_token)
        second = await stub.ListDeadLetters(rest, metadata=service.as_())
        letters = [*first.dead_letters, *second.dead_letters]
        assert (len(first.dead_letters), len(letters), second.next_page_token) == (2, 3, "")
        assert {(letter.consumer, letter.type, letter.attempts) for letter in letters} == {
            ("teller", "account.opened", 3)
        }
        assert all(letter.error for letter in letters)
        poison.accounts.clear()
        one = pb.RetryDeadLettersRequest(event_ids=[letters[0].event_id, str(uuid4())])
        assert (await stub.RetryDeadLetters(one, metadata=service.as_())).retried_count == 1
        await until(lambda: _told(service, 1))
        every = pb.RetryDeadLettersRequest(all=True)
        assert (await stub.RetryDeadLetters(every, metadata=service.as_())).retried_count == 2
        await until(lambda: _told(service, 3))
        assert await dead(0)


@pytest.fixture
async def service(ledger_url: str, broker: Broker) -> Any:
    async with running(LEDGER, ledger_url, broker.url) as served:
        yield served


async def refused(call: Any) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return caught.value.code(), refusal(caught.value).reason


async def test_what_to_retry_is_named_in_one_way(service: ServiceUnderTest) -> None:
    stub: Any = service.stub(SystemServiceStub)
    for request, reason in (
        (pb.RetryDeadLettersRequest(), "EVENTS_NOT_NAMED"),
        (pb.RetryDeadLettersRequest(event_ids=[str(uuid4())], all=True), "EVENTS_NOT_NAMED"),
        (pb.RetryDeadLettersRequest(event_ids=["x"]), "ID_INVALID"),
        (pb.RetryDeadLettersRequest(event_ids=[str(uuid4())] * 301), "TOO_MANY_IDS"),
    ):
        call = stub.RetryDeadLetters(request, metadata=service.as_())
        assert await refused(call) == (grpc.StatusCode.INVALID_ARGUMENT, reason)


async def test_only_who_holds_the_right_learns_of_the_system(service: ServiceUnderTest) -> None:
    stub: Any = service.stub(SystemServiceStub)
    for method, request in (
        (stub.GetStatus, pb.GetStatusRequest()),
        (stub.ListDeadLetters, pb.ListDeadLettersRequest()),
        (stub.RetryDeadLetters, pb.RetryDeadLettersRequest(all=True)),
    ):
        assert (await refused(method(request)))[0] == grpc.StatusCode.UNAUTHENTICATED
        assert (await refused(method(request, metadata=service.as_("nobody"))))[0] == grpc.StatusCode.PERMISSION_DENIED
    viewer = stub.RetryDeadLetters(pb.RetryDeadLettersRequest(all=True), metadata=service.as_("viewer"))
    assert (await refused(viewer))[0] == grpc.StatusCode.PERMISSION_DENIED
