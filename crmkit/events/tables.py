"""Tables of the event log, the relay and the consumers, which every service's database has.

`event` is outbox and history in one: written in the transaction of the change, never altered, kept. It is
partitioned by month, so that old months can move to cheaper disks; partitions are made ahead by
`event_ensure_partitions` (at migration, at the worker's start, daily), and a default partition takes what comes
should that ever fail: no insert is refused for want of a partition.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import UserDefinedType

from crmkit.tables import new_metadata

metadata = new_metadata()
_INSTANT = DateTime(timezone=True)
_NAME = Text(collation="C")


class PostgresType(UserDefinedType[Any]):
    """A type of PostgreSQL that SQLAlchemy has no name for."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_options: Any) -> str:
        return self.name


# Read it through this table; it is created by EVENT_DDL, which knows partitions and triggers.
event = Table(
    "event",
    new_metadata(),
    # Grows in the order of writing; one aggregate's events have growing positions (docs/adr/0002).
    Column("position", BigInteger, primary_key=True, server_default=text("nextval('event_position_seq')")),
    Column("recorded_at", _INSTANT, primary_key=True, server_default=text("now()")),
    Column("id", Uuid, nullable=False, server_default=text("uuidv7()")),
    # The transaction that wrote it: what the relay compares snapshots with.
    Column("xid", PostgresType("xid8"), nullable=False, server_default=text("pg_current_xact_id()")),
    Column("type", _NAME, nullable=False),
    Column("aggregate_type", _NAME, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("aggregate_version", BigInteger, nullable=False),
    Column("actor_id", Uuid),
    Column("operation_id", Uuid),
    Column("traceparent", _NAME, nullable=False, server_default=""),
    Column("before", JSONB),
    Column("after", JSONB),
)

# One row: how far the relay has come (crmkit/events/cursor.py).
relay_cursor = Table(
    "relay_cursor",
    metadata,
    Column("id", SmallInteger, primary_key=True, server_default=text("1")),
    # Transaction ids mean something in the cluster that gave them out only.
    Column("system_identifier", BigInteger),
    # Everything visible in it, with a position above `floor_position`, is published.
    Column("published", PostgresType("pg_snapshot")),
    Column("floor_position", BigInteger, nullable=False, server_default=text("0")),
    # The window being published: what `target` sees and `published` does not, done up to `window_position`.
    Column("target", PostgresType("pg_snapshot")),
    Column("window_position", BigInteger, nullable=False, server_default=text("0")),
    # A replay in progress: positions after `replay_position` up to `replay_until` are published again.
    Column("replay_position", BigInteger),
    Column("replay_until", BigInteger),
    # A replay asked for by an operator and not yet begun.
    Column("replay_requested_at", _INSTANT),
    Column("replay_since", _INSTANT),
    # The stream as last seen: when it was created and the sequence of our last message in it.
    Column("stream_created", Text),
    Column("stream_sequence", BigInteger, nullable=False, server_default=text("0")),
    Column("updated_at", _INSTANT, nullable=False, server_default=text("now()")),
)

# How far a consumer has read one partition of a stream; written in the transaction of the effects.
consumer_position = Table(
    "consumer_position",
    metadata,
    Column("consumer", _NAME, primary_key=True),
    Column("partition", SmallInteger, primary_key=True),
    Column("stream_created", Text, nullable=False, server_default=""),
    Column("stream_sequence", BigInteger, nullable=False, server_default=text("0")),
    # Nats-Msg-Id of the message at that sequence: a stream restored to an earlier state reuses sequences.
    Column("message_id", Text, nullable=False, server_default=""),
    Column("updated_at", _INSTANT, nullable=False, server_default=text("now()")),
)

# Events a consumer has taken: the same event again has no effect.
inbox = Table(
    "inbox",
    metadata,
    Column("consumer", _NAME, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("applied_at", _INSTANT, nullable=False, server_default=text("now()")),
    # Rows lie in the order of this column: a BRIN index costs nothing and finds the old ones.
    Index("ix_inbox_applied_at", "applied_at", postgresql_using="brin"),
)

# Up to when a consumer's inbox has been cleaned: an older event that is not in it is taken for applied.
inbox_horizon = Table(
    "inbox_horizon",
    metadata,
    Column("consumer", _NAME, primary_key=True),
    Column("forgotten_before", _INSTANT, nullable=False),
)

# Events whose handler failed, and later ones of the same aggregate behind them (docs/adr/0003).
parked_event = Table(
    "parked_event",
    metadata,
    Column("consumer", _NAME, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("partition", SmallInteger, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    # Failed attempts so far; 0: waits behind another one of its aggregate.
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("next_attempt_at", _INSTANT, nullable=False),
    Column("error", Text, nullable=False, server_default=""),
    Column("parked_at", _INSTANT, nullable=False, server_default=text("now()")),
    Index("ix_parked_event_order", "consumer", "partition", "aggregate_id", "position"),
)

# Events given up after the last attempt: an operator retries or discards them.
dead_letter = Table(
    "dead_letter",
    metadata,
    Column("consumer", _NAME, primary_key=True),
    Column("event_id", Uuid, primary_key=True),
    Column("partition", SmallInteger, nullable=False),
    Column("aggregate_id", Uuid, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("type", _NAME, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("died_at", _INSTANT, nullable=False, server_default=text("now()")),
)

# Statements that create the log, one each.
EVENT_DDL = (
    "CREATE SEQUENCE event_position_seq",  # CACHE 1, the default: positions grow in the order of writing
    """
    CREATE TABLE event (
        position bigint NOT NULL DEFAULT nextval('event_position_seq'),
        recorded_at timestamptz NOT NULL DEFAULT now(),
        id uuid NOT NULL DEFAULT uuidv7(),
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        type text COLLATE "C" NOT NULL,
        aggregate_type text COLLATE "C" NOT NULL,
        aggregate_id uuid NOT NULL,
        aggregate_version bigint NOT NULL,
        actor_id uuid,
        operation_id uuid,
        traceparent text COLLATE "C" NOT NULL DEFAULT '',
        before jsonb,
        after jsonb,
        CONSTRAINT pk_event PRIMARY KEY (position, recorded_at),
        CONSTRAINT ck_event_type CHECK (type LIKE '%_._%')
    ) PARTITION BY RANGE (recorded_at)
    """,
    "ALTER SEQUENCE event_position_seq OWNED BY event.position",
    # The relay reads a window from this index alone.
    "CREATE INDEX ix_event_xid ON event (xid, position, recorded_at)",
    "CREATE INDEX ix_event_aggregate ON event (aggregate_id, aggregate_version)",
    "CREATE TABLE event_default PARTITION OF event DEFAULT",
    """
    CREATE FUNCTION event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        -- Only event_ensure_partitions moves rows, from the default partition to the month's own.
        IF current_setting('crm.event_maintenance', true) = 'on' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION event_is_append_only()
    """,
    """
    CREATE TRIGGER event_not_truncated BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION event_is_append_only()
    """,
    # A table is filled first and attached then: unlike CREATE TABLE .. PARTITION OF this stops no writer.
    """
    CREATE FUNCTION event_ensure_partitions(months_ahead integer DEFAULT 2) RETURNS integer LANGUAGE plpgsql AS $$
    DECLARE
        first_day timestamptz;
        next_month timestamptz;
        name text;
        made integer := 0;
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtext('event_ensure_partitions'));
        FOR ahead IN 0..months_ahead LOOP
            first_day := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead))
                AT TIME ZONE 'UTC';
            next_month := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead + 1))
                AT TIME ZONE 'UTC';
            name := 'event_' || to_char(first_day AT TIME ZONE 'UTC', 'YYYY_MM');
            CONTINUE WHEN to_regclass(name) IS NOT NULL;
            EXECUTE format('CREATE TABLE %I (LIKE event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
            LOCK TABLE event_default IN ACCESS EXCLUSIVE MODE;
            PERFORM set_config('crm.event_maintenance', 'on', true);
            EXECUTE format(
                'WITH moved AS (DELETE FROM event_default WHERE recorded_at >= %L AND recorded_at < %L RETURNING *) '
                'INSERT INTO %I SELECT * FROM moved', first_day, next_month, name);
            PERFORM set_config('crm.event_maintenance', 'off', true);
            EXECUTE format('ALTER TABLE event ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                name, first_day, next_month);
            made := made + 1;
        END LOOP;
        RETURN made;
    END $$
    """,
    "SELECT event_ensure_partitions()",
)


def create_event_tables(connection: Connection) -> None:
    """Creates everything of this module; a service's first migration calls it through the kit."""
    for statement in EVENT_DDL:
        connection.execute(text(statement))
    metadata.create_all(connection)
    connection.execute(relay_cursor.insert().values(id=1))  # the relay fills it in when it first leads


async def ensure_partitions(db: AsyncConnection) -> int:
    """Makes the partitions of this month and the next two where they are missing; returns how many it made.

    Waits at most two seconds for a lock: the default partition catches what a missing one would have taken.
    """
    await db.execute(text("SET LOCAL lock_timeout = '2s'"))
    made = (await db.execute(text("SELECT event_ensure_partitions()"))).scalar_one()
    return int(made)
