"""The RPCs of crm.identity.v1.DirectoryService."""

from __future__ import annotations

from crm.identity.v1 import identity_service_pb2 as messages
from crmkit.context import Call
from crmkit.filters import (
    BooleanField,
    FilterSchema,
    KeywordField,
    ListField,
    TextField,
    TimestampField,
    UuidField,
    compile_filter,
)
from crmkit.paging import Pager, parse_order
from crmkit.server import Servicer
from crmkit.service import Runtime
from crmkit.wire import parse_id
from services.identity.api import convert, role_changes, team_changes, user_changes
from services.identity.api.user_messages import message_of, messages_of
from services.identity.domain.users import email_key
from services.identity.store import roles, teams, users
from services.identity.store.scopes import visible_roles, visible_teams, visible_users
from services.identity.store.tables import user

USERS = FilterSchema(
    {
        "email": KeywordField(user.c.email_key, email_key, email_key),
        "display_name": TextField(user.c.name_key),
        "team_id": UuidField(user.c.team_id),
        "active": BooleanField(user.c.active),
        "role_ids": ListField(user.c.role_ids),
        "create_time": TimestampField(user.c.created_at),
    }
)
ORDERS = {"display_name": user.c.name_key, "email": user.c.email_key, "create_time": user.c.created_at}


class DirectoryServicer(Servicer):
    """Users, roles and teams."""

    contract = messages.DESCRIPTOR.services_by_name["DirectoryService"]

    def __init__(self, runtime: Runtime) -> None:
        super().__init__(runtime)
        self.pager = Pager(runtime.seal_key)

    async def GetUser(self, request: messages.GetUserRequest, call: Call) -> messages.User:
        visible = visible_users(call.scope, call.require())
        return await message_of(call, await users.get(call.db, parse_id(request.id, "id"), visible))

    async def ListUsers(self, request: messages.ListUsersRequest, call: Call) -> messages.ListUsersResponse:
        order = parse_order(request.order_by, ORDERS, "display_name", user.c.id)
        page = self.pager.page("ListUsers", order, request.page_size, request.page_token, filter=request.filter)
        query = users.list_all().where(visible_users(call.scope, call.require()))
        condition = compile_filter(request.filter, USERS)
        if condition is not None:
            query = query.where(condition)
        rows, token = page.cut((await call.db.execute(page.apply(query))).all())
        found = await messages_of(call, [users.to_user(row) for row in rows])
        return messages.ListUsersResponse(users=found, next_page_token=token)

    async def CreateUser(self, request: messages.CreateUserRequest, call: Call) -> messages.User:
        return await message_of(call, await user_changes.create_user(call, request))

    async def UpdateUser(self, request: messages.UpdateUserRequest, call: Call) -> messages.User:
        return await message_of(call, await user_changes.update_user(call, request))

    async def DeactivateUser(self, request: messages.DeactivateUserRequest, call: Call) -> messages.User:
        return await message_of(call, await user_changes.deactivate_user(call, request))

    async def ReactivateUser(self, request: messages.ReactivateUserRequest, call: Call) -> messages.User:
        return await message_of(call, await user_changes.reactivate_user(call, request))

    async def ResetPassword(self, request: messages.ResetPasswordRequest, call: Call) -> messages.User:
        return await message_of(call, await user_changes.reset_password(call, request))

    async def UnlockUser(self, request: messages.UnlockUserRequest, call: Call) -> messages.User:
        return await message_of(call, await user_changes.unlock_user(call, request))

    async def EndUserSessions(
        self, request: messages.EndUserSessionsRequest, call: Call
    ) -> messages.EndUserSessionsResponse:
        ended = await user_changes.end_user_sessions(call, request)
        return messages.EndUserSessionsResponse(ended_count=ended)

    async def ListRoles(self, _request: messages.ListRolesRequest, call: Call) -> messages.ListRolesResponse:
        found = await roles.list_visible(call.db, visible_roles(call.scope, call.require()))
        return messages.ListRolesResponse(roles=[convert.role_message(role) for role in found])

    async def UpdateRole(self, request: messages.UpdateRoleRequest, call: Call) -> messages.Role:
        return convert.role_message(await role_changes.update_role(call, request))

    async def ListTeams(self, _request: messages.ListTeamsRequest, call: Call) -> messages.ListTeamsResponse:
        found = await teams.list_visible(call.db, visible_teams(call.scope, call.require()))
        return messages.ListTeamsResponse(teams=[convert.team_message(team) for team in found])

    async def CreateTeam(self, request: messages.CreateTeamRequest, call: Call) -> messages.Team:
        return convert.team_message(await team_changes.create_team(call, request))

    async def UpdateTeam(self, request: messages.UpdateTeamRequest, call: Call) -> messages.Team:
        return convert.team_message(await team_changes.update_team(call, request))

    async def DeleteTeam(self, request: messages.DeleteTeamRequest, call: Call) -> messages.Team:
        return convert.team_message(await team_changes.delete_team(call, request))
