"""Changes of teams. Every process mirrors the tree, so that a moved team counts at once for everybody above it."""

from __future__ import annotations

from uuid import UUID

from uuid_utils.compat import uuid7

from crm.identity.v1 import identity_service_pb2 as messages
from crmkit import etag
from crmkit.access import Scope
from crmkit.context import Call
from crmkit.masks import check_mask
from crmkit.wire import parse_id, parse_optional_id
from services.identity.api import events
from services.identity.api.mirror import publish_team_after_commit
from services.identity.domain import errors
from services.identity.domain.teams import FIELDS, Team, check_parent, clean_name
from services.identity.store import teams, users
from services.identity.store.scopes import visible_teams


async def create_team(call: Call, request: messages.CreateTeamRequest) -> Team:
    """Raises TeamInvalid, TeamOutOfReach or (by constraint) TeamNameTaken."""
    name = clean_name(request.team.name)
    parent_id = parse_optional_id(request.team.parent_id, "team.parent_id")
    await users.lock_rights(call.db)
    await _check_place(call, parent_id)
    team = await teams.add(call.db, uuid7(), name, parent_id, now=call.now, by=call.require().user_id)
    call.record(events.team_event("created", None, team))
    publish_team_after_commit(call, team.id)
    return team


async def update_team(call: Call, request: messages.UpdateTeamRequest) -> Team:
    """Raises TeamNotFound, TeamInvalid, TeamCycle, TeamOutOfReach or (by constraint) TeamNameTaken."""
    mask = check_mask(request.update_mask, messages.Team.DESCRIPTOR, FIELDS)
    await users.lock_rights(call.db)
    before = await _locked(call, parse_id(request.team.id, "team.id"))
    etag.check(request.team.etag, before.version)
    name = clean_name(request.team.name) if "name" in mask else before.name
    parent_id = before.parent_id
    if "parent_id" in mask:
        parent_id = parse_optional_id(request.team.parent_id, "team.parent_id")
    if (name, parent_id) == (before.name, before.parent_id):
        return before
    moved = parent_id != before.parent_id
    if moved:
        await _check_place(call, parent_id)
        check_parent(before.id, await teams.subtree(call.db, before.id), parent_id)
    after = await teams.change(call.db, before, name, parent_id, now=call.now, by=call.require().user_id)
    call.record(events.team_event("updated", before, after))
    if moved:
        publish_team_after_commit(call, after.id)
    return after


async def delete_team(call: Call, request: messages.DeleteTeamRequest) -> Team:
    """Raises TeamNotFound or TeamInUse."""
    await users.lock_rights(call.db)
    team = await _locked(call, parse_id(request.id, "id"))
    await teams.remove(call.db, team.id)
    call.record(events.team_event("deleted", team, None))
    publish_team_after_commit(call, team.id)
    return team


async def _locked(call: Call, team_id: UUID) -> Team:
    return await teams.get(call.db, team_id, visible_teams(call.scope, call.require()))


async def _check_place(call: Call, parent_id: UUID | None) -> None:
    """A parent must exist and be in scope; the top of the tree is in the scope of all only."""
    if parent_id is None:
        if call.scope < Scope.ALL:
            raise errors.TeamOutOfReach
        return
    if not await teams.known(call.db, parent_id):
        raise errors.TeamInvalid("PARENT_UNKNOWN", "There is no such team to stand below.", "team.parent_id")
    caller = call.require()
    within = {Scope.OWN: (caller.team_id,), Scope.TEAM: caller.team_ids}
    if call.scope < Scope.ALL and parent_id not in within[call.scope]:
        raise errors.TeamOutOfReach
