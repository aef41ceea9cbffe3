"""An import taken back as a whole, and one beside the renaming of a company it links."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from crm.common.v1 import operation_pb2
from crm.contacts.v1 import contact_pb2
from crm.contacts.v1 import import_service_pb2 as pb
from crmkit.testing import refusal
from services.contacts.store import staging
from services.contacts.workers import import_run
from tests.service.contacts.bulk_client import Bulk, counts, reasons
from tests.service.contacts.conftest import Contacts, World, email, refused
from tests.service.contacts.importing import Importing, table


@pytest.fixture
def user(importing: Importing) -> Contacts:
    """The user who imports, at the other services."""
    return World(importing.service).user(user_id=importing.user_id)


@pytest.fixture
def bulk(importing: Importing, user: Contacts) -> Bulk:
    return Bulk(World(importing.service), user)


async def present(user: Contacts) -> dict[str, contact_pb2.Contact]:
    """The contacts that are not in the bin, by their address."""
    listed = await user.list(page_size=1000)
    return {contact.emails[0].address: contact for contact in listed.contacts}


async def ended(bulk: Bulk, id: str) -> operation_pb2.Operation:
    """The operation once the worker has ended it."""
    async with asyncio.timeout(60):
        while not (done := await bulk.get(id)).HasField("finish_time"):  # noqa: ASYNC110 - polled, as clients do
            await asyncio.sleep(0.05)
    return done


async def test_undo_takes_back_what_an_import_created_and_updated_and_can_be_undone(
    importing: Importing, user: Contacts, bulk: Bulk
) -> None:
    known = await user.create(given_name="Known", job_title="Clerk", emails=[email("p1@people.example.com")])
    record = await importing.imported(table(4))
    assert (record.created_count, record.updated_count) == (3, 1)
    done = await bulk.get(record.operation_id)
    assert (done.state, done.method, done.changed_count) == (operation_pb2.Operation.STATE_SUCCEEDED, "CreateImport", 4)
    imported = await present(user)
    since = imported["p2@people.example.com"]
    await user.update("job_title", id=since.id, job_title="Chief")

    undo = await bulk.undo(record.operation_id)
    assert (counts(undo), reasons(undo)) == ((4, 3, 0, 1), {since.id: "CHANGED_SINCE"})
    left = await present(user)
    assert left.keys() == {"p1@people.example.com", "p2@people.example.com"}
    restored = left["p1@people.example.com"]
    assert (restored.id, restored.given_name, restored.job_title) == (known.id, "Known", "Clerk")
    assert (list(restored.phones), list(restored.companies)) == ([], [])
    assert left["p2@people.example.com"].job_title == "Chief"

    again = await bulk.undo(undo.id)
    assert counts(again) == (3, 3, 0, 0)
    back = await present(user)
    assert back.keys() == imported.keys()
    assert back["p1@people.example.com"].job_title == "Engineer"


async def test_a_contact_that_several_chunks_wrote_is_taken_back_as_one(
    importing: Importing, user: Contacts, bulk: Bulk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_run, "CHUNK_RECORDS", 2)
    content = (
        b"First name,Email,City\nA,a@example.com,\nB,b@example.com,\nA,a@example.com,Baku\nB,b@example.com,Shiraz\n"
    )
    record = await importing.imported(content)
    assert (record.created_count, record.updated_count) == (2, 2)
    assert counts(await bulk.undo(record.operation_id)) == (2, 2, 0, 0)
    assert await present(user) == {}


async def test_a_large_import_is_taken_back_by_a_job(importing: Importing, user: Contacts, bulk: Bulk) -> None:
    record = await importing.imported(table(1_300))
    undo = await bulk.undo(record.operation_id)
    assert undo.state == operation_pb2.Operation.STATE_QUEUED
    assert counts(await ended(bulk, undo.id)) == (1_300, 1_300, 0, 0)
    assert await present(user) == {}
    # What was taken back does not stand in the way of the file.
    assert (await importing.imported(table(1_300))).created_count == 1_300


async def test_an_import_that_runs_cannot_be_undone_and_a_dry_run_is_no_operation(world: World) -> None:
    user = world.user()
    waiting = Importing(world.service, user.user_id)  # nobody works here
    file = await waiting.upload(table(1))
    queued = await waiting.create(file)
    bulk = Bulk(world, user)
    assert (await bulk.get(queued.operation_id)).state == operation_pb2.Operation.STATE_QUEUED
    assert (await refused(bulk.undo(queued.operation_id))).reason == "OPERATION_RUNNING"
    dry = await waiting.create(file, dry_run=True)
    assert (await refused(bulk.undo(dry.operation_id))).reason == "OPERATION_NOT_FOUND"


async def test_only_who_may_see_an_import_undoes_it(importing: Importing) -> None:
    record = await importing.imported(table(2))
    stranger = World(importing.service).user("representative")
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await Bulk(World(importing.service), stranger).undo(record.operation_id)
    assert refusal(caught.value).reason == "OPERATION_NOT_FOUND"


async def test_a_company_renamed_while_it_is_linked_is_not_linked_by_its_old_name(
    importing: Importing, user: Contacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = await user.company(name="Zarrin Traders")
    take_turn = staging.take_turn
    renamed: list[Any] = []

    async def rename_first(db: AsyncConnection) -> None:
        """The chunk has found the company by its name, and has not written yet."""
        if not renamed:
            renamed.append(await user.update_company("name", id=firm.id, name="Simin Traders"))
        await take_turn(db)

    monkeypatch.setattr(staging, "take_turn", rename_first)
    record = await importing.imported(b"First name,Email,Company\nAli,ali@example.com,Zarrin Traders\n")
    assert record.state == pb.Import.STATE_SUCCEEDED, record.error
    assert renamed
    (role,) = (await present(user))["ali@example.com"].companies
    assert (role.company_name, role.company_id != firm.id) == ("Zarrin Traders", True)
    linked: Any = await importing.rows("SELECT count(*) FROM contact_company WHERE company_id = :id", id=firm.id)
    assert linked[0][0] == 0
