"""Changes of saved views."""

from __future__ import annotations

from sqlalchemy import or_, true
from uuid_utils.compat import uuid7

from crm.identity.v1 import view_service_pb2 as messages
from crmkit import etag
from crmkit.context import Call
from crmkit.errors import Violation
from crmkit.masks import check_mask
from crmkit.wire import parse_id
from services.identity.api import convert_views, events
from services.identity.domain import errors
from services.identity.domain.views import (
    FIELDS,
    MAX_VIEWS,
    View,
    ViewContent,
    check_sharing,
    cleaned,
    may_change,
    merged,
)
from services.identity.store import teams, users, views


async def create_view(call: Call, request: messages.CreateViewRequest) -> View:
    """Raises ViewInvalid, SharingForbidden, ViewsTooMany or (by constraint) ViewNameTaken."""
    content = cleaned(convert_views.parse_content(request.view))
    await _check_sharing(call, content)
    owner_id = call.require().user_id
    await users.get(call.db, owner_id, true(), lock=True)  # of two creations at the limit the second sees the first
    if await views.count_of(call.db, owner_id) >= MAX_VIEWS:
        raise errors.ViewsTooMany(MAX_VIEWS)
    view = await views.add(call.db, uuid7(), owner_id, content, call.now)
    call.record(events.view_event("created", None, view))
    return view


async def update_view(call: Call, request: messages.UpdateViewRequest) -> View:
    """Raises ViewNotFound, ViewOfAnother, ViewInvalid, SharingForbidden or (by constraint) ViewNameTaken."""
    mask = check_mask(request.update_mask, messages.View.DESCRIPTOR, FIELDS)
    given = convert_views.parse_content(request.view)
    before = await _locked(call, request.view.id, "view.id")
    etag.check(request.view.etag, before.version)
    content = cleaned(merged(before.content, given, mask.fields))
    if content == before.content:
        return before
    if (content.sharing, content.team_id) != (before.content.sharing, before.content.team_id):
        await _check_sharing(call, content)
    after = await views.change(call.db, before, content, call.now, call.require().user_id)
    call.record(events.view_event("updated", before, after))
    return after


async def delete_view(call: Call, request: messages.DeleteViewRequest) -> View:
    """Raises ViewNotFound or ViewOfAnother."""
    view = await _locked(call, request.id, "id")
    etag.check(request.etag, view.version)
    await views.remove(call.db, view.id)
    call.record(events.view_deleted_event(view))
    return view


async def _locked(call: Call, id: str, field: str) -> View:
    """A view in the scope of the call. That there is one the caller may only look at is no secret."""
    caller = call.require()
    visible = or_(views.readable(caller), views.changeable(caller, call.scope))
    view = await views.get(call.db, parse_id(id, field), visible, lock=True)
    if not may_change(call.scope, view, caller.user_id, caller.team_ids):
        raise errors.ViewOfAnother
    return view


async def _check_sharing(call: Call, content: ViewContent) -> None:
    check_sharing(call.scope_of("view", "create"), content, call.require().team_ids)
    if content.team_id is not None and not await teams.known(call.db, content.team_id):
        raise errors.ViewInvalid([Violation("view.team_id", "There is no such team.", "TEAM_UNKNOWN")])
