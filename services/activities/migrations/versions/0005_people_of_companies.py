"""Who belongs to which company.

Those who do already are found in the lines that told of it: the last line of a contact and a company holds. One reading
of the table.

Revision ID: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "company_person",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("company_id", "contact_id", name=op.f("pk_company_person")),
    )
    op.create_index("ix_company_person_contact", "company_person", ["contact_id"])
    op.execute("""
        INSERT INTO company_person (company_id, contact_id)
        SELECT company_id, contact_id
        FROM (
            SELECT DISTINCT ON (subject_id, told) subject_id AS company_id, told AS contact_id, type
            FROM (
                SELECT subject_id, occur_time, id, type,
                       CAST(
                           coalesce(changes -> 0 -> 'after' ->> 'id', changes -> 0 -> 'before' ->> 'id') AS uuid
                       ) AS told
                FROM activity
                WHERE type IN ('contact.linked', 'contact.unlinked')
            ) line
            WHERE told IS NOT NULL
            ORDER BY subject_id, told, occur_time DESC, id DESC
        ) last
        WHERE type = 'contact.linked'
    """)
