"""The tables of contacts and companies.

Value objects that only ever travel with their contact (addresses, consents) are JSONB in its row, so that one
keyed read answers a request. What must be found by value has a narrow key table beside it. Key tables carry no
foreign keys: they are written by the statement that writes their contact, contacts are never removed by SQL,
and a check per row would cost an import a third of its speed.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crmkit.tables import audit_columns, id_column, new_metadata, owned_columns, version_column

metadata = new_metadata()

# Sort keys and identifiers compare byte by byte: the key is made so that this is the alphabet's order
# (domain/names.py), and prefix ranges can use the index.
BYTES = sa.Text(collation="C")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, BYTES, nullable=False, server_default="")


def _json_list(name: str) -> sa.Column[list[dict[str, object]]]:
    return sa.Column(name, JSONB, nullable=False, server_default=sa.text("'[]'::jsonb"))


def _tags(name: str = "tags") -> sa.Column[list[str]]:
    return sa.Column(name, ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'::text[]"))


def _custom() -> sa.Column[dict[str, object]]:
    return sa.Column("custom", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb"))


contact = sa.Table(
    "contact",
    metadata,
    id_column(),
    version_column(),
    _text("given_name"),
    _text("family_name"),
    _text("honorific"),
    _text("display_name"),
    # [{"address", "normalized", "label", "primary"}]
    _json_list("emails"),
    # [{"number", "e164", "label", "primary"}]
    _json_list("phones"),
    # [{"label", "lines": [], "city", "state", "postal_code", "region"}]
    _json_list("addresses"),
    _text("job_title"),
    _tags(),
    _text("language"),
    _text("time_zone"),
    sa.Column("birth_year", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("birth_month", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("birth_day", sa.SmallInteger, nullable=False, server_default="0"),
    _text("source"),
    # The number of crm.contacts.v1.LifecycleStage; 2 is LEAD.
    sa.Column("lifecycle_stage", sa.SmallInteger, nullable=False, server_default="2"),
    # [{"channel", "state", "evidence_time", "method", "text_shown"}], enums by name, time RFC 3339
    _json_list("consents"),
    # [{"network", "handle"}]
    _json_list("social_profiles"),
    _custom(),
    # The rest is made from the above (domain/contact.py, `keys`): sort keys of the display name, of family name
    # with given name, and of what filters compare; folded tags; what a search looks into, in two lines: the
    # folded words of the contact, and those of its companies' names.
    _key("name_key"),
    _key("family_key"),
    _key("given_key"),
    _key("job_key"),
    _key("source_key"),
    _tags("tag_keys"),
    _text("search_text"),
    *owned_columns(),
    *audit_columns(),
)

contact_email = sa.Table(
    "contact_email",
    metadata,
    sa.Column("normalized", BYTES, primary_key=True),
    sa.Column("contact_id", sa.Uuid, primary_key=True),
)

contact_phone = sa.Table(
    "contact_phone",
    metadata,
    sa.Column("e164", BYTES, primary_key=True),
    sa.Column("contact_id", sa.Uuid, primary_key=True),
)

contact_company = sa.Table(
    "contact_company",
    metadata,
    sa.Column("contact_id", sa.Uuid, primary_key=True),
    sa.Column("company_id", sa.Uuid, primary_key=True),
    # Place in the contact's list, from 0.
    sa.Column("position", sa.SmallInteger, nullable=False, server_default="0"),
    _text("role"),
    sa.Column("is_primary", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index("ix_contact_company_company_id", "company_id", "contact_id"),
)

company = sa.Table(
    "company",
    metadata,
    id_column(),
    version_column(),
    _text("name"),
    _text("legal_name"),
    # Lower case, IDNA.
    sa.Column("domains", ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'::text[]")),
    _text("industry"),
    sa.Column("employee_count", sa.Integer, nullable=False, server_default="0"),
    # Money of nine decimal places, as google.type.Money; both NULL when unknown.
    sa.Column("revenue_amount", sa.Numeric(28, 9), nullable=True),
    sa.Column("revenue_currency", sa.Text, nullable=True),
    _json_list("addresses"),
    sa.Column("parent_id", sa.Uuid, nullable=True),
    _tags(),
    _custom(),
    # Made from the above (domain/company.py, `keys`): imports find a company by `name_key`; the search text has
    # the folded words of the name in its first line and those of everything else in its second.
    _key("name_key"),
    _key("industry_key"),
    _tags("tag_keys"),
    _text("search_text"),
    *owned_columns(),
    *audit_columns(),
)

# One index per order of a list, ending in id so that a page can begin anywhere. Those of owner and team serve
# callers who see only a part. The bin has its own, so that a bin of any size costs the living nothing.
_ORDERS = {
    "created": ("created_at", "id"),
    "updated": ("updated_at", "id"),
    "name": ("name_key", "id"),
    "family": ("family_key", "id"),
}
_SCOPES = {"owner": ("owner_id", "created_at", "id"), "team": ("team_id", "created_at", "id")}


def _list_indexes(table: sa.Table) -> None:
    live, binned = table.c.deleted_at.is_(None), table.c.deleted_at.is_not(None)
    for name, columns in (_ORDERS | _SCOPES).items():
        if columns[0] not in table.c:
            continue
        parts = [table.c[column] for column in columns]
        sa.Index(f"ix_{table.name}_{name}", *parts, postgresql_where=live)
        sa.Index(f"ix_{table.name}_bin_{name}", *parts, postgresql_where=binned)


_list_indexes(contact)
_list_indexes(company)

# A language's people stand together in the order of names: looking for them in the order of all would pass
# everybody whose script sorts before theirs.
for _order, _column in (("name", "name_key"), ("family", "family_key")):
    sa.Index(
        f"ix_contact_language_{_order}",
        contact.c.language,
        contact.c[_column],
        contact.c.id,
        postgresql_where=contact.c.deleted_at.is_(None),
    )

sa.Index("ix_company_parent", company.c.parent_id, postgresql_where=company.c.parent_id.is_not(None))

for _table in (contact, company):
    sa.Index(
        f"ix_{_table.name}_search",
        _table.c.search_text,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )

# One inverted index for every field that lists are narrowed by (btree_gin takes the scalar ones): it finds
# the rare values; the common ones are found soon enough in the list's own order.
sa.Index(
    "ix_contact_facets",
    contact.c.tag_keys,
    contact.c.custom,
    contact.c.lifecycle_stage,
    contact.c.language,
    contact.c.time_zone,
    contact.c.source_key,
    contact.c.job_key,
    contact.c.given_key,
    postgresql_using="gin",
    postgresql_ops={"custom": "jsonb_path_ops"},
)
sa.Index(
    "ix_company_facets",
    company.c.tag_keys,
    company.c.custom,
    company.c.domains,
    company.c.industry_key,
    company.c.employee_count,
    postgresql_using="gin",
    postgresql_ops={"custom": "jsonb_path_ops"},
)
