"""Users, roles, teams, sessions and the counters of failed sign-ins."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crmkit.migrations.kit import create_kit_tables

revision = "0001"
down_revision = None

_instant = sa.DateTime(timezone=True)


def _audit() -> list[sa.Column]:
    return [
        sa.Column("version", sa.BigInteger, nullable=False, server_default=sa.text("1")),
        sa.Column("created_at", _instant, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", _instant, nullable=False, server_default=sa.func.now()),
        sa.Column("created_by", sa.Uuid),
        sa.Column("updated_by", sa.Uuid),
    ]


def upgrade() -> None:
    create_kit_tables()
    _create_directory()
    _create_sessions()


def _create_directory() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Uuid, sa.ForeignKey("team.id", name="fk_team_parent_id")),
        *_audit(),
        sa.UniqueConstraint(
            "parent_id", "name_key", name="uq_team_parent_id_name_key", postgresql_nulls_not_distinct=True
        ),
    )
    op.create_index("ix_team_parent_id", "team", ["parent_id"])
    op.create_table(
        "role", sa.Column("id", sa.Text, primary_key=True), sa.Column("rights", JSONB, nullable=False), *_audit()
    )
    op.create_table(
        "user_account",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("email_key", sa.Text, nullable=False),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("role_ids", ARRAY(sa.Text), nullable=False),
        sa.Column("team_id", sa.Uuid, sa.ForeignKey("team.id", name="fk_user_account_team_id")),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("calendar", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False, server_default=sa.text("true")),
        sa.Column("not_before_ms", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("password_initial", sa.Boolean, nullable=False, server_default=sa.text("false")),
        *_audit(),
        sa.UniqueConstraint("email_key", name="uq_user_account_email_key"),
    )
    op.create_index("ix_user_account_team_id", "user_account", ["team_id"])
    op.create_index("ix_user_account_name_key_id", "user_account", ["name_key", "id"])
    op.create_index("ix_user_account_created_at_id", "user_account", ["created_at", "id"])


def _create_sessions() -> None:
    op.create_table(
        "user_session",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("user_id", sa.Uuid, sa.ForeignKey("user_account.id", name="fk_user_session_user_id"), nullable=False),
        sa.Column("created_at", _instant, nullable=False),
        sa.Column("expires_at", _instant, nullable=False),
        sa.Column("ended_at", _instant),
        sa.Column("version", sa.BigInteger, nullable=False, server_default=sa.text("1")),
    )
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"])
    op.create_index("ix_user_session_expires_at", "user_session", ["expires_at"])
    op.create_index("ix_user_session_ended_at", "user_session", ["ended_at"])
    op.create_table(
        "refresh_token",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column(
            "session_id",
            sa.Uuid,
            sa.ForeignKey("user_session.id", name="fk_refresh_token_session_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("used_at", _instant),
        sa.Column("successor_sealed", sa.LargeBinary),
    )
    op.create_index("ix_refresh_token_session_id", "refresh_token", ["session_id"])
    op.create_table(
        "sign_in_failures",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", _instant, nullable=False),
        sa.Column("locked_until", _instant),
    )
    op.create_index("ix_sign_in_failures_last_at", "sign_in_failures", ["last_at"])
