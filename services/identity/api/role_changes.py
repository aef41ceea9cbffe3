"""Changes of roles."""

from __future__ import annotations

from crm.identity.v1 import identity_service_pb2 as messages
from crmkit import etag
from crmkit.context import Call
from crmkit.masks import check_mask
from services.identity.api import convert, events
from services.identity.api.actor import actor_of
from services.identity.api.mirror import publish_role_after_commit
from services.identity.domain import errors
from services.identity.domain.rights import check_replacement
from services.identity.domain.roles import ADMINISTRATOR, complete
from services.identity.store import roles, users
from services.identity.store.roles import Role
from services.identity.store.scopes import visible_roles


async def update_role(call: Call, request: messages.UpdateRoleRequest) -> Role:
    """Raises RoleNotFound, RoleFixed, InvalidRights or RightsTooWide."""
    check_mask(request.update_mask, messages.Role.DESCRIPTOR, {"rights"})
    rights = convert.parse_rights(request.role.rights)
    await users.lock_rights(call.db)
    before = await roles.get(call.db, request.role.id, visible_roles(call.scope, call.require()), lock=True)
    etag.check(request.role.etag, before.version)
    if before.id == ADMINISTRATOR:
        raise errors.RoleFixed
    check_replacement(await actor_of(call), before.rights, rights)
    if complete(before.rights) == rights:
        return before
    after = await roles.change(call.db, before, rights, call.now, call.require().user_id)
    call.record(events.role_event("updated", before, after))
    publish_role_after_commit(call, after.id)
    return after
