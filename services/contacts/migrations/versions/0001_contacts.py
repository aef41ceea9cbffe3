"""Contacts, companies and the keys they are found by.

Revision ID: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crmkit.migrations.kit import create_kit_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GIN_OPTIONS = {"fastupdate": True, "gin_pending_list_limit": 1024}

# Trigrams are made of what the database's LC_CTYPE calls letters; under "C" that is ASCII alone.
LETTERS = sa.text("SELECT cardinality(show_trgm('علی')) > 0")


def upgrade() -> None:
    create_kit_tables()
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
    if not op.get_bind().execute(LETTERS).scalar_one():
        raise RuntimeError(
            "The database must be created with a UTF-8 LC_CTYPE such as C.UTF-8: its letters are ASCII only."
        )
    op.create_table(
        "company",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("legal_name", sa.Text(), server_default="", nullable=False),
        sa.Column("domains", ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("industry", sa.Text(), server_default="", nullable=False),
        sa.Column("employee_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("revenue_amount", sa.Numeric(precision=28, scale=9), nullable=True),
        sa.Column("revenue_currency", sa.Text(), nullable=True),
        sa.Column("addresses", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("tags", ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("custom", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("name_key", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("industry_key", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("tag_keys", ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
    )
    op.create_index(
        "ix_company_bin_created", "company", ["created_at", "id"], postgresql_where=sa.text("deleted_at IS NOT NULL")
    )
    op.create_index(
        "ix_company_bin_name", "company", ["name_key", "id"], postgresql_where=sa.text("deleted_at IS NOT NULL")
    )
    op.create_index(
        "ix_company_bin_owner",
        "company",
        ["owner_id", "created_at", "id"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index(
        "ix_company_bin_team",
        "company",
        ["team_id", "created_at", "id"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index(
        "ix_company_bin_updated", "company", ["updated_at", "id"], postgresql_where=sa.text("deleted_at IS NOT NULL")
    )
    op.create_index(
        "ix_company_created", "company", ["created_at", "id"], postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_index(
        "ix_company_facets",
        "company",
        ["tag_keys", "custom", "domains", "industry_key", "employee_count"],
        postgresql_using="gin",
        postgresql_ops={"custom": "jsonb_path_ops"},
        postgresql_with=GIN_OPTIONS,
    )
    op.create_index("ix_company_name", "company", ["name_key", "id"], postgresql_where=sa.text("deleted_at IS NULL"))
    op.create_index(
        "ix_company_owner", "company", ["owner_id", "created_at", "id"], postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_index("ix_company_parent", "company", ["parent_id"], postgresql_where=sa.text("parent_id IS NOT NULL"))
    op.create_index(
        "ix_company_search",
        "company",
        ["search_text"],
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
        postgresql_with=GIN_OPTIONS,
    )
    op.create_index(
        "ix_company_team", "company", ["team_id", "created_at", "id"], postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_index(
        "ix_company_updated", "company", ["updated_at", "id"], postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("given_name", sa.Text(), server_default="", nullable=False),
        sa.Column("family_name", sa.Text(), server_default="", nullable=False),
        sa.Column("honorific", sa.Text(), server_default="", nullable=False),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column("emails", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("phones", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("addresses", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("job_title", sa.Text(), server_default="", nullable=False),
        sa.Column("tags", ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("language", sa.Text(), server_default="", nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="", nullable=False),
        sa.Column("birth_year", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("birth_month", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("birth_day", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("lifecycle_stage", sa.SmallInteger(), server_default="2", nullable=False),
        sa.Column("consents", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("social_profiles", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("custom", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("name_key", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("family_key", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("given_key", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("job_key", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("source_key", sa.Text(collation="C"), server_default="", nullable=False),
        sa.Column("tag_keys", ARRAY(sa.Text()), server_default=sa.text("'{}'::text[]"), nullable=False),
        sa.Column("search_text", sa.Text(), server_default="", nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(
        "ix_contact_bin_created", "contact", ["created_at", "id"], postgresql_where=sa.text("deleted_at IS NOT NULL")
    )
    op.create_index(
        "ix_contact_bin_family", "contact", ["family_key", "id"], postgresql_where=sa.text("deleted_at IS NOT NULL")
    )
    op.create_index(
        "ix_contact_bin_name", "contact", ["name_key", "id"], postgresql_where=sa.text("deleted_at IS NOT NULL")
    )
    op.create_index(
        "ix_contact_bin_owner",
        "contact",
        ["owner_id", "created_at", "id"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index(
        "ix_contact_bin_team",
        "contact",
        ["team_id", "created_at", "id"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.create_index(
        "ix_contact_bin_updated", "contact", ["updated_at", "id"], postgresql_where=sa.text("deleted_at IS NOT NULL")
    )
    op.create_index(
        "ix_contact_created", "contact", ["created_at", "id"], postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_index(
        "ix_contact_facets",
        "contact",
        ["tag_keys", "custom", "lifecycle_stage", "language", "time_zone", "source_key", "job_key", "given_key"],
        postgresql_using="gin",
        postgresql_ops={"custom": "jsonb_path_ops"},
        postgresql_with=GIN_OPTIONS,
    )
    op.create_index(
        "ix_contact_family", "contact", ["family_key", "id"], postgresql_where=sa.text("deleted_at IS NULL")
    )
    for name, key in (("name", "name_key"), ("family", "family_key")):
        op.create_index(
            f"ix_contact_language_{name}",
            "contact",
            ["language", key, "id"],
            postgresql_where=sa.text("deleted_at IS NULL"),
        )
    op.create_index("ix_contact_name", "contact", ["name_key", "id"], postgresql_where=sa.text("deleted_at IS NULL"))
    op.create_index(
        "ix_contact_owner", "contact", ["owner_id", "created_at", "id"], postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_index(
        "ix_contact_search",
        "contact",
        ["search_text"],
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
        postgresql_with=GIN_OPTIONS,
    )
    op.create_index(
        "ix_contact_team", "contact", ["team_id", "created_at", "id"], postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_index(
        "ix_contact_updated", "contact", ["updated_at", "id"], postgresql_where=sa.text("deleted_at IS NULL")
    )
    op.create_table(
        "contact_company",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("role", sa.Text(), server_default="", nullable=False),
        sa.Column("is_primary", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "company_id", name=op.f("pk_contact_company")),
    )
    op.create_index("ix_contact_company_company_id", "contact_company", ["company_id", "contact_id"])
    op.create_table(
        "contact_email",
        sa.Column("normalized", sa.Text(collation="C"), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("normalized", "contact_id", name=op.f("pk_contact_email")),
    )
    op.create_table(
        "contact_phone",
        sa.Column("e164", sa.Text(collation="C"), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("e164", "contact_id", name=op.f("pk_contact_phone")),
    )
