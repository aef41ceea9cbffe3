"""Preferences beyond language, time zone and calendar; what colleagues are found by."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for name, of_persians, of_others in (
        ("digits", "persian", "latin"),
        ("theme", "system", "system"),
        ("week_start", "saturday", "monday"),
    ):
        # The default serves an older version of the service while it still adds users.
        op.add_column("user_account", sa.Column(name, sa.Text, nullable=False, server_default=of_others))
        user = sa.table("user_account", sa.column("language"), sa.column(name))
        if of_persians != of_others:
            op.execute(sa.update(user).where(user.c.language == "fa").values({name: of_persians}))
    op.add_column(
        "user_account",
        sa.Column("search_text", sa.Text, sa.Computed("name_key || ' ' || email_key", persisted=True), nullable=False),
    )
    op.create_index(
        "ix_user_account_search_text",
        "user_account",
        ["search_text"],
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )
