"""Users: which fields are right, and who may change which."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from crmkit.access import Scope
from crmkit.errors import Violation
from services.identity.domain import errors, preferences
from services.identity.domain.rights import Actor, check_may_give, scope_of
from services.identity.domain.roles import ROLE_IDS, Rights

MAX_NAME_LENGTH = 200

PERSONAL_FIELDS = frozenset({"display_name", "language", "time_zone", "calendar"})
PREFERENCES = frozenset(preferences.FIELDS)
# These decide who someone is and what they may do.
ACCOUNT_FIELDS = frozenset({"email", "role_ids"})
# What others see of a user and UpdateUser changes; the remaining preferences are the person's own.
FIELDS = PERSONAL_FIELDS | ACCOUNT_FIELDS | {"team_id"}


@dataclass(frozen=True, slots=True)
class Profile:
    """What can be said about a user."""

    email: str
    display_name: str
    role_ids: tuple[str, ...]
    team_id: UUID | None
    language: str
    time_zone: str
    calendar: str
    digits: str = ""
    theme: str = ""
    week_start: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """One user as stored, without the password."""

    id: UUID
    profile: Profile
    active: bool
    # Access tokens issued at or before this instant (milliseconds since the epoch) are refused.
    not_before_ms: int
    version: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID | None
    updated_by: UUID | None
    # Somebody else chose the password: until it is changed the user has no rights.
    password_temporary: bool = False
    last_sign_in_at: datetime | None = None

    @property
    def effective_role_ids(self) -> frozenset[str]:
        """The roles in force."""
        return frozenset() if self.password_temporary else frozenset(self.profile.role_ids)


def cleaned(profile: Profile) -> Profile:
    """The profile in its stored form: space and order normalised.

    Raises UserInvalid with a violation for every field that is wrong.
    """
    wrong: list[Violation] = []
    clean = replace(
        profile,
        email=_clean_email(profile.email, wrong),
        display_name=" ".join(profile.display_name.split()),
        role_ids=tuple(sorted(set(profile.role_ids))),
    )

    def refuse(field: str, reason: str, sentence: str) -> None:
        wrong.append(Violation(f"user.{field}", sentence, reason))

    if not 1 <= len(clean.display_name) <= MAX_NAME_LENGTH:
        refuse("display_name", "NAME_INVALID", f"A name has 1 to {MAX_NAME_LENGTH} characters.")
    if not clean.role_ids or not set(clean.role_ids) <= set(ROLE_IDS):
        refuse("role_ids", "ROLE_UNKNOWN", f"At least one role, among {', '.join(ROLE_IDS)}.")
    wrong += preferences.violations(preferences_of(profile), "user")
    if wrong:
        raise errors.UserInvalid(wrong)
    return clean


def with_preferences(profile: Profile, given: Mapping[str, str]) -> Profile:
    """The profile with some preferences replaced; an empty one is not chosen any more.

    Raises PreferencesInvalid with a violation for every one that is wrong.
    """
    wrong = preferences.violations(given, "preferences")
    if wrong:
        raise errors.PreferencesInvalid(wrong)
    return replace(profile, **given)  # type: ignore[arg-type]  # of preferences only, which are all text


def preferences_of(profile: Profile) -> dict[str, str]:
    """The preferences by their names."""
    return {name: getattr(profile, name) for name in preferences.FIELDS}


def email_key(email: str) -> str:
    """What addresses are compared by."""
    return email.strip().casefold()


def changed(profile: Profile, update: Profile) -> frozenset[str]:
    """The fields that differ."""
    return frozenset(name for name in FIELDS | PREFERENCES if getattr(profile, name) != getattr(update, name))


def check_creation(actor: Actor, profile: Profile, given: Rights) -> None:
    """Raises unless the actor may create this user; `given` are the rights of the new user's roles."""
    _check_fields(actor, ACCOUNT_FIELDS)
    check_may_give(actor, given)
    _check_team(actor, "create", profile.team_id)


def check_update(actor: Actor, before: Profile, after: Profile, held: Rights, given: Rights) -> None:
    """Raises unless the actor may make this change of a user in the scope of his user:update.

    `held` and `given` are the rights of the user's roles before and after. Personal fields need no more; e-mail
    address and roles need user:administer over all and rights no narrower than the user's; a team must be within
    reach on both sides.
    """
    fields = changed(before, after)
    _check_fields(actor, fields)
    if fields & ACCOUNT_FIELDS:
        check_may_give(actor, held)
        check_may_give(actor, given)
    if "team_id" in fields:
        _check_team(actor, "update", before.team_id)
        _check_team(actor, "update", after.team_id)


def state(user: User) -> dict[str, Any]:
    """What events tell of a user; nothing of the password."""
    profile = user.profile
    return {
        "id": str(user.id),
        "email": profile.email,
        "display_name": profile.display_name,
        "role_ids": list(profile.role_ids),
        "team_id": str(profile.team_id) if profile.team_id else "",
        **preferences_of(profile),
        "active": user.active,
        "not_before_ms": user.not_before_ms,
        "version": user.version,
    }


def _check_fields(actor: Actor, fields: Collection[str]) -> None:
    forbidden = set(fields) & ACCOUNT_FIELDS if scope_of(actor.rights, "user", "administer") < Scope.ALL else set()
    if "team_id" in fields and scope_of(actor.rights, "user", "update") < Scope.TEAM:
        forbidden.add("team_id")
    if forbidden:
        raise errors.FieldsForbidden(sorted(forbidden))


def _check_team(actor: Actor, action: str, team_id: UUID | None) -> None:
    scope = scope_of(actor.rights, "user", action)
    within = scope is Scope.TEAM and team_id in actor.team_ids
    if scope is not Scope.ALL and not within:
        raise errors.TeamOutOfReach


def _clean_email(email: str, wrong: list[Violation]) -> str:
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        wrong.append(Violation("user.email", str(error), "EMAIL_INVALID"))
        return email


def as_fields(profile: Profile) -> Mapping[str, Any]:
    """The profile by field names, for storing and masks."""
    return {name: getattr(profile, name) for name in sorted(FIELDS | PREFERENCES)}
