"""The tables of the activities service."""

from __future__ import annotations

from sqlalchemy import ARRAY, Boolean, Column, DateTime, Index, Integer, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from crmkit.tables import audit_columns, id_column, new_metadata, owned_columns, version_column

metadata = new_metadata()

# What we know of contacts and companies: what access needs, and a name. A copy, built from their events.
subject = Table(
    "subject",
    metadata,
    id_column(),
    Column("type", Text, nullable=False),
    version_column(),
    *owned_columns(),
    Column("deleted", Boolean, nullable=False),
    Column("name", Text, nullable=False, server_default=""),
)

# Who belongs to which company now: on its timeline stand theirs. Built from the events of contacts.
company_person = Table(
    "company_person",
    metadata,
    Column("company_id", Uuid, primary_key=True),
    Column("contact_id", Uuid, primary_key=True),
    Index("ix_company_person_contact", "contact_id"),
)

# Partitioned by hash of the subject: one timeline lives in one partition, so a page costs one index descent however
# old the customer and however many years are kept. The primary key is the index of the pages, read backwards, and
# what makes a repeated event harmless; there is no other unique key to maintain while importing.
activity = Table(
    "activity",
    metadata,
    Column("subject_id", Uuid, primary_key=True),
    Column("occur_time", DateTime(timezone=True), primary_key=True),
    # Of the event, or of the note.
    Column("id", Uuid, primary_key=True),
    Column("type", Text, nullable=False),
    Column("actor_id", Uuid),
    Column("operation_id", Uuid),
    # domain.diff.Change, or null where there is nothing to tell.
    Column("changes", JSONB(none_as_null=True)),
    # Rows arrive in order of time, so a BRIN of a few pages is enough to find what a retention rule removes.
    Index("ix_activity_occur_time", "occur_time", postgresql_using="brin"),
    postgresql_partition_by="HASH (subject_id)",
)

note = Table(
    "note",
    metadata,
    id_column(),
    version_column(),
    Column("subject_type", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False, index=True),
    Column("body", Text, nullable=False),
    # The users that `body` mentions: they may read the note where they may see the record it is about.
    Column("mentioned", ARRAY(Uuid), nullable=False, server_default="{}"),
    # Since when it stands above the timeline of its record.
    Column("pinned_at", DateTime(timezone=True)),
    *owned_columns(),
    *audit_columns(),
    Index(
        "ix_note_pinned",
        "subject_id",
        "pinned_at",
        postgresql_where=text("pinned_at IS NOT NULL AND deleted_at IS NULL"),
    ),
)

# Of one person each, kept 90 days. What it is about is named by id and read when it is shown: a notification tells
# nothing that its person may not see by then.
notification = Table(
    "notification",
    metadata,
    # Made from what it tells of (domain.notification): the same news is there once.
    id_column(),
    version_column(),
    Column("user_id", Uuid, nullable=False),
    # domain.notification.ASSIGNED, MENTIONED or IMPORTED.
    Column("kind", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    Column("actor_id", Uuid),
    Column("operation_id", Uuid),
    Column("subject_type", Text),
    Column("subject_id", Uuid),
    # The note or import.
    Column("about_id", Uuid),
    Column("record_count", Integer, nullable=False, server_default="1"),
    # Of an import: file name, outcome, numbers.
    Column("detail", JSONB(none_as_null=True)),
    Index("ix_notification_user", "user_id", "created_at", "id"),
    Index("ix_notification_unread", "user_id", "created_at", "id", postgresql_where=text("read_at IS NULL")),
    # What retention removes.
    Index("ix_notification_created_at", "created_at"),
)
