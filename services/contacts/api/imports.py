"""ImportService: files in, imports started and followed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, ClassVar, Final

from phonenumbers import SUPPORTED_REGIONS
from sqlalchemy import ColumnElement
from uuid_utils.compat import uuid7

from crm.contacts.v1 import import_service_pb2 as pb
from crmkit import operations
from crmkit.access import Scope
from crmkit.context import Call
from crmkit.errors import DomainError
from crmkit.jobs import defer
from crmkit.paging import Pager, parse_order
from crmkit.server import Servicer
from crmkit.service import Runtime
from crmkit.wire import parse_id, timestamp
from services.contacts.api.uploads import Upload
from services.contacts.domain.importing import errors
from services.contacts.domain.importing.fold import Mode
from services.contacts.domain.importing.headers import ColumnMapping
from services.contacts.domain.importing.plan import Options, Plan, require_identity, understand
from services.contacts.store import files, imports
from services.contacts.store.import_tables import contact_import, file, import_rejected_row
from services.contacts.workers.imports import RUN_IMPORT
from services.contacts.workers.merge import Rights

_MODES: Final = {
    pb.ImportOptions.MODE_UNSPECIFIED: Mode.BOTH,
    pb.ImportOptions.MODE_CREATE: Mode.CREATE,
    pb.ImportOptions.MODE_UPDATE: Mode.UPDATE,
    pb.ImportOptions.MODE_BOTH: Mode.BOTH,
}
_MODE_NUMBERS: Final = {mode: number for number, mode in _MODES.items() if number}
_QUOTES: Final = {
    pb.ImportOptions.QUOTING_UNSPECIFIED: None,
    pb.ImportOptions.QUOTING_DOUBLE: '"',
    pb.ImportOptions.QUOTING_SINGLE: "'",
    pb.ImportOptions.QUOTING_NONE: "",
}
_QUOTING_NUMBERS: Final = {quote: number for number, quote in _QUOTES.items()}
_NEWEST = parse_order("", {"create_time": contact_import.c.id}, "create_time desc", contact_import.c.id)
_BY_RECORD = parse_order("", {"record": import_rejected_row.c.record}, "record", import_rejected_row.c.record)


class ImportServicer(Servicer):
    """A user sees their own files and imports, and those of others as far as the right to import reaches."""

    contract = pb.DESCRIPTOR.services_by_name["ImportService"]
    # A large file takes minutes to arrive: every piece is a transaction of its own.
    own_connections: ClassVar[frozenset[str]] = frozenset({"UploadFile"})

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self._pager = Pager(runtime.seal_key)

    async def UploadFile(self, request: AsyncIterator[pb.UploadFileRequest], call: Call) -> pb.File:
        """Stores pieces as they come; the file is there for others once all have."""
        upload = Upload(call)
        try:
            async for message in request:
                await upload.take(message)
            return _file_message(await upload.finish())
        except DomainError:
            await upload.discard()
            raise

    async def PreviewImport(self, request: pb.PreviewImportRequest, call: Call) -> pb.PreviewImportResponse:
        """How the file would be read."""
        count = request.row_count or 10
        if not 1 <= count <= 100:
            raise errors.RowCountInvalid(count)
        _, plan, rows = await self._understand(call, request.file_id, request.options)
        return pb.PreviewImportResponse(
            options=_options_message(plan, _MODES[request.options.mode]),
            columns=plan.columns,
            rows=[
                pb.PreviewImportResponse.Row(record=record, cells=_texts(cells))
                for record, cells in enumerate(rows[:count], 1)
            ],
        )

    async def CreateImport(self, request: pb.CreateImportRequest, call: Call) -> pb.Import:
        """Queues an import; its job is there as soon as it is."""
        stored, plan, _ = await self._understand(call, request.file_id, request.options)
        require_identity(plan)
        user, mode = call.require(), _MODES[request.options.mode]
        call.demand("contact", "update" if mode is Mode.UPDATE else "create", Scope.OWN)
        rights = Rights(
            user,
            call.scope_of("contact", "update"),
            call.scope_of("company", "read"),
            call.scope_of("company", "create"),
        )
        record = await imports.add(
            call.db,
            {
                "id": uuid7(),
                "file_id": stored.id,
                "filename": stored.filename,
                "size": stored.size,
                "options": imports.kept_options(plan, mode),
                "dry_run": request.dry_run,
                "operation_id": uuid7(),
                "traceparent": call.traceparent,
                "rights": rights.json(),
                "created_at": call.now,
                "owner_id": user.user_id,
                "team_id": user.team_id,
            },
        )
        if not record.dry_run:
            await self._announce(call, record)
        await defer(call.db, RUN_IMPORT, {"import_id": str(record.id)})
        return _message(record)

    async def GetImport(self, request: pb.GetImportRequest, call: Call) -> pb.Import:
        """One import with its progress."""
        return _message(await self._import(call, request.id))

    async def ListImports(self, request: pb.ListImportsRequest, call: Call) -> pb.ListImportsResponse:
        """Imports, the newest first."""
        page = self._pager.page("ListImports", _NEWEST, request.page_size, request.page_token)
        found, token = await imports.listed(call.db, page, call.visible(contact_import))
        return pb.ListImportsResponse(imports=map(_message, found), next_page_token=token)

    async def ListRejectedRows(self, request: pb.ListRejectedRowsRequest, call: Call) -> pb.ListRejectedRowsResponse:
        """What was not imported, in order of record."""
        record = await self._import(call, request.import_id, "import_id")
        page = self._pager.page(
            "ListRejectedRows", _BY_RECORD, request.page_size, request.page_token, filter=str(record.id)
        )
        rows, token = await imports.rejected(call.db, page, record.id)
        rejected = [
            pb.RejectedRow(record=row.record, column=row.field, reason=row.reason, message=row.message, cells=row.cells)
            for row in rows
        ]
        return pb.ListRejectedRowsResponse(rejected_rows=rejected, next_page_token=token)

    async def _import(self, call: Call, id: str, field: str = "id") -> imports.Import:
        record = await imports.get(call.db, parse_id(id, field), call.visible(contact_import))
        if record is None:
            raise errors.ImportNotFound
        return record

    @staticmethod
    async def _announce(call: Call, record: imports.Import) -> None:
        """The operation that undo takes back; the import's job counts what it changes."""
        call.undoable_id = record.operation_id
        values = {
            "id": record.operation_id,
            "method": call.method_name,
            "object": "contact",
            "owner_id": record.owner_id,
            "team_id": record.team_id,
            "request_id": call.request_id,
            "state": operations.QUEUED,
            "traceparent": call.traceparent,
            "created_at": call.now,
        }
        await operations.add(call.db, values, [])

    async def _understand(
        self, call: Call, file_id: str, asked: pb.ImportOptions
    ) -> tuple[files.StoredFile, Plan, list[list[str]]]:
        visible: ColumnElement[bool] = call.visible(file)
        stored = await files.get(call.db, parse_id(file_id, "file_id"), visible)
        if stored is None:
            raise errors.FileNotFound
        region = asked.region or self.runtime.settings.default_region
        if region not in SUPPORTED_REGIONS:
            raise errors.RegionInvalid(region)
        options = Options(
            encoding=asked.encoding,
            delimiter=asked.delimiter,
            mapping=tuple(ColumnMapping(entry.column, entry.field) for entry in asked.mapping),
            region=region,
            locale=asked.locale,
            quote=_QUOTES[asked.quoting],
            has_header=asked.has_header if asked.HasField("has_header") else None,
        )
        samples, whole = await files.samples(call.db, stored.id)
        return stored, *understand(samples, options, whole=whole)


def _texts(cells: list[str]) -> list[str]:
    """Cells as they can be sent: bytes that are no characters become U+FFFD."""
    return [cell.encode("utf-8", "replace").decode() for cell in cells]


def _options_message(plan: Plan, mode: Mode) -> pb.ImportOptions:
    return _kept_message(imports.kept_options(plan, mode))


def _kept_message(kept: dict[str, Any]) -> pb.ImportOptions:
    mapping = [
        pb.ColumnMapping(column=column, field=field, confidence=confidence)
        for column, field, confidence in kept["mapping"]
    ]
    return pb.ImportOptions(
        encoding=kept["encoding"],
        delimiter=kept["delimiter"],
        mapping=mapping,
        region=kept["region"],
        locale=kept["locale"],
        mode=_MODE_NUMBERS[Mode(kept["mode"])],
        quoting=_QUOTING_NUMBERS[kept.get("quote")],
        has_header=kept.get("has_header"),
    )


def _file_message(stored: files.StoredFile) -> pb.File:
    return pb.File(
        id=str(stored.id),
        filename=stored.filename,
        size=stored.size,
        sha256=stored.sha256,
        expire_time=timestamp(stored.expires_at),
    )


def _message(record: imports.Import) -> pb.Import:
    message = pb.Import(
        id=str(record.id),
        file_id=str(record.file_id),
        filename=record.filename,
        options=_kept_message(record.options),
        dry_run=record.dry_run,
        state=pb.Import.State.Value(f"STATE_{record.state}"),
        progress=record.progress,
        record_count=record.record_count,
        created_count=record.created_count,
        updated_count=record.updated_count,
        unchanged_count=record.unchanged_count,
        rejected_count=record.rejected_count,
        error=record.error,
        create_time=timestamp(record.created_at),
        operation_id=str(record.operation_id),
        created_by=str(record.owner_id),
    )
    if record.finished_at is not None:
        message.finish_time.CopyFrom(timestamp(record.finished_at))
    return message
