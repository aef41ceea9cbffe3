"""The tables of imports and of the files they read."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crmkit.tables import id_column, owned_columns
from services.contacts.store.tables import metadata

_INSTANT = sa.DateTime(timezone=True)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False, server_default="0")


file = sa.Table(
    "file",
    metadata,
    id_column(),
    sa.Column("filename", sa.Text, nullable=False),
    # Bytes that have arrived.
    _count("size"),
    # Hexadecimal; empty while the file is being uploaded.
    sa.Column("sha256", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", _INSTANT, nullable=False),
    sa.Column("expires_at", _INSTANT, nullable=False, index=True),
    *owned_columns(),
)
# What a user's files take up is summed over it.
sa.Index("ix_file_owner", file.c.owner_id)

# Stored as it came (not compressed): it is read once or twice and then dropped.
file_piece = sa.Table(
    "file_piece",
    metadata,
    sa.Column("file_id", sa.Uuid, sa.ForeignKey("file.id", ondelete="CASCADE"), primary_key=True),
    # From 0, without gaps.
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    # Whether the piece says anything about the encoding.
    sa.Column("is_ascii", sa.Boolean, nullable=False),
)

contact_import = sa.Table(
    "contact_import",
    metadata,
    id_column(),
    sa.Column("file_id", sa.Uuid, nullable=False),
    sa.Column("filename", sa.Text, nullable=False),
    # Bytes, of the file and read so far.
    _count("size"),
    _count("position"),
    # Complete ImportOptions: encoding, delimiter, mapping, region, locale, mode, quote, has_header.
    sa.Column("options", JSONB, nullable=False),
    sa.Column("dry_run", sa.Boolean, nullable=False),
    # QUEUED, RUNNING, SUCCEEDED or FAILED.
    sa.Column("state", sa.Text, nullable=False, server_default="QUEUED"),
    _count("record_count"),
    _count("created_count"),
    _count("updated_count"),
    _count("unchanged_count"),
    _count("rejected_count"),
    sa.Column("error", sa.Text, nullable=False, server_default=""),
    sa.Column("operation_id", sa.Uuid, nullable=False),
    sa.Column("traceparent", sa.Text, nullable=False, server_default=""),
    # How far the importer's rights reached when the import was asked for; see workers/merge.py.
    sa.Column("rights", JSONB, nullable=False),
    sa.Column("created_at", _INSTANT, nullable=False),
    sa.Column("finished_at", _INSTANT),
    *owned_columns(),
)
sa.Index("ix_contact_import_owner", contact_import.c.owner_id, contact_import.c.id)
sa.Index("ix_contact_import_team", contact_import.c.team_id, contact_import.c.id)
sa.Index("ix_contact_import_file", contact_import.c.file_id)

import_rejected_row = sa.Table(
    "import_rejected_row",
    metadata,
    sa.Column("import_id", sa.Uuid, sa.ForeignKey("contact_import.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("record", sa.BigInteger, primary_key=True),
    # The field at fault; empty when it is the record as a whole.
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("cells", ARRAY(sa.Text), nullable=False),
)
