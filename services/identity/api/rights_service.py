"""The RPCs of crm.identity.v1.RightsService."""

from __future__ import annotations

from crm.identity.v1 import rights_service_pb2 as messages
from crm.identity.v1.identity_service_pb2 import Scope
from crmkit.context import Call
from crmkit.server import Servicer
from crmkit.wire import parse_id
from services.identity.domain.rights import sources
from services.identity.domain.roles import ACTIONS
from services.identity.store import roles, users
from services.identity.store.scopes import visible_users


class RightsServicer(Servicer):
    """What the rights matrix is made of, and what comes of it."""

    contract = messages.DESCRIPTOR.services_by_name["RightsService"]

    async def ListRightObjects(
        self, _request: messages.ListRightObjectsRequest, _call: Call
    ) -> messages.ListRightObjectsResponse:
        rows = [messages.RightObject(object=name, actions=actions) for name, actions in ACTIONS.items()]
        return messages.ListRightObjectsResponse(objects=rows)

    async def GetEffectiveRights(
        self, request: messages.GetEffectiveRightsRequest, call: Call
    ) -> messages.EffectiveRights:
        user_id = parse_id(request.user_id, "user_id")
        user = await users.get(call.db, user_id, visible_users(call.scope, call.require()))
        by_role = await roles.rights_by_role(call.db, user.profile.role_ids)
        cells = [
            messages.EffectiveRight(object=name, action=action, scope=Scope.ValueType(scope), role_ids=role_ids)
            for name, action, scope, role_ids in sources(by_role)
        ]
        return messages.EffectiveRights(rights=cells)
