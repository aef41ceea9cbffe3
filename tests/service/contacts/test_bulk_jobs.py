"""Bulk changes of everything that a filter matches: in the background when it is much, and through crashes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from crm.common.v1.operation_pb2 import Operation
from crmkit import operations, operations_run
from crmkit.jobs import run_jobs
from crmkit.operations_run import step
from crmkit.testing import running
from services.contacts.api import bulk as bulk_api
from services.contacts.domain.contact import Contact
from services.contacts.service import SERVICE
from services.contacts.workers.bulk import OPERATIONS, ContactAggregate
from tests.conftest import Database
from tests.service.contacts.bulk_client import Bulk, counts, reasons
from tests.service.contacts.conftest import Contacts, World, refused

PEOPLE = 25


@pytest.fixture
async def world(database: Database, nats_url: str) -> AsyncIterator[World]:
    """The service without a worker: a test starts one, or takes the steps itself."""
    async with running(SERVICE, await database(SERVICE), nats_url) as service:
        yield World(service)


@pytest.fixture
def admin(world: World) -> Contacts:
    return world.user()


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few contacts are many."""
    monkeypatch.setattr(operations_run, "AT_ONCE", 10)
    monkeypatch.setattr(operations_run, "CHUNK", 10)


async def people(user: Contacts, count: int = PEOPLE, **fields: Any) -> list[str]:
    return [(await user.create(given_name="Welle", **fields)).id for _ in range(count)]


async def finished(world: World, bulk: Bulk, id: str) -> Operation:
    """The operation once a worker has ended it."""
    worker = asyncio.create_task(run_jobs(world.service.runtime))
    try:
        async with asyncio.timeout(20):
            while True:
                done = await bulk.get(id)
                if done.HasField("finish_time"):
                    return done
                await asyncio.sleep(0.05)  # progress is polled, as clients do
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


async def rows(world: World, statement: str, **parameters: Any) -> list[Any]:
    async with world.service.runtime.reader.connect() as db:
        return [tuple(row) for row in await db.execute(text(statement), parameters)]


async def take_step(world: World, id: str) -> bool:
    return await step(world.service.runtime.writer, OPERATIONS, UUID(id), datetime.now(UTC))


async def test_everything_a_filter_matches_is_changed_by_a_job_and_brought_back_by_another(
    world: World, admin: Contacts
) -> None:
    ids, other = await people(admin, tags=["Neu"]), await admin.create(given_name="Anders")
    bulk = Bulk(world, admin)
    asked = await bulk.update_matching('given_name:"welle"', add_tags=["Post"], remove_tags=["neu"])
    assert (asked.state, asked.matched_count, asked.progress) == (Operation.STATE_QUEUED, PEOPLE, 0)
    assert (await refused(bulk.undo(asked.id))).reason == "OPERATION_RUNNING"
    done = await finished(world, bulk, asked.id)
    assert (done.state, counts(done), done.progress) == (Operation.STATE_SUCCEEDED, (PEOPLE, PEOPLE, 0, 0), 1)
    assert (await admin.list(filter='tags:"post"', count=True)).total_size == PEOPLE
    assert list((await admin.get(other.id)).tags) == []

    undo = await bulk.undo(done.id)
    assert undo.state == Operation.STATE_QUEUED
    assert (await refused(bulk.undo(done.id))).reason == "OPERATION_UNDONE"
    undone = await finished(world, bulk, undo.id)
    assert counts(undone) == (PEOPLE, PEOPLE, 0, 0)
    assert [list((await admin.get(key)).tags) for key in ids] == [["Neu"]] * PEOPLE


async def test_progress_is_told_while_it_runs(world: World, admin: Contacts) -> None:
    await people(admin)
    bulk = Bulk(world, admin)
    asked = await bulk.update_matching("", add_tags=["Post"])
    assert await take_step(world, asked.id)
    halfway = await bulk.get(asked.id)
    assert (halfway.state, halfway.changed_count, halfway.progress) == (Operation.STATE_RUNNING, 10, 0.4)
    assert not halfway.HasField("undo_expire_time")


class Crashing(ContactAggregate):
    """Breaks off in the middle of writing a chunk."""

    async def save(self, db: AsyncConnection, changes: Sequence[tuple[Contact, Contact]]) -> dict[UUID, str]:
        await super().save(db, changes[: len(changes) // 2])
        raise ConnectionResetError


async def test_an_operation_broken_off_goes_on_and_does_nothing_twice(world: World, admin: Contacts) -> None:
    ids = await people(admin)
    bulk = Bulk(world, admin)
    asked = await bulk.update_matching("", lifecycle_stage=4)
    assert await take_step(world, asked.id)
    broken: Mapping[str, Any] = {"contact": Crashing()}
    with pytest.raises(ConnectionResetError):
        await step(world.service.runtime.writer, broken, UUID(asked.id), datetime.now(UTC))
    done = await finished(world, bulk, asked.id)
    assert counts(done) == (PEOPLE, PEOPLE, 0, 0)
    versions = "SELECT DISTINCT version FROM contact WHERE id = ANY (CAST(:ids AS uuid[]))"
    assert await rows(world, versions, ids=ids) == [(2,)]
    told = "SELECT count(*), count(DISTINCT aggregate_id) FROM event WHERE operation_id = :id"
    assert await rows(world, told, id=UUID(asked.id)) == [(PEOPLE, PEOPLE)]


async def test_two_workers_on_one_operation_do_each_record_once(world: World, admin: Contacts) -> None:
    await people(admin)
    asked = await Bulk(world, admin).update_matching("", add_tags=["Post"])

    async def work() -> None:
        while await take_step(world, asked.id):
            pass

    await asyncio.gather(work(), work(), work())
    assert await rows(world, "SELECT DISTINCT version FROM contact") == [(2,)]
    assert await rows(world, "SELECT count(*) FROM event WHERE operation_id = :id", id=UUID(asked.id)) == [(PEOPLE,)]


async def test_who_came_later_is_not_touched_and_who_was_changed_is_met_as_they_are(
    world: World, admin: Contacts
) -> None:
    ids = await people(admin)
    bulk = Bulk(world, admin)
    asked = await bulk.update_matching('given_name:"welle"', add_tags=["Post"])
    (late,) = await people(admin, 1)
    await admin.update("given_name,job_title", id=ids[0], given_name="Anders", job_title="Buyer")
    await admin.delete(ids[1])
    done = await finished(world, bulk, asked.id)
    assert reasons(done) == {ids[1]: "NOT_FOUND"}
    assert list((await admin.get(late)).tags) == []
    met = await admin.get(ids[0])
    assert (met.job_title, list(met.tags)) == ("Buyer", ["Post"])


async def test_a_filter_reaches_what_the_caller_sees_and_changes_what_the_caller_may(
    world: World, admin: Contacts
) -> None:
    rights = {
        "contact": {"read": "all", "update": "own", "delete": "none"},
        "operation": {"read": "own", "undo": "own"},
    }
    world.service.runtime.access.set_role("seer", rights)
    seer, blind = world.user("seer"), world.user("representative")
    mine = await people(admin, 3, owner_id=str(seer.user_id))
    others = await people(admin, 4)
    assert (await Bulk(world, blind).update_matching("", add_tags=["Post"])).matched_count == 0
    done = await Bulk(world, seer).update_matching("", add_tags=["Post"])
    assert counts(done) == (7, 3, 0, 4)
    assert reasons(done) == dict.fromkeys(others, "NOT_FOUND")
    assert [list((await admin.get(key)).tags) for key in mine] == [["Post"]] * 3


async def test_the_bin_is_filled_and_emptied_by_filter(world: World, admin: Contacts) -> None:
    ids, left = await people(admin, 5), await admin.create(given_name="Anders")
    bulk = Bulk(world, admin)
    assert counts(await bulk.delete_matching('given_name:"welle"')) == (5, 5, 0, 0)
    assert [contact.id for contact in (await admin.list()).contacts] == [left.id]
    assert counts(await bulk.undelete_matching('given_name:"welle"')) == (5, 5, 0, 0)
    assert {contact.id for contact in (await admin.list()).contacts} == {*ids, left.id}


async def test_too_much_and_nonsense_are_refused(
    world: World, admin: Contacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people(admin, 6)
    bulk = Bulk(world, admin)
    monkeypatch.setattr(bulk_api, "MAX_MATCHED", 5)
    said = await refused(bulk.update_matching("", add_tags=["Post"]))
    assert (said.reason, said.fields, said.metadata) == ("SELECTION_TOO_LARGE", ("selection.filter",), {"most": "5"})
    assert (await refused(bulk.update_matching("colour=red", add_tags=["Post"]))).code.name == "INVALID_ARGUMENT"
    assert await rows(world, "SELECT count(*) FROM operation") == [(0,)]


async def test_an_undo_that_failed_can_be_asked_for_again(world: World, admin: Contacts) -> None:
    await people(admin)
    bulk = Bulk(world, admin)
    done = await finished(world, bulk, (await bulk.update_matching("", add_tags=["Post"])).id)
    failed = await bulk.undo(done.id)
    async with world.service.runtime.writer.begin() as db:
        await operations.fail(db, UUID(failed.id), "The disk was full.", datetime.now(UTC))
    told = await bulk.get(failed.id)
    assert (told.state, told.error) == (Operation.STATE_FAILED, "The disk was full.")
    undone = await finished(world, bulk, (await bulk.undo(done.id)).id)
    assert undone.changed_count == PEOPLE


async def test_operations_are_forgotten_after_a_week(world: World, admin: Contacts) -> None:
    bulk, kept = Bulk(world, admin), await people(admin, 2)
    old, new = [await bulk.update([key], add_tags=["Post"]) for key in kept]
    async with world.service.runtime.writer.begin() as db:
        aged = "UPDATE operation SET created_at = created_at - interval '8 days' WHERE id = :id"
        await db.execute(text(aged), {"id": UUID(old.id)})
    await operations.expire(world.service.runtime.writer)
    assert (await refused(bulk.get(old.id))).reason == "OPERATION_NOT_FOUND"
    assert (await bulk.get(new.id)).id == new.id
    assert (await refused(bulk.get(str(uuid7())))).reason == "OPERATION_NOT_FOUND"
