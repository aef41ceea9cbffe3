"""The RPCs of crm.identity.v1.AccountService."""

from __future__ import annotations

from crm.identity.v1 import account_service_pb2 as messages
from crm.identity.v1.preferences_pb2 import Preferences
from crmkit.context import Call
from crmkit.server import Servicer
from crmkit.wire import parse_id
from services.identity.api import convert
from services.identity.api.own_preferences import update_preferences
from services.identity.api.refresh import end_own_session
from services.identity.store import sessions

MOST_SESSIONS = 100


class AccountServicer(Servicer):
    """What everyone keeps of their own account."""

    contract = messages.DESCRIPTOR.services_by_name["AccountService"]

    async def UpdatePreferences(self, request: messages.UpdatePreferencesRequest, call: Call) -> Preferences:
        return convert.preferences_message((await update_preferences(call, request)).profile)

    async def ListSessions(self, _request: messages.ListSessionsRequest, call: Call) -> messages.ListSessionsResponse:
        caller = call.require()
        found = await sessions.active(call.db, caller.user_id, call.now, MOST_SESSIONS)
        lines = [convert.session_line(session, current=session.id == caller.session_id) for session in found]
        return messages.ListSessionsResponse(sessions=lines)

    async def EndSession(self, request: messages.EndSessionRequest, call: Call) -> messages.EndSessionResponse:
        await end_own_session(call, parse_id(request.id, "id"))
        return messages.EndSessionResponse()
