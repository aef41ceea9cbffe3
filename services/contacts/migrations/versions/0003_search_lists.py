"""How much may wait outside the inverted indexes is the session's to say: imports let a whole chunk wait.

Revision ID: 0003
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("contact", "company"):
        for kind in ("search", "facets"):
            op.execute(f"ALTER INDEX ix_{table}_{kind} RESET (gin_pending_list_limit)")
