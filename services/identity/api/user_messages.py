"""Users as the caller may see them: who administers somebody sees more of them."""

from __future__ import annotations

from collections.abc import Sequence

from crm.identity.v1 import identity_service_pb2 as messages
from crmkit.access import covers
from crmkit.context import Call
from services.identity.api import convert
from services.identity.domain.lockout import account_key
from services.identity.domain.users import User, email_key
from services.identity.store import failures


async def messages_of(call: Call, users: Sequence[User]) -> list[messages.User]:
    """The users in their order."""
    scope, caller = call.scope_of("user", "administer"), call.require()
    keys = {
        user.id: account_key(email_key(user.profile.email))
        for user in users
        if covers(scope, caller, user.id, user.profile.team_id)
    }
    locks = await failures.locks(call.db, keys.values(), call.now) if keys else {}
    return [
        convert.administered_message(user, locks.get(keys[user.id])) if user.id in keys else convert.user_message(user)
        for user in users
    ]


async def message_of(call: Call, user: User) -> messages.User:
    """One user."""
    return (await messages_of(call, [user]))[0]
