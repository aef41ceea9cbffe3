"""Saved views of tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("owner_id", sa.Uuid, sa.ForeignKey("user_account.id", name="fk_saved_view_owner_id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("filter", sa.Text, nullable=False),
        sa.Column("order_by", sa.Text, nullable=False),
        sa.Column("columns", JSONB, nullable=False),
        sa.Column("density", sa.Text, nullable=False),
        sa.Column("shared_with_all", sa.Boolean, nullable=False),
        sa.Column("team_id", sa.Uuid, sa.ForeignKey("team.id", name="fk_saved_view_team_id", ondelete="SET NULL")),
        sa.Column("pinned", sa.Boolean, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False, server_default=sa.text("1")),
        sa.Column("created_at", instant, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", instant, nullable=False, server_default=sa.func.now()),
        sa.Column("created_by", sa.Uuid),
        sa.Column("updated_by", sa.Uuid),
        sa.UniqueConstraint("owner_id", "object", "name_key", name="uq_saved_view_owner_id_object_name_key"),
        sa.CheckConstraint("NOT (shared_with_all AND team_id IS NOT NULL)", name="ck_saved_view_shared_once"),
    )
    op.create_index("ix_saved_view_team_id", "saved_view", ["team_id"])
    op.create_index("ix_saved_view_shared_with_all", "saved_view", ["id"], postgresql_where=sa.text("shared_with_all"))
