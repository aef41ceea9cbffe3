"""The RPCs of crm.identity.v1.AccountService."""

from __future__ import annotations

from crm.identity.v1 import account_service_pb2 as messages
from crm.identity.v1.preferences_pb2 import Preferences
from crmkit.context import Call
from crmkit.server import Servicer
from services.identity.api import convert
from services.identity.api.own_preferences import update_preferences


class AccountServicer(Servicer):
    """What everyone keeps of their own account."""

    contract = messages.DESCRIPTOR.services_by_name["AccountService"]

    async def UpdatePreferences(self, request: messages.UpdatePreferencesRequest, call: Call) -> Preferences:
        return convert.preferences_message((await update_preferences(call, request)).profile)
