"""One search over everything: every service is asked at once, and one that is down is named as missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import grpc
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from crm.common.v1.search_pb2 import Highlight
from crm.contacts.v1 import company_service_pb2, company_service_pb2_grpc, contact_service_pb2, contact_service_pb2_grpc
from crmkit.access import AccessDirectory, Scope
from crmkit.errors import InvalidArgument
from gateway.edge.bodies import query
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
        # A further service adds its line here.
        self._sources = (
            Source("contacts", "contact", _contacts(services)),
            Source("companies", "company", _companies(services)),
        )

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


def _contacts(services: Services) -> Callable[[str, Metadata, float], Awaitable[Hits]]:
    stub = contact_service_pb2_grpc.ContactServiceStub(services.channel("contacts"))

    async def ask(text: str, sent: Metadata, seconds: float) -> Hits:
        wanted = contact_service_pb2.SearchContactsRequest(query=text, page_size=RESULTS_A_SOURCE)
        reply = await stub.SearchContacts(wanted, metadata=sent, timeout=seconds)
        return [
            _hit("contact", result.contact.id, result.contact.display_name, _about(result.contact), result.highlights)
            for result in reply.results
        ]

    return ask


def _about(contact: Any) -> str:
    """A line that tells people of one name apart: what they do and where, else how they are reached."""
    company = next((role.company_name for role in contact.companies), "")
    line = ", ".join(part for part in (contact.job_title, company) if part)
    return line or next((email.address for email in contact.emails), "")


def _companies(services: Services) -> Callable[[str, Metadata, float], Awaitable[Hits]]:
    stub = company_service_pb2_grpc.CompanyServiceStub(services.channel("contacts"))

    async def ask(text: str, sent: Metadata, seconds: float) -> Hits:
        wanted = company_service_pb2.SearchCompaniesRequest(query=text, page_size=RESULTS_A_SOURCE)
        reply = await stub.SearchCompanies(wanted, metadata=sent, timeout=seconds)
        return [
            _hit(
                "company",
                result.company.id,
                result.company.name,
                ", ".join(part for part in (result.company.industry, *result.company.domains[:1]) if part),
                result.highlights,
            )
            for result in reply.results
        ]

    return ask


def _hit(kind: str, id: str, title: str, subtitle: str, highlights: Iterable[Highlight]) -> dict[str, Any]:
    marked = [
        {
            "field": highlight.field,
            "text": highlight.text,
            "ranges": [{"start": run.start, "end": run.end} for run in highlight.ranges],
        }
        for highlight in highlights
    ]
    return {"type": kind, "id": id, "title": title, "subtitle": subtitle, "highlights": marked}
