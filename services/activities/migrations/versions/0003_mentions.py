"""Whom a note mentions: they may read it.

Revision ID: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("note", sa.Column("mentioned", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False))
