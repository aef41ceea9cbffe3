"""Where somebody is signed in, when they signed in last, and passwords to be changed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.add_column(
        "user_account",
        sa.Column("password_temporary", sa.Boolean, nullable=False, server_default=sa.text("false")),
    )
    op.add_column("user_account", sa.Column("last_sign_in_at", instant))
    op.add_column("user_session", sa.Column("last_used_at", instant, nullable=False, server_default=sa.func.now()))
    op.add_column("user_session", sa.Column("user_agent", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("user_session", sa.Column("source_address", sa.Text, nullable=False, server_default=sa.text("''")))
