"""Between messages of the contract and values of the domain."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from crm.identity.v1 import account_service_pb2 as messages_of_accounts
from crm.identity.v1 import colleague_service_pb2 as messages_of_colleagues
from crm.identity.v1 import identity_service_pb2 as messages
from crm.identity.v1.preferences_pb2 import Preferences
from crmkit.access import Scope
from crmkit.etag import etag
from crmkit.wire import audit, id_text, parse_optional_id, timestamp
from services.identity.api.sign_in import Issued
from services.identity.domain import errors
from services.identity.domain.preferences import completed
from services.identity.domain.rights import parse
from services.identity.domain.roles import Rights
from services.identity.domain.teams import Team
from services.identity.domain.users import Profile, User, preferences_of
from services.identity.store.colleagues import Colleague
from services.identity.store.roles import Role
from services.identity.store.sessions import ActiveSession


def parse_profile(message: messages.User) -> Profile:
    """What a client says of a user, as it is: the domain cleans it."""
    return Profile(
        email=message.email,
        display_name=message.display_name,
        role_ids=tuple(message.role_ids),
        team_id=parse_optional_id(message.team_id, "user.team_id"),
        language=message.language,
        time_zone=message.time_zone,
        calendar=message.calendar,
    )


def parse_rights(rights: Iterable[messages.Right]) -> Rights:
    """A complete matrix. Raises InvalidRights for unknown or repeated cells, and for a scope left out."""
    cells = []
    for position, right in enumerate(rights):
        if int(right.scope) not in list(Scope):
            raise errors.InvalidRights(position, "A right needs a scope: none, own, team or all.")
        cells.append((right.object, right.action, Scope(right.scope)))
    return parse(cells)


def rights_message(rights: Rights) -> list[messages.Right]:
    """The cells of a matrix that give something."""
    return [
        messages.Right(object=object_name, action=action, scope=messages.Scope.ValueType(scope))
        for object_name, actions in rights.items()
        for action, scope in actions.items()
        if scope > Scope.NONE
    ]


def user_message(user: User) -> messages.User:
    """A user as clients see it."""
    profile = user.profile
    spoken = completed(preferences_of(profile))
    return messages.User(
        id=str(user.id),
        email=profile.email,
        display_name=profile.display_name,
        role_ids=profile.role_ids,
        team_id=id_text(profile.team_id),
        language=spoken["language"],
        time_zone=spoken["time_zone"],
        calendar=spoken["calendar"],
        active=user.active,
        etag=etag(user.version),
        audit=audit(user),
    )


def administered_message(user: User, locked_until: datetime | None) -> messages.User:
    """A user as who administers them sees them."""
    message = user_message(user)
    message.password_temporary = user.password_temporary
    if user.last_sign_in_at is not None:
        message.last_sign_in_time.CopyFrom(timestamp(user.last_sign_in_at))
    if locked_until is not None:
        message.lock_expire_time.CopyFrom(timestamp(locked_until))
    return message


def session_line(session: ActiveSession, *, current: bool) -> messages_of_accounts.ActiveSession:
    """A live session as its owner sees it."""
    return messages_of_accounts.ActiveSession(
        id=str(session.id),
        user_agent=session.device.user_agent,
        source_address=session.device.source_address,
        create_time=timestamp(session.created_at),
        last_use_time=timestamp(session.last_used_at),
        expire_time=timestamp(session.expires_at),
        current=current,
    )


def preferences_message(profile: Profile) -> Preferences:
    """How the system looks and speaks to a user: what they chose, and nothing where they did not."""
    return Preferences(**preferences_of(profile))


def colleague_message(colleague: Colleague) -> messages_of_colleagues.Colleague:
    """A user as every other one sees them."""
    return messages_of_colleagues.Colleague(
        id=str(colleague.id),
        display_name=colleague.display_name,
        email=colleague.email,
        team_id=id_text(colleague.team_id),
        team_name=colleague.team_name,
        active=colleague.active,
    )


def team_message(team: Team) -> messages.Team:
    """A team as clients see it."""
    return messages.Team(
        id=str(team.id), name=team.name, parent_id=id_text(team.parent_id), etag=etag(team.version), audit=audit(team)
    )


def role_message(role: Role) -> messages.Role:
    """A role as clients see it."""
    return messages.Role(id=role.id, rights=rights_message(role.rights), etag=etag(role.version))


def me_message(user: User, rights: Rights) -> messages.Me:
    """The signed-in user with effective rights."""
    return messages.Me(
        user=user_message(user),
        rights=rights_message(rights),
        preferences=preferences_message(user.profile),
        password_change_required=user.password_temporary,
    )


def session_message(issued: Issued) -> messages.Session:
    """A pair of tokens."""
    return messages.Session(
        access_token=issued.access_token,
        refresh_token=issued.refresh_token,
        access_expire_time=Timestamp(seconds=issued.access_expiry),
        refresh_expire_time=timestamp(issued.refresh_expires_at),
        me=me_message(issued.user, issued.rights),
    )
