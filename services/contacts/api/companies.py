"""The RPCs of CompanyService."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from crm.contacts.v1 import company_pb2, company_service_pb2
from crmkit.context import Call
from crmkit.paging import Pager
from crmkit.server import Servicer
from crmkit.service import Runtime
from crmkit.wire import parse_id, parse_ids
from services.contacts.api import company_changes
from services.contacts.api.company_changes import COMPANIES
from services.contacts.api.company_convert import company_message
from services.contacts.api.convert import highlight_values
from services.contacts.api.requests import query_of, search_size
from services.contacts.domain.search import company_matches
from services.contacts.store import companies, lists, search


class CompanyServicer(Servicer):
    """Organisations that contacts belong to."""

    contract = company_service_pb2.DESCRIPTOR.services_by_name["CompanyService"]
    own_connections = frozenset(
        {"GetCompany", "BatchGetCompanies", "ListCompanies", "SearchCompanies", "ExportCompanies"}
    )

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.pager = Pager(runtime.seal_key)
        self.region = runtime.settings.default_region

    async def GetCompany(self, request: company_pb2.GetCompanyRequest, call: Call) -> company_pb2.Company:
        """NOT_FOUND when there is none the caller may see, or it is in the bin and the bin was not asked for."""
        found = await companies.get(call.reads, parse_id(request.id))
        return company_message(COMPANIES.seen(call, found, show_deleted=request.show_deleted))

    async def BatchGetCompanies(
        self, request: company_pb2.BatchGetCompaniesRequest, call: Call
    ) -> company_pb2.BatchGetCompaniesResponse:
        """In the order asked for; what is not found is named."""
        ids = parse_ids(request.ids)
        seen, missing = COMPANIES.all_seen(call, await companies.batch(call.reads, ids), ids)
        return company_pb2.BatchGetCompaniesResponse(companies=map(company_message, seen), missing_ids=missing)

    async def ListCompanies(
        self, request: company_pb2.ListCompaniesRequest, call: Call
    ) -> company_pb2.ListCompaniesResponse:
        """A page; see the contract for filter and order."""
        page = await lists.read_page(
            call.reads, lists.COMPANIES, self.pager, request, scope=call.scope, principal=call.require()
        )
        return company_pb2.ListCompaniesResponse(
            companies=map(company_message, page.records),
            next_page_token=page.next_page_token,
            total_size=page.total,
            total_size_capped=page.capped,
        )

    async def SearchCompanies(
        self, request: company_service_pb2.SearchCompaniesRequest, call: Call
    ) -> company_service_pb2.SearchCompaniesResponse:
        """The best matches first."""
        query = query_of(request.query, self.region)
        size = search_size(request.page_size)
        found = await search.find(call.reads, search.COMPANIES, query, size, scope=call.scope, principal=call.require())
        results: Any = [
            {
                "company": company_message(company),
                "highlights": list(map(highlight_values, company_matches(company, query))),
            }
            for company in found
        ]
        return company_service_pb2.SearchCompaniesResponse(results=results)

    async def CreateCompany(self, request: company_pb2.CreateCompanyRequest, call: Call) -> company_pb2.Company:
        """Creates a company."""
        return company_message(await company_changes.create(call, request.company))

    async def UpdateCompany(self, request: company_pb2.UpdateCompanyRequest, call: Call) -> company_pb2.Company:
        """ABORTED when an etag is given and stale."""
        updated = await company_changes.update(call, request, parse_id(request.company.id, "company.id"))
        return company_message(updated)

    async def DeleteCompany(self, request: company_pb2.DeleteCompanyRequest, call: Call) -> company_pb2.Company:
        """To the bin."""
        return company_message(await COMPANIES.delete(call, parse_id(request.id), request.etag))

    async def UndeleteCompany(self, request: company_pb2.UndeleteCompanyRequest, call: Call) -> company_pb2.Company:
        """Out of the bin. FAILED_PRECONDITION when it is not in it."""
        return company_message(await COMPANIES.undelete(call, parse_id(request.id)))

    async def ExportCompanies(
        self, request: company_service_pb2.ExportCompaniesRequest, call: Call
    ) -> AsyncIterator[company_service_pb2.ExportCompaniesResponse]:
        """Batches in order of id."""
        batches = lists.read_all(
            call.reads, lists.COMPANIES, request.filter, scope=call.scope, principal=call.require()
        )
        async for batch in batches:
            yield company_service_pb2.ExportCompaniesResponse(companies=map(company_message, batch))
