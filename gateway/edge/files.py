"""Files in and out: uploads for imports, exports, and the rows an import refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from typing import Any

import orjson
from google.protobuf.json_format import MessageToDict
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from crm.contacts.v1 import contact_pb2, contact_service_pb2, contact_service_pb2_grpc
from crm.contacts.v1 import import_service_pb2 as imports
from crm.contacts.v1 import import_service_pb2_grpc as imports_grpc
from crmkit.errors import InvalidArgument
from gateway.edge.bodies import flag, query
from gateway.edge.csv_text import UTF8_BOM, csv_lines
from gateway.edge.errors import JsonResponse, TooLarge
from gateway.edge.identity import Identities
from gateway.edge.services import CALL_SECONDS, Services, metadata

# A message of an upload; the contract allows 1 MiB.
PIECE_BYTES = 512 * 1024
MAX_FILENAME = 255
# How long a client that sends too much is listened to.
DISCARD_SECONDS = 5.0
# Fields that are one cell each, then those made of several values. Named as an import proposes them.
_PLAIN = (
    "id",
    "given_name",
    "family_name",
    "honorific",
    "display_name",
    "job_title",
    "language",
    "time_zone",
    "source",
)
EXPORT_COLUMNS = (
    *_PLAIN,
    *("email", "other_emails", "phone", "other_phones", "company", "other_companies"),
    *("street", "city", "state", "postal_code", "country", "birthday", "lifecycle_stage", "tags"),
    *("owner_id", "team_id", "custom", "create_time", "update_time"),
)
_REFUSAL_COLUMNS = ("record", "column", "reason", "message")


class Files:
    """POST /v1/files, GET /v1/contacts:export, GET /v1/contactImports/{id}/rejectedRows.csv."""

    def __init__(self, services: Services, identities: Identities, upload_bytes: int) -> None:
        channel = services.channel("contacts")
        self._imports = imports_grpc.ImportServiceStub(channel)
        self._contacts = contact_service_pb2_grpc.ContactServiceStub(channel)
        self._identities = identities
        self._upload_bytes = upload_bytes

    def routes(self) -> list[Route]:
        return [
            Route("/v1/files", self.upload, methods=["POST"]),
            Route("/v1/contacts:export", self.export, methods=["GET"]),
            Route("/v1/contactImports/{id}/rejectedRows.csv", self.rejected_rows, methods=["GET"]),
        ]

    async def upload(self, request: Request) -> Response:
        """The body as it comes, to the service as it comes: neither side holds the file."""
        caller = self._identities.require(request)
        filename = query(request, "filename").get("filename", "")
        if not 1 <= len(filename) <= MAX_FILENAME:
            raise InvalidArgument("FILENAME_INVALID", "Name the file in 1 to 255 characters.", field="filename")
        call = self._imports.UploadFile(metadata=metadata(caller.token))
        try:
            async for piece in self._pieces(request, filename):
                await call.write(piece)
            await call.done_writing()
        except asyncio.InvalidStateError:
            pass  # the service has answered before the end; its answer, below, says why
        except BaseException as error:
            call.cancel()  # what has arrived so far is not the file
            if isinstance(error, TooLarge):
                await _discard(request)
            raise
        file = await call
        return JsonResponse(MessageToDict(file, always_print_fields_with_no_presence=True))

    async def _pieces(self, request: Request, filename: str) -> AsyncIterator[imports.UploadFileRequest]:
        yield imports.UploadFileRequest(filename=filename)
        held, total = bytearray(), 0
        async for chunk in request.stream():
            total += len(chunk)
            if total > self._upload_bytes:
                raise self._too_large()
            held += chunk
            while len(held) >= PIECE_BYTES:
                yield imports.UploadFileRequest(content=bytes(held[:PIECE_BYTES]))
                del held[:PIECE_BYTES]
        if held:
            yield imports.UploadFileRequest(content=bytes(held))

    def _too_large(self) -> TooLarge:
        return TooLarge("BODY_TOO_LARGE", f"A file may have {self._upload_bytes:,} bytes.")

    async def export(self, request: Request) -> Response:
        """Every contact the caller may see that passes the filter."""
        caller = self._identities.require(request)
        given = query(request, "filter", "bom")
        with_bom = flag(given, "bom")
        wanted = contact_service_pb2.ExportContactsRequest(filter=given.get("filter", ""))
        batches = aiter(self._contacts.ExportContacts(wanted, metadata=metadata(caller.token)))
        # The first batch before the first byte: a refusal must be able to set the status.
        first = await anext(batches, contact_service_pb2.ExportContactsResponse())

        async def text() -> AsyncIterator[str]:
            yield (UTF8_BOM if with_bom else "") + csv_lines([EXPORT_COLUMNS])
            yield csv_lines(contact_row(contact) for contact in first.contacts)
            async for batch in batches:
                yield csv_lines(contact_row(contact) for contact in batch.contacts)

        return _download(text(), "contacts.csv")

    async def rejected_rows(self, request: Request) -> Response:
        """The refused records as they stood in the file, with the reason of each, to mend and import again."""
        caller = self._identities.require(request)
        with_bom = flag(query(request, "bom"), "bom")
        import_id, token = request.path_params["id"], metadata(caller.token)
        found = await self._imports.GetImport(
            imports.GetImportRequest(id=import_id), timeout=CALL_SECONDS, metadata=token
        )
        header = [mapping.column for mapping in found.options.mapping]

        async def text() -> AsyncIterator[str]:
            yield (UTF8_BOM if with_bom else "") + csv_lines([[*header, *_REFUSAL_COLUMNS]])
            async for rows in self._refusals(import_id, token):
                yield csv_lines(_refused(row, len(header)) for row in rows)

        return _download(text(), f"rejected-{found.id}.csv")  # the service's spelling: what came may hold anything

    async def _refusals(self, import_id: str, token: Any) -> AsyncIterator[Iterable[imports.RejectedRow]]:
        page_token = ""
        while True:
            wanted = imports.ListRejectedRowsRequest(import_id=import_id, page_size=1000, page_token=page_token)
            page = await self._imports.ListRejectedRows(wanted, timeout=CALL_SECONDS, metadata=token)
            yield page.rejected_rows
            page_token = page.next_page_token
            if not page_token:
                return


async def _discard(request: Request) -> None:
    """Reads on for a while: a connection closed upon unread data would lose the answer on its way."""
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_SECONDS):
            async for _ in request.stream():
                pass


def _download(text: AsyncIterator[str], filename: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{filename}"', "cache-control": "no-store"}
    return StreamingResponse(text, media_type="text/csv; charset=utf-8", headers=headers)


def _refused(row: imports.RejectedRow, columns: int) -> list[str]:
    """The cells under their own headers whatever their number, then what was wrong."""
    cells = list(row.cells[:columns]) + [""] * (columns - len(row.cells))
    surplus = list(row.cells[columns:])
    return [*cells, str(row.record), row.column, row.reason, row.message, *surplus]


def contact_row(contact: contact_pb2.Contact) -> list[str]:
    """The cells of EXPORT_COLUMNS. Further values of a list are joined by "; "."""
    emails = _primary_first([(email.address, email.primary) for email in contact.emails])
    phones = _primary_first([(phone.e164 or phone.number, phone.primary) for phone in contact.phones])
    companies = _primary_first([(role.company_name, role.primary) for role in contact.companies])
    address = contact.addresses[0] if contact.addresses else contact_pb2.PostalAddress()
    return [
        *(getattr(contact, name) for name in _PLAIN),
        *(_first_and_rest(emails) + _first_and_rest(phones) + _first_and_rest(companies)),
        *("; ".join(address.lines), address.city, address.state, address.postal_code, address.region),
        _date(contact),
        contact_pb2.LifecycleStage.Name(contact.lifecycle_stage).removeprefix("LIFECYCLE_STAGE_").lower(),
        "; ".join(contact.tags),
        contact.owner_id,
        contact.team_id,
        orjson.dumps(MessageToDict(contact.custom)).decode() if contact.HasField("custom") else "",
        _instant(contact.audit.create_time),
        _instant(contact.audit.update_time),
    ]


def _primary_first(values: list[tuple[str, bool]]) -> list[str]:
    return [value for value, _ in sorted(values, key=lambda pair: not pair[1]) if value]


def _first_and_rest(values: list[str]) -> list[str]:
    return [values[0] if values else "", "; ".join(values[1:])]


def _date(contact: contact_pb2.Contact) -> str:
    """ISO 8601, "--12-31" when the year is not known."""
    day = contact.birthday
    if not day.month:
        return ""
    return f"{day.year:04}-{day.month:02}-{day.day:02}" if day.year else f"--{day.month:02}-{day.day:02}"


def _instant(time: Timestamp) -> str:
    return time.ToJsonString() if time.seconds else ""
