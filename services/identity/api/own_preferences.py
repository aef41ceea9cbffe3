"""Changing one's own preferences."""

from __future__ import annotations

from sqlalchemy import true

from crm.identity.v1.account_service_pb2 import UpdatePreferencesRequest
from crm.identity.v1.preferences_pb2 import Preferences
from crmkit.context import Call
from crmkit.masks import check_mask
from services.identity.api import events
from services.identity.domain.users import PREFERENCES, User, changed, with_preferences
from services.identity.store import users


async def update_preferences(call: Call, request: UpdatePreferencesRequest) -> User:
    """Raises PreferencesInvalid. A preference needs no right and hands none out, so no lock on rights either."""
    mask = check_mask(request.update_mask, Preferences.DESCRIPTOR, PREFERENCES)
    given = {name: getattr(request.preferences, name) for name in mask.fields}
    user_id = call.require().user_id
    before = await users.get(call.db, user_id, true(), lock=True)
    profile = with_preferences(before.profile, given)
    if not changed(before.profile, profile):
        return before
    after = await users.change_profile(call.db, before, profile, call.now, user_id, end_tokens=False)
    call.record(events.user_event("updated", before, after))
    return after
