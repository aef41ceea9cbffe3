"""The tables of identity."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crmkit.tables import audit_columns, id_column, new_metadata, version_column

metadata = new_metadata()
_instant = DateTime(timezone=True)


def _audit() -> list[Column[object]]:
    # Users are deactivated, teams deleted for good: nothing here lies in a bin.
    return [column for column in audit_columns() if column.name != "deleted_at"]


team = Table(
    "team",
    metadata,
    id_column(),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("parent_id", Uuid, ForeignKey("team.id"), index=True),
    version_column(),
    *_audit(),
    UniqueConstraint("parent_id", "name_key", postgresql_nulls_not_distinct=True),
)

role = Table(
    "role",
    metadata,
    Column("id", Text, primary_key=True),
    # {"contact": {"read": "all", …}, …}, every cell that was known when it was written.
    Column("rights", JSONB, nullable=False),
    version_column(),
    *_audit(),
)

user = Table(
    "user_account",  # "user" is a reserved word of SQL
    metadata,
    id_column(),
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("role_ids", ARRAY(Text), nullable=False),
    Column("team_id", Uuid, ForeignKey("team.id"), index=True),
    Column("language", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("calendar", Text, nullable=False),
    Column("digits", Text, nullable=False, server_default=text("''")),
    Column("theme", Text, nullable=False, server_default=text("''")),
    Column("week_start", Text, nullable=False, server_default=text("''")),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    # Access tokens issued at or before this instant (milliseconds since the epoch) are refused.
    Column("not_before_ms", BigInteger, nullable=False, server_default=text("0")),
    Column("password_hash", Text, nullable=False),
    # True while the password is the one the system made up for its first administrator.
    Column("password_initial", Boolean, nullable=False, server_default=text("false")),
    # True while it is one that an administrator chose and the user has to change.
    Column("password_temporary", Boolean, nullable=False, server_default=text("false")),
    Column("last_sign_in_at", _instant),
    version_column(),
    *_audit(),
    Index("ix_user_account_name_key_id", "name_key", "id"),
    # What colleagues are found by: both in their folded forms.
    Column("search_text", Text, Computed("name_key || ' ' || email_key", persisted=True), nullable=False),
    Index("ix_user_account_created_at_id", "created_at", "id"),
    Index(
        "ix_user_account_search_text",
        "search_text",
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    ),
)

view = Table(
    "saved_view",
    metadata,
    id_column(),
    Column("owner_id", Uuid, ForeignKey("user_account.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("filter", Text, nullable=False),
    Column("order_by", Text, nullable=False),
    # [{"id": "name", "width": 200}, …]
    Column("columns", JSONB, nullable=False),
    Column("density", Text, nullable=False),
    Column("shared_with_all", Boolean, nullable=False),
    # The team it is shared with; private again when the team is gone.
    Column("team_id", Uuid, ForeignKey("team.id", ondelete="SET NULL"), index=True),
    Column("pinned", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
    version_column(),
    *_audit(),
    UniqueConstraint("owner_id", "object", "name_key"),
    CheckConstraint("NOT (shared_with_all AND team_id IS NOT NULL)", name="shared_once"),
    Index("ix_saved_view_shared_with_all", "id", postgresql_where=text("shared_with_all")),
)

session = Table(
    "user_session",
    metadata,
    id_column(),
    Column("user_id", Uuid, ForeignKey("user_account.id"), nullable=False, index=True),
    Column("created_at", _instant, nullable=False),
    Column("last_used_at", _instant, nullable=False, server_default=func.now()),
    Column("user_agent", Text, nullable=False, server_default=text("''")),
    Column("source_address", Text, nullable=False, server_default=text("''")),
    Column("expires_at", _instant, nullable=False, index=True),
    Column("ended_at", _instant, index=True),
    version_column(),
)

refresh_token = Table(
    "refresh_token",
    metadata,
    # SHA-256 of the token's 32 bytes; the token itself is nowhere.
    Column("hash", LargeBinary, primary_key=True),
    Column("session_id", Uuid, ForeignKey("user_session.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("used_at", _instant),
    # The next token, readable only with this one; see domain/sessions.py. Gone once the next one was used.
    Column("successor_sealed", LargeBinary),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    # SHA-256 of an account's address or of a network address; see domain/lockout.py.
    Column("key", LargeBinary, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", _instant, nullable=False, index=True),
    Column("locked_until", _instant),
)
