"""Imports through the service's gRPC, on a real database, with the worker that runs them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import grpc
import pytest
from uuid_utils.compat import uuid7

from crm.contacts.v1 import contact_pb2
from crm.contacts.v1 import import_service_pb2 as pb
from crm.contacts.v1.contact_service_pb2_grpc import ContactServiceStub
from crmkit.testing import refusal
from tests.service.contacts.importing import Importing, table

SAMPLES = Path(__file__).parents[2] / "data" / "contacts"
REGIONS = {"en": "US", "fa": "IR", "az": "AZ", "ms": "MY"}


def sample(language: str) -> bytes:
    return (SAMPLES / f"contacts-{language}.csv").read_bytes()


def expected(language: str) -> dict[str, Any]:
    told = json.loads((SAMPLES / f"contacts-{language}.expected.json").read_text())
    return {name: told[name] for name in ("records", "created", "updated", "rejected")}


@pytest.mark.parametrize("language", REGIONS)
async def test_the_samples_are_imported_as_expected_and_importing_them_again_creates_nothing(
    importing: Importing, language: str
) -> None:
    first = await importing.imported(sample(language), region=REGIONS[language])
    assert await importing.outcome(first) == expected(language)
    assert first.progress == 1

    again = await importing.imported(sample(language), region=REGIONS[language])
    assert again.created_count == 0
    assert again.updated_count + again.unchanged_count == 470
    assert again.rejected_count == first.rejected_count
    assert (await importing.rows("SELECT count(*) FROM contact"))[0][0] == 400


def transcodings() -> Iterable[Any]:
    arabic = str.maketrans("ی۰۱۲۳۴۵۶۷۸۹–", "ي0123456789-")
    for language, encoding in {"en": "utf-8", "fa": "utf-8-sig", "az": "cp1254", "ms": "utf-8"}.items():
        written = sample(language).decode(encoding)
        for codec in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
            yield pytest.param(language, written.encode(codec), id=f"{language}-{codec}")
        if language == "fa":
            yield pytest.param(language, written.translate(arabic).encode("cp1256"), id="fa-cp1256")
        if language == "en":
            yield pytest.param(language, written.replace("Clark", "Müßér").encode("cp1252"), id="en-cp1252")


@pytest.mark.parametrize(("language", "content"), list(transcodings()))
async def test_another_encoding_gives_the_same_result(importing: Importing, language: str, content: bytes) -> None:
    record = await importing.imported(content, region=REGIONS[language], dry_run=True)
    assert await importing.outcome(record) == expected(language)


async def test_a_dry_run_counts_as_the_import_would_and_changes_nothing(importing: Importing) -> None:
    record = await importing.imported(sample("fa"), region="IR", dry_run=True)
    assert await importing.outcome(record) == expected("fa")
    for name in ("contact", "contact_email", "contact_phone", "company", "contact_company", "event"):
        assert (await importing.rows(f"SELECT count(*) FROM {name}"))[0][0] == 0, name  # noqa: S608


async def test_everything_a_row_says_is_stored_and_told_as_an_event(importing: Importing) -> None:
    content = (
        "First name,Last name,E-mail,Mobile,Company,City,Country,Birthday,Tags,Loyalty\n"
        "Sara,Rezaei,Sara@Example.com,0912 100 0316,Sun Ltd,Shiraz,Iran,1990-05-06,vip;new,gold\n"
    )
    record = await importing.imported(content.encode(), region="IR")
    found = (await importing.rows("SELECT * FROM contact"))[0]
    assert (found.given_name, found.family_name, found.display_name) == ("Sara", "Rezaei", "Sara Rezaei")
    email = {"address": "Sara@Example.com", "normalized": "sara@example.com", "label": "", "primary": True}
    assert found.emails == [email]
    assert found.phones[0]["e164"] == "+989121000316"
    assert found.phones[0]["label"] == "mobile"
    assert (found.addresses[0]["city"], found.addresses[0]["region"]) == ("Shiraz", "IR")
    assert (found.birth_year, found.birth_month, found.birth_day) == (1990, 5, 6)
    assert (found.tags, found.custom) == (["vip", "new"], {"loyalty": "gold"})
    assert found.owner_id == found.created_by == importing.user_id

    events = await importing.rows("SELECT * FROM event ORDER BY position")
    assert [event.type for event in events] == ["company.created", "contact.created", "import.succeeded"]
    assert {str(event.operation_id) for event in events} == {record.operation_id}
    assert {event.actor_id for event in events} == {importing.user_id}
    after = events[1].after
    assert after["emails"] == [email]
    assert after["companies"] == [
        {"company_id": str(events[0].aggregate_id), "company_name": "Sun Ltd", "role": "", "primary": True}
    ]
    assert events[1].before is None


async def test_an_imported_contact_is_the_row_that_creating_it_would_have_made(importing: Importing) -> None:
    await importing.imported("Name,Email,Job title\nÇiçək Məmmədova,c@example.com,Mühəndis\n".encode(), region="AZ")
    contacts: Any = importing.service.stub(ContactServiceStub)
    created = await contacts.CreateContact(
        contact_pb2.CreateContactRequest(
            contact=contact_pb2.Contact(
                given_name="Çiçək",
                family_name="Məmmədova",
                emails=[contact_pb2.EmailAddress(address="c@example.com")],
                job_title="Mühəndis",
            ),
            allow_duplicate=True,
        ),
        metadata=importing.metadata,
    )
    own = {"id", "created_at", "updated_at"}
    rows = {str(row.id): row._mapping for row in await importing.rows("SELECT * FROM contact")}
    made, imported = rows.pop(created.id), rows.popitem()[1]
    assert {name: made[name] for name in made if name not in own} == {
        name: imported[name] for name in imported if name not in own
    }
    assert len(await importing.rows("SELECT 1 FROM contact_email WHERE normalized = 'c@example.com'")) == 2


async def test_an_update_tells_what_was_before_and_keeps_what_the_file_does_not_say(importing: Importing) -> None:
    await importing.imported(table(3))
    again = await importing.imported(table(2, title="Director"))
    assert (again.created_count, again.updated_count) == (0, 2)
    events = await importing.rows("SELECT * FROM event WHERE type = 'contact.updated' ORDER BY position")
    assert [(event.before["job_title"], event.after["job_title"]) for event in events] == [("Engineer", "Director")] * 2
    assert [event.aggregate_version for event in events] == [2, 2]
    assert events[0].after["companies"] == events[0].before["companies"]
    versions = await importing.rows("SELECT version FROM contact ORDER BY family_name")
    assert [row.version for row in versions] == [2, 2, 1]


async def test_modes_create_only_and_update_only(importing: Importing) -> None:
    await importing.imported(table(2))
    only_new = await importing.imported(table(3, title="Boss"), mode=pb.ImportOptions.MODE_CREATE)
    assert (only_new.created_count, only_new.updated_count, only_new.unchanged_count) == (1, 0, 2)
    only_known = await importing.imported(table(2, start=2, title="Chief"), mode=pb.ImportOptions.MODE_UPDATE)
    assert (only_known.created_count, only_known.updated_count, only_known.rejected_count) == (0, 1, 1)
    assert [(row.record, row.reason) for row in await importing.rejected(only_known.id)] == [(2, "NOT_FOUND")]


async def test_a_contact_beyond_the_importers_reach_is_not_changed(importing: Importing) -> None:
    await importing.imported(table(1))
    other = Importing(importing.service, uuid7(), "representative")
    record = await other.imported(table(2, title="Mine"))
    assert (record.created_count, record.updated_count, record.rejected_count) == (1, 0, 1)
    assert [row.reason for row in await other.rejected(record.id)] == ["NOT_PERMITTED"]
    titles = await importing.rows("SELECT job_title FROM contact ORDER BY id")
    assert [row.job_title for row in titles] == ["Engineer", "Mine"]
    # A company the importer may not see is not linked, and not made twice for those who see both.
    assert len(await importing.rows("SELECT 1 FROM company WHERE name = 'Company 0'")) == 1


async def test_imports_and_files_of_others_are_not_found(importing: Importing) -> None:
    file = await importing.upload(table(1))
    record = await importing.create(file)
    other = Importing(importing.service, uuid7(), "representative")
    for call in (
        other.create(file),
        other.finished(record.id),
        other.rejected(record.id),
        other.stub.PreviewImport(pb.PreviewImportRequest(file_id=file.id), metadata=other.metadata),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await call
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    listed = await other.stub.ListImports(pb.ListImportsRequest(), metadata=other.metadata)
    assert list(listed.imports) == []
    mine = await importing.stub.ListImports(pb.ListImportsRequest(page_size=1), metadata=importing.metadata)
    assert [one.id for one in mine.imports] == [record.id]


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (b"Name,City\nAli,Baku\n", {}, "MAPPING_NO_IDENTITY"),
        (b"", {}, "FILE_EMPTY"),
        (table(1), {"region": "XX"}, "REGION_INVALID"),
        (table(1), {"encoding": "latin-1"}, "ENCODING_INVALID"),
        (table(1), {"mapping": [pb.ColumnMapping(column="E-mail", field="email")]}, "COLUMN_UNKNOWN"),
        (table(1), {"mapping": [pb.ColumnMapping(column="Email", field="e-mail")]}, "FIELD_UNKNOWN"),
    ],
)
async def test_an_import_that_makes_no_sense_is_refused_before_it_begins(
    importing: Importing, content: bytes, options: dict[str, Any], reason: str
) -> None:
    file = await importing.upload(content)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await importing.create(file, **options)
    assert refusal(caught.value).reason == reason


async def test_a_file_arrives_in_pieces_and_too_large_ones_are_refused(importing: Importing) -> None:
    content = table(300)
    file = await importing.upload(content, piece=1000)
    assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    record = await importing.finished((await importing.create(file)).id)
    assert record.created_count == 300
    for bad, reason in ((("x" * 256, b""), "FILENAME_INVALID"), (("x", bytes((1 << 20) + 1)), "PIECE_TOO_LARGE")):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await importing.upload(bad[1], bad[0], piece=1 << 21)
        assert refusal(caught.value).reason == reason


async def test_a_file_in_too_many_pieces_is_refused_and_nobody_sees_it(
    importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.contacts.api.uploads.MAX_PIECES", 3)
    assert (await importing.upload(bytes(3), piece=1)).size == 3

    async def empty() -> AsyncIterator[pb.UploadFileRequest]:
        for _ in range(4):
            yield pb.UploadFileRequest(filename="x")

    for pieces in (
        importing.upload(bytes(4), piece=1),
        importing.stub.UploadFile(empty(), metadata=importing.metadata),
    ):
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await pieces
        assert (refusal(caught.value).reason, refusal(caught.value).fields) == ("PIECES_TOO_MANY", ("content",))


async def test_a_mapping_given_is_kept_to(importing: Importing) -> None:
    mapping = [
        pb.ColumnMapping(column="Email", field="email"),
        pb.ColumnMapping(column="Job title", field="custom.position"),
    ]
    await importing.imported(table(1), mapping=mapping)
    found = (await importing.rows("SELECT given_name, job_title, custom FROM contact"))[0]
    assert tuple(found) == ("", "", {"position": "Engineer"})


async def test_quoting_and_header_are_shown_as_understood_and_corrected(importing: Importing) -> None:
    file = await importing.upload(
        b"Name,Email,Note\nAda King,ada@header.example,'x, y'\nBob,bob@header.example,'z, w'\n"
    )

    async def preview(**options: Any) -> pb.PreviewImportResponse:
        request = pb.PreviewImportRequest(file_id=file.id, options=pb.ImportOptions(**options))
        shown: pb.PreviewImportResponse = await importing.stub.PreviewImport(request, metadata=importing.metadata)
        return shown

    understood = await preview()
    assert understood.options.quoting == pb.ImportOptions.QUOTING_SINGLE
    assert understood.options.has_header
    assert list(understood.rows[0].cells) == ["Ada King", "ada@header.example", "x, y"]

    corrected = await preview(quoting=pb.ImportOptions.QUOTING_NONE, has_header=False)
    assert corrected.options.HasField("has_header") and not corrected.options.has_header
    assert list(corrected.columns)[:2] == ["Column 1", "Column 2"]
    assert [list(row.cells) for row in corrected.rows][:2] == [
        ["Name", "Email", "Note"],
        ["Ada King", "ada@header.example", "'x", " y'"],
    ]

    # What was corrected holds in the import, though the file is understood anew by whoever runs it.
    mapping = [pb.ColumnMapping(column="Column 2", field="email")]
    created = await importing.create(file, has_header=False, mapping=mapping)
    assert created.options.quoting == pb.ImportOptions.QUOTING_SINGLE
    assert created.options.HasField("has_header") and not created.options.has_header
    ended = await importing.finished(created.id)
    assert (ended.record_count, ended.created_count, ended.rejected_count) == (3, 2, 1)
    assert [row.cells[1] for row in await importing.rejected(created.id)] == ["Email"]
