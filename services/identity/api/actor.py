"""Who asks for a change in the directory, with rights as the database has them now."""

from __future__ import annotations

from crmkit.context import Call
from services.identity.domain.rights import Actor
from services.identity.store import roles


async def actor_of(call: Call) -> Actor:
    """The caller. Ask under `lock_rights` where rights are handed out."""
    caller = call.require()
    return Actor(caller.user_id, frozenset(caller.team_ids), await roles.rights_of(call.db, caller.role_ids))
