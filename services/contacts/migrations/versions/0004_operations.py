"""Operations: bulk changes, and what can be undone.

Revision ID: 0004
"""

from alembic import op

from crmkit.operations import create_operation_table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_operation_table(op.get_bind())


def downgrade() -> None:
    op.drop_table("operation")
