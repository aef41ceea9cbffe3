"""Access tokens of users, signed with the key that only identity holds."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from crmkit.access import Principal
from crmkit.tokens import load_key, mint
from services.identity.domain.users import User


class Signer:
    """Mints tokens with one key, read once."""

    def __init__(self, key_file: Path) -> None:
        self._key = load_key(key_file.read_bytes())

    def mint(self, principal: Principal, issue_ms: int) -> tuple[str, int]:
        """A token that says when it was issued (milliseconds since the epoch), and when it expires (seconds)."""
        return mint(self._key, principal, issued_ms=issue_ms)


def principal_of(user: User, session_id: UUID | None) -> Principal:
    """What a token says of the user: roles and team. What is below the team, every process knows."""
    return Principal(user.id, session_id, user.effective_role_ids, user.profile.team_id)
