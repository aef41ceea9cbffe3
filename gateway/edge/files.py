"""Files in and out: uploads for imports, exports, and the rows an import refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from crmkit.errors import InvalidArgument
from gateway import offers
from gateway.edge.bodies import flag, query
from gateway.edge.cells import row_reader
from gateway.edge.csv_text import UTF8_BOM, csv_lines
from gateway.edge.errors import JsonResponse, TooLarge
from gateway.edge.identity import Identities
from gateway.edge.services import CALL_SECONDS, Services, metadata

# A message of an upload; the contract allows 1 MiB.
PIECE_BYTES = 512 * 1024
MAX_FILENAME = 255
# How long a client that sends too much is listened to.
DISCARD_SECONDS = 5.0
_REFUSAL_COLUMNS = ("record", "column", "reason", "message")


Endpoint = Callable[[Request], Awaitable[Response]]


class Files:
    """POST /v1/files, and what the services offer of GET /v1/<records>:export and GET …/{id}/rejectedRows.csv."""

    def __init__(self, services: Services, identities: Identities, upload_bytes: int) -> None:
        self._services = services
        self._identities = identities
        self._upload_bytes = upload_bytes
        taken = offers.upload()
        self._store = offers.client_stream(services.channel(taken.domain), taken.rpc)
        self._piece = offers.message_class(taken.rpc.input_type)

    def routes(self) -> list[Route]:
        return [
            Route("/v1/files", self.upload, methods=["POST"]),
            *(Route(export.path, self._export(export), methods=["GET"]) for export in offers.exports()),
            *(Route(refused.path, self._rejected_rows(refused), methods=["GET"]) for refused in offers.rejections()),
        ]

    async def upload(self, request: Request) -> Response:
        """The body as it comes, to the service as it comes: neither side holds the file."""
        caller = self._identities.require(request)
        filename = query(request, "filename").get("filename", "")
        if not 1 <= len(filename) <= MAX_FILENAME:
            raise InvalidArgument("FILENAME_INVALID", "Name the file in 1 to 255 characters.", field="filename")
        call = self._store(metadata=metadata(caller.token))
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

    async def _pieces(self, request: Request, filename: str) -> AsyncIterator[Message]:
        yield self._piece(filename=filename)
        held, total = bytearray(), 0
        async for chunk in request.stream():
            total += len(chunk)
            if total > self._upload_bytes:
                raise self._too_large()
            held += chunk
            while len(held) >= PIECE_BYTES:
                yield self._piece(content=bytes(held[:PIECE_BYTES]))
                del held[:PIECE_BYTES]
        if held:
            yield self._piece(content=bytes(held))

    def _too_large(self) -> TooLarge:
        return TooLarge("BODY_TOO_LARGE", f"A file may have {self._upload_bytes:,} bytes.")

    def _export(self, export: offers.Export) -> Endpoint:
        call = offers.stream(self._services.channel(export.domain), export.rpc)
        request_class = offers.message_class(export.rpc.input_type)
        reply_class = offers.message_class(export.rpc.output_type)
        [records] = reply_class.DESCRIPTOR.fields
        cells = row_reader(records.message_type, export.columns)
        header = [column.name for column in export.columns]

        async def answer(request: Request) -> Response:
            """Every record the caller may see that passes the filter."""
            caller = self._identities.require(request)
            given = query(request, "filter", "bom")
            with_bom = flag(given, "bom")
            wanted = request_class(filter=given.get("filter", ""))
            batches = aiter(call(wanted, metadata=metadata(caller.token)))
            # The first batch before the first byte: a refusal must be able to set the status.
            first = await anext(batches, reply_class())

            def lines(batch: Message) -> str:
                return csv_lines(map(cells, getattr(batch, records.name)))

            async def text() -> AsyncIterator[str]:
                yield (UTF8_BOM if with_bom else "") + csv_lines([header])
                yield lines(first)
                async for batch in batches:
                    yield lines(batch)

            return _download(text(), f"{export.name}.csv")

        return answer

    def _rejected_rows(self, refused: offers.Rejections) -> Endpoint:
        channel = self._services.channel(refused.domain)
        read, rows_of = offers.unary(channel, refused.read), offers.unary(channel, refused.rpc)
        import_class = offers.message_class(refused.read.input_type)
        rows_class = offers.message_class(refused.rpc.input_type)

        async def refusals(import_id: str, token: Any) -> AsyncIterator[Any]:
            page_token = ""
            while True:
                wanted = rows_class(import_id=import_id, page_size=1000, page_token=page_token)
                page = await rows_of(wanted, timeout=CALL_SECONDS, metadata=token)
                yield page.rejected_rows
                page_token = page.next_page_token
                if not page_token:
                    return

        async def answer(request: Request) -> Response:
            """The refused records as they stood in the file, with the reason of each, to mend and import again."""
            caller = self._identities.require(request)
            with_bom = flag(query(request, "bom"), "bom")
            import_id, token = request.path_params["id"], metadata(caller.token)
            found = await read(import_class(id=import_id), timeout=CALL_SECONDS, metadata=token)
            header = [mapping.column for mapping in found.options.mapping]

            async def text() -> AsyncIterator[str]:
                yield (UTF8_BOM if with_bom else "") + csv_lines([[*header, *_REFUSAL_COLUMNS]])
                async for rows in refusals(import_id, token):
                    yield csv_lines(_refused(row, len(header)) for row in rows)

            return _download(text(), f"rejected-{found.id}.csv")  # the service's spelling: what came may hold anything

        return answer


async def _discard(request: Request) -> None:
    """Reads on for a while: a connection closed upon unread data would lose the answer on its way."""
    with suppress(TimeoutError):
        async with asyncio.timeout(DISCARD_SECONDS):
            async for _ in request.stream():
                pass


def _download(text: AsyncIterator[str], filename: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{filename}"', "cache-control": "no-store"}
    return StreamingResponse(text, media_type="text/csv; charset=utf-8", headers=headers)


def _refused(row: Any, columns: int) -> list[str]:
    """The cells under their own headers whatever their number, then what was wrong."""
    cells = list(row.cells[:columns]) + [""] * (columns - len(row.cells))
    surplus = list(row.cells[columns:])
    return [*cells, str(row.record), row.column, row.reason, row.message, *surplus]
