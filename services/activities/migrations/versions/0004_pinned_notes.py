"""Notes that are pinned to their record, and since when.

Revision ID: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("note", sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_note_pinned",
        "note",
        ["subject_id", "pinned_at"],
        postgresql_where=sa.text("pinned_at IS NOT NULL AND deleted_at IS NULL"),
    )
