"""Files in and out."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests

from crm.contacts.v1 import company_service_pb2, contact_pb2, contact_service_pb2, import_service_pb2
from crmkit.errors import InvalidArgument, Unauthenticated
from tests.system.edge.conftest import raising
from tests.system.gateway_stand import Stand, refused


async def test_a_file_goes_through_in_pieces(stand: Stand) -> None:
    def stored(pieces: list[import_service_pb2.UploadFileRequest], _: Any) -> import_service_pb2.File:
        assert all(len(piece.content) <= 2**20 for piece in pieces)
        size = sum(len(piece.content) for piece in pieces)
        return import_service_pb2.File(id="f", filename=pieces[0].filename, size=size)

    stand.upstream.answers["UploadFile"] = stored
    answer = await stand.call("POST", "/v1/files?filename=مشتریان.csv", data=b"x" * (6 * 2**20))
    assert answer.json()["filename"] == "مشتریان.csv"
    assert answer.json()["size"] == str(6 * 2**20)


async def test_a_file_that_is_too_large_is_refused_whether_its_size_was_told_or_not(stand: Stand) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(9):
            yield b"x" * 2**20

    refused(await stand.call("POST", "/v1/files?filename=a", data=b"x" * (9 * 2**20)), 413, 3, "BODY_TOO_LARGE")
    refused(await stand.call("POST", "/v1/files?filename=a", data=chunks()), 413, 3, "BODY_TOO_LARGE")
    told = {"content-length": str(2**30 + 1)}
    refused(await stand.call("POST", "/v1/files?filename=a", headers=told), 413, 3, "BODY_TOO_LARGE")


async def test_a_file_the_service_refuses_is_refused_with_its_reason(stand: Stand) -> None:
    stand.upstream.answers["UploadFile"] = raising(InvalidArgument("FILE_EMPTY", "The file is empty.", field="content"))
    refused(await stand.call("POST", "/v1/files?filename=a.csv", data=b""), 400, 3, "FILE_EMPTY")


async def test_an_export_is_a_csv_file(stand: Stand) -> None:
    batch = contact_service_pb2.ExportContactsResponse()
    batch.contacts.add(id="1", given_name='=HYPERLINK("x")').phones.add(e164="+989121000316", primary=True)
    stand.upstream.answers["ExportContacts"] = lambda *_: [batch, batch]
    answer = await stand.call("GET", "/v1/contacts:export?filter=x&bom=true")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    lines = answer.content.decode().split("\r\n")
    assert lines[0].startswith("\ufeffid,given_name,")
    assert lines[1].startswith('1,"\'=HYPERLINK(""x"")",')
    assert ",+989121000316," in lines[1]
    assert len(lines) == 4
    assert stand.upstream.last()[1].filter == "x"


async def test_companies_are_exported_as_the_contract_names_their_columns(stand: Stand) -> None:
    batch = company_service_pb2.ExportCompaniesResponse()
    batch.companies.add(id="1", name="Harbour, Ltd", domains=["a.example", "b.example"], employee_count=12)
    stand.upstream.answers["ExportCompanies"] = lambda *_: [batch]
    answer = await stand.call("GET", "/v1/companies:export?filter=x")
    assert 'filename="companies.csv"' in answer.headers["content-disposition"]
    header, line, _ = answer.content.decode().split("\r\n")
    assert header.startswith("id,name,legal_name,domains,industry,employee_count,annual_revenue,street,")
    assert line.startswith('1,"Harbour, Ltd",,a.example; b.example,,12,,')
    assert stand.upstream.last()[1].filter == "x"


async def test_an_export_that_is_refused_or_breaks_off_is_seen_as_such(stand: Stand) -> None:
    stand.upstream.answers["ExportContacts"] = raising(InvalidArgument("FILTER_INVALID", "No.", field="filter"))
    refused(await stand.call("GET", "/v1/contacts:export?filter=("), 400, 3, "FILTER_INVALID")

    def half(*_: Any) -> Iterator[contact_service_pb2.ExportContactsResponse]:
        yield contact_service_pb2.ExportContactsResponse(contacts=[contact_pb2.Contact(id="1")])
        raise Unauthenticated("SESSION_ENDED", "Gone.")

    stand.upstream.answers["ExportContacts"] = half
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        await stand.call("GET", "/v1/contacts:export")


async def test_rejected_rows_come_as_they_stood_with_what_was_wrong(stand: Stand) -> None:
    found = import_service_pb2.Import(id="i")
    found.options.mapping.add(column="Name")
    found.options.mapping.add(column="E-mail")
    row = {"record": 7, "column": "email", "reason": "EMAIL_INVALID", "message": "No.", "cells": ["Ali", "ali@"]}

    def page(request: Any, _: Any) -> import_service_pb2.ListRejectedRowsResponse:
        made = import_service_pb2.ListRejectedRowsResponse(next_page_token="" if request.page_token else "more")
        made.rejected_rows.add(**row)
        return made

    stand.upstream.answers |= {"GetImport": lambda *_: found, "ListRejectedRows": page}
    answer = await stand.call("GET", f"/v1/contactImports/{uuid4()}/rejectedRows.csv")
    assert answer.text.split("\r\n") == [
        "Name,E-mail,record,column,reason,message",
        "Ali,ali@,7,email,EMAIL_INVALID,No.",
        "Ali,ali@,7,email,EMAIL_INVALID,No.",
        "",
    ]
