"""Undo that walks the log, and what each user has uploaded.

Revision ID: 0005
"""

from alembic import op

from crmkit.operations import add_undo_walk

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_undo_walk(op.get_bind())
    # Files are few: those of thirty days.
    op.create_index("ix_file_owner", "file", ["owner_id"])


def downgrade() -> None:
    op.drop_index("ix_file_owner", "file")
    op.drop_column("operation", "walked_xid")
    op.drop_column("operation", "walked_position")
