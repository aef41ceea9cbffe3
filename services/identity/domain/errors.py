"""Every refusal of identity, one reason each."""

from __future__ import annotations

from collections.abc import Sequence

from crmkit.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ResourceExhausted,
    Unauthenticated,
    Violation,
)


class SignInFailed(Unauthenticated):
    """The same for an unknown address, a wrong password and a deactivated user: nothing is given away."""

    def __init__(self) -> None:
        super().__init__("SIGN_IN_FAILED", "The e-mail address or the password is wrong.")


class LockedOut(ResourceExhausted):
    """Too many failed tries for the address or from the network address, whether the account exists or not."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__("LOCKED_OUT", "Too many failed tries. Wait before you try again.", retry_after_seconds)


class Busy(ResourceExhausted):
    """More passwords are waiting to be checked than this process can check soon."""

    def __init__(self) -> None:
        super().__init__("SIGN_IN_BUSY", "Too many people are signing in at once. Try again in a moment.", 2.0)


class RefreshTokenInvalid(Unauthenticated):
    """Unknown, expired, or of a session that has ended."""

    def __init__(self) -> None:
        super().__init__("REFRESH_TOKEN_INVALID", "Your session has ended. Sign in again.")


class RefreshTokenReused(Unauthenticated):
    """A token was used twice: one of two holders is a thief, so both are signed out."""

    def __init__(self) -> None:
        super().__init__("REFRESH_TOKEN_REUSED", "Your session was used twice and has been ended. Sign in again.")


class SessionNotFound(NotFound):
    """No live session of the caller's."""

    def __init__(self) -> None:
        super().__init__("SESSION_NOT_FOUND", "There is no such session, or it has ended.")


class PasswordWrong(InvalidArgument):
    """The current password, asked for before it is changed, does not fit."""

    def __init__(self) -> None:
        super().__init__("PASSWORD_WRONG", "The current password is wrong.", field="current_password")


class PasswordWeak(InvalidArgument):
    """The new password is refused by the policy."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__("PASSWORD_WEAK", sentence, field=field)


class OwnPassword(FailedPrecondition):
    """Resetting asks for no current password, so it is not for oneself."""

    def __init__(self) -> None:
        super().__init__("OWN_PASSWORD", "Change your own password with changePassword.")


class OwnLock(FailedPrecondition):
    """Who ends their own lock could try passwords without end in a browser that somebody left open."""

    def __init__(self) -> None:
        super().__init__("OWN_LOCK", "Your own lock ends by itself, or by another administrator.")


class UserInvalid(InvalidArgument):
    """Fields of a user are wrong; each violation has a reason of its own."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("USER_INVALID", " ".join(violation.description for violation in violations), None, violations)


class PreferencesInvalid(InvalidArgument):
    """Preferences have values that there are not; each violation has a reason of its own."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        sentence = " ".join(violation.description for violation in violations)
        super().__init__("PREFERENCES_INVALID", sentence, None, violations)


class UserNotFound(NotFound):
    """No such user, or none in the caller's scope."""

    def __init__(self) -> None:
        super().__init__("USER_NOT_FOUND", "There is no such user.")


class EmailTaken(AlreadyExists):
    """Another user has the address."""

    def __init__(self) -> None:
        super().__init__("EMAIL_TAKEN", "Another user has this e-mail address.")


class FieldsForbidden(PermissionDenied):
    """The caller may change the user, but not these fields."""

    def __init__(self, fields: Sequence[str]) -> None:
        names = ", ".join(sorted(fields))
        super().__init__("FIELDS_FORBIDDEN", f"You may not change {names} of this user.", fields=names)


class RightsTooWide(PermissionDenied):
    """Nobody hands out, or lays hands on, rights beyond their own."""

    def __init__(self, cells: Sequence[tuple[str, str]]) -> None:
        names = ", ".join(f"{object_name}:{action}" for object_name, action in cells)
        super().__init__("RIGHTS_TOO_WIDE", f"These rights reach further than your own: {names}.", rights=names)


class TeamOutOfReach(PermissionDenied):
    """The team exists, and is none of the caller's."""

    def __init__(self) -> None:
        super().__init__("TEAM_OUT_OF_REACH", "You may only use your own team and the teams below it.")


class LastAdministrator(FailedPrecondition):
    """Without an active administrator nobody could ever change anything again."""

    def __init__(self) -> None:
        super().__init__("LAST_ADMINISTRATOR", "The last active administrator must stay one.")


class RoleNotFound(NotFound):
    """No such role."""

    def __init__(self) -> None:
        super().__init__("ROLE_NOT_FOUND", "There is no such role.")


class RoleFixed(FailedPrecondition):
    """The administrator can do everything, always."""

    def __init__(self) -> None:
        super().__init__("ROLE_FIXED", "The administrator's rights cannot be changed.")


class InvalidRights(InvalidArgument):
    """An unknown or repeated cell at `position` of the list."""

    def __init__(self, position: int, sentence: str) -> None:
        super().__init__("RIGHT_INVALID", sentence, field=f"role.rights[{position}]")


class TeamInvalid(InvalidArgument):
    """A field of a team is wrong."""

    def __init__(self, reason: str, sentence: str, field: str) -> None:
        super().__init__(reason, sentence, field=field)


class TeamNotFound(NotFound):
    """No such team, or none in the caller's scope."""

    def __init__(self) -> None:
        super().__init__("TEAM_NOT_FOUND", "There is no such team.")


class TeamNameTaken(AlreadyExists):
    """A sibling has the name."""

    def __init__(self) -> None:
        super().__init__("TEAM_NAME_TAKEN", "Another team at this place has this name.")


class TeamCycle(InvalidArgument):
    """A team cannot stand below itself."""

    def __init__(self) -> None:
        super().__init__("TEAM_CYCLE", "A team cannot be below itself.", field="team.parent_id")


class TeamInUse(FailedPrecondition):
    """Members and children have to go first."""

    def __init__(self) -> None:
        super().__init__("TEAM_IN_USE", "The team still has members or teams below it.")


class ViewInvalid(InvalidArgument):
    """Fields of a view are wrong; each violation has a reason of its own."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        super().__init__("VIEW_INVALID", " ".join(violation.description for violation in violations), None, violations)


class ViewNotFound(NotFound):
    """No such view, or none for the caller."""

    def __init__(self) -> None:
        super().__init__("VIEW_NOT_FOUND", "There is no such view.")


class ViewNameTaken(AlreadyExists):
    """The owner has a view of this name for the object."""

    def __init__(self) -> None:
        super().__init__("VIEW_NAME_TAKEN", "There is a view of this name already.")


class ViewsTooMany(FailedPrecondition):
    """The owner has as many views as one may have."""

    def __init__(self, most: int) -> None:
        super().__init__("VIEWS_TOO_MANY", f"You have {most} views; delete one that you no longer use.")


class ViewOfAnother(PermissionDenied):
    """The caller may look at the view, but not change it."""

    def __init__(self) -> None:
        super().__init__("VIEW_OF_ANOTHER", "This view is somebody else's. Save it as one of your own to change it.")


class SharingForbidden(PermissionDenied):
    """The caller may not share with so many."""

    def __init__(self) -> None:
        super().__init__("SHARING_FORBIDDEN", "Your roles do not let you share a view with these people.")
