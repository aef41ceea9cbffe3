"""The tables every service has, and one to write to."""

from alembic import op

from crmkit.migrations.kit import create_kit_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_kit_tables()
    op.execute("CREATE TABLE thing (id uuid PRIMARY KEY, body text CONSTRAINT uq_thing_body UNIQUE)")
