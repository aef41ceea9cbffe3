"""The RPCs of crm.identity.v1.ColleagueService."""

from __future__ import annotations

from crm.identity.v1 import colleague_service_pb2 as messages
from crmkit.context import Call
from crmkit.errors import InvalidArgument
from crmkit.paging import Pager, parse_order
from crmkit.server import Servicer
from crmkit.service import Runtime
from crmkit.wire import parse_ids, parse_optional_id
from services.identity.api import convert
from services.identity.store import colleagues
from services.identity.store.tables import user

MAX_QUERY = 200
_BY_NAME = parse_order("", {"display_name": user.c.name_key}, "display_name", user.c.id)


class ColleagueServicer(Servicer):
    """Users as every other user sees them."""

    contract = messages.DESCRIPTOR.services_by_name["ColleagueService"]

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.pager = Pager(runtime.seal_key)

    async def ListColleagues(
        self, request: messages.ListColleaguesRequest, call: Call
    ) -> messages.ListColleaguesResponse:
        if len(request.query) > MAX_QUERY:
            raise InvalidArgument("QUERY_INVALID", f"query takes at most {MAX_QUERY} characters.", field="query")
        team_id = parse_optional_id(request.team_id, "team_id")
        asked = f"{team_id or ''}\0{request.show_inactive}\0{request.query}"
        page = self.pager.page("ListColleagues", _BY_NAME, request.page_size, request.page_token, filter=asked)
        query = colleagues.matching(request.query, team_id, show_inactive=request.show_inactive)
        rows, token = page.cut((await call.db.execute(page.apply(query))).all())
        listed = [convert.colleague_message(colleagues.to_colleague(row)) for row in rows]
        return messages.ListColleaguesResponse(colleagues=listed, next_page_token=token)

    async def BatchGetColleagues(
        self, request: messages.BatchGetColleaguesRequest, call: Call
    ) -> messages.BatchGetColleaguesResponse:
        ids = dict.fromkeys(parse_ids(request.ids))
        found = await colleagues.batch(call.db, list(ids))
        return messages.BatchGetColleaguesResponse(
            colleagues=[convert.colleague_message(found[key]) for key in ids if key in found],
            missing_ids=[str(key) for key in ids if key not in found],
        )
