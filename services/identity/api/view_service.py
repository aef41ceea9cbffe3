"""The RPCs of crm.identity.v1.ViewService."""

from __future__ import annotations

from sqlalchemy import or_

from crm.identity.v1 import view_service_pb2 as messages
from crmkit.context import Call
from crmkit.paging import Order, OrderColumn, Pager
from crmkit.server import Servicer
from crmkit.service import Runtime
from crmkit.wire import parse_id
from services.identity.api import view_changes
from services.identity.api.convert_views import view_message
from services.identity.store import views
from services.identity.store.tables import view

_ORDER = Order(
    "object, position, name",
    tuple(OrderColumn(column, False) for column in (view.c.object, view.c.position, view.c.name_key, view.c.id)),
)


class ViewServicer(Servicer):
    """Saved views of tables."""

    contract = messages.DESCRIPTOR.services_by_name["ViewService"]

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.pager = Pager(runtime.seal_key)

    async def GetView(self, request: messages.GetViewRequest, call: Call) -> messages.View:
        caller = call.require()
        visible = or_(views.readable(caller), views.changeable(caller, call.scope_of("view", "update")))
        return view_message(await views.get(call.db, parse_id(request.id, "id"), visible))

    async def ListViews(self, request: messages.ListViewsRequest, call: Call) -> messages.ListViewsResponse:
        asked = f"{request.object}\0{request.show_all}"
        page = self.pager.page("ListViews", _ORDER, request.page_size, request.page_token, filter=asked)
        caller = call.require()
        visible = views.readable(caller)
        if request.show_all:
            visible = or_(visible, views.changeable(caller, call.scope_of("view", "update")))
        query = views.list_all().where(visible)
        if request.object:
            query = query.where(view.c.object == request.object)
        rows, token = page.cut((await call.db.execute(page.apply(query))).all())
        found = [view_message(views.to_view(row)) for row in rows]
        return messages.ListViewsResponse(views=found, next_page_token=token)

    async def CreateView(self, request: messages.CreateViewRequest, call: Call) -> messages.View:
        return view_message(await view_changes.create_view(call, request))

    async def UpdateView(self, request: messages.UpdateViewRequest, call: Call) -> messages.View:
        return view_message(await view_changes.update_view(call, request))

    async def DeleteView(self, request: messages.DeleteViewRequest, call: Call) -> messages.View:
        return view_message(await view_changes.delete_view(call, request))
