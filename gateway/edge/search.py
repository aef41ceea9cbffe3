"""One search over everything: every service is asked at once, and one that is down is named as missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import grpc
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crm.common.v1.edge_pb2 import SearchSource
from crm.common.v1.search_pb2 import Highlight
from crmkit.access import AccessDirectory, Scope
from crmkit.errors import InvalidArgument
from gateway import offers
from gateway.edge.bodies import query
from gateway.edge.cells import texts_reader
from gateway.edge.errors import JsonResponse
from gateway.edge.identity import Identities
from gateway.edge.services import Services, metadata

MAX_QUERY = 200
RESULTS_A_SOURCE = 10
log = structlog.get_logger(__name__)

# What an own mistake of the caller looks like: the search as a whole is then refused with it.
_CALLERS_FAULT = (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.UNAUTHENTICATED)
Metadata = tuple[tuple[str, str], ...]
Hits = list[dict[str, Any]]


@dataclass(frozen=True)
class Source:
    """One kind of record that can be found: its name, the right to read it, and how to ask for it."""

    name: str
    object: str
    ask: Callable[[str, Metadata, float], Awaitable[Hits]]


class Search:
    """GET /v1/search?query=…"""

    def __init__(self, services: Services, identities: Identities, access: AccessDirectory, seconds: float) -> None:
        self._identities = identities
        self._access = access
        self._seconds = seconds
        self._sources = tuple(_source(services, source) for source in offers.sources())

    def routes(self) -> list[Route]:
        return [Route("/v1/search", self.search, methods=["GET"])]

    async def search(self, request: Request) -> Response:
        """The best of every source in turn; 200 with `partial` when a source did not answer in time."""
        caller = self._identities.require(request)
        text = query(request, "query").get("query", "").strip()
        if not 1 <= len(text) <= MAX_QUERY:
            raise InvalidArgument("QUERY_INVALID", "Search for 1 to 200 characters.", field="query")
        sources = [
            source
            for source in self._sources
            if self._access.scope(caller.principal, source.object, "read") is not Scope.NONE
        ]
        found = await asyncio.gather(*(self._hits(source, text, metadata(caller.token)) for source in sources))
        missing = [source.name for source, hits in zip(sources, found, strict=True) if hits is None]
        results = [hit for rank in zip_longest(*(hits or () for hits in found)) for hit in rank if hit is not None]
        return JsonResponse({"results": results, "partial": bool(missing), "missingSources": missing})

    async def _hits(self, source: Source, text: str, sent: Metadata) -> Hits | None:
        """What a source found; None when it did not answer."""
        try:
            return await source.ask(text, sent, self._seconds)
        except grpc.aio.AioRpcError as error:
            if error.code() in _CALLERS_FAULT:
                raise
            log.warning("search without a source", source=source.name, code=error.code().name)
            return None


def _source(services: Services, source: offers.Source) -> Source:
    call = offers.unary(services.channel(source.domain), source.rpc)
    request_class = offers.message_class(source.rpc.input_type)
    reply_class = offers.message_class(source.rpc.output_type)
    kind, told = source.rpc.object, _Told(reply_class.DESCRIPTOR.fields_by_name["results"].message_type, source.option)

    async def ask(text: str, sent: Metadata, seconds: float) -> Hits:
        wanted = request_class(query=text, page_size=RESULTS_A_SOURCE)
        reply = await call(wanted, metadata=sent, timeout=seconds)
        return [told.hit(kind, result) for result in reply.results]

    return Source(source.name, kind, ask)


class _Told:
    """How the results of one source are told."""

    def __init__(self, result: Any, option: SearchSource) -> None:
        # The one field beside the highlights.
        [self._record] = [field.name for field in result.fields if field.name != "highlights"]
        record = result.fields_by_name[self._record].message_type
        self._title = texts_reader(record, option.title)
        self._subtitle = [texts_reader(record, path) for path in option.subtitle]
        self._otherwise = [texts_reader(record, path) for path in option.otherwise]

    def hit(self, kind: str, result: Any) -> dict[str, Any]:
        """A result as the edge answers it."""
        record = getattr(result, self._record)
        return {
            "type": kind,
            "id": record.id,
            "title": self._title(record)[0],
            "subtitle": self._about(record),
            "highlights": [_marked(highlight) for highlight in result.highlights],
        }

    def _about(self, record: Any) -> str:
        """A line that tells records of one name apart: "Buyer, Harbour Ltd"."""
        said = [text for read in self._subtitle if (text := read(record)[0])]
        return ", ".join(said) or next((text for read in self._otherwise if (text := read(record)[0])), "")


def _marked(highlight: Highlight) -> dict[str, Any]:
    return {
        "field": highlight.field,
        "text": highlight.text,
        "ranges": [{"start": run.start, "end": run.end} for run in highlight.ranges],
    }
