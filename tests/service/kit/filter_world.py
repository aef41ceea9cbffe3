"""Tables, rows and filters over few different values, so that random filters find something."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from sqlalchemy import Boolean, Column, Date, DateTime, Index, MetaData, Numeric, SmallInteger, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crmkit.filters import (
    BooleanField,
    ChildField,
    CustomField,
    DateField,
    DecimalField,
    FilterSchema,
    IntegerField,
    KeywordField,
    ListField,
    TextField,
    TimestampField,
    UuidField,
)
from crmkit.filters.nodes import And, Comparison, Literal, Node, Not, Or
from crmkit.text import fold

metadata = MetaData()
BYTES = Text(collation="C")
person = Table(
    "person",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text),
    Column("code", BYTES),
    Column("tags", ARRAY(Text), nullable=False),
    Column("custom", JSONB, nullable=False),
    Column("rank", SmallInteger),
    Column("debt", Numeric(20, 4)),
    Column("active", Boolean),
    Column("born", Date),
    Column("seen_at", DateTime(timezone=True)),
    Column("owner_id", Uuid),
    Index("ix_person_custom", "custom", postgresql_using="gin", postgresql_ops={"custom": "jsonb_path_ops"}),
    Index("ix_person_tags", "tags", postgresql_using="gin"),
)
address = Table(
    "address",
    metadata,
    Column("email", BYTES, primary_key=True),
    Column("person_id", Uuid, primary_key=True),
    Index("ix_address_person", "person_id"),
)
SCHEMA = FilterSchema(
    {
        "name": TextField(person.c.name),
        "code": KeywordField(person.c.code),
        "tags": ListField(person.c.tags),
        "custom": CustomField(person.c.custom),
        "rank": IntegerField(person.c.rank),
        "debt": DecimalField(person.c.debt),
        "active": BooleanField(person.c.active),
        "born": DateField(person.c.born),
        "seen_time": TimestampField(person.c.seen_at),
        "owner_id": UuidField(person.c.owner_id),
        "email": ChildField(
            KeywordField(address.c.email, key=str.lower, part=str.lower), address.c.person_id, person.c.id
        ),
    }
)

TEXTS = ["Ali", "Əli", "علي", "علی رضا", "100%", "a_b", "back\\slash", "*", "", "ali reza", 'q"uote']
NUMBERS = [Decimal(number) for number in ("-5", "0", "7", "42", "4.5", "4.50", "12345678901234.5678")]
RANKS = [-32768, -1, 0, 7, 32767]
DAYS = [date(2024, 3, 19), date(2024, 3, 20), date(2025, 7, 15)]
INSTANTS = [datetime.combine(day, moment, UTC) for day in DAYS for moment in (time(), time(12), time.max)]
OWNERS = [UUID(int=number) for number in (1, 2)]
EMAILS = ["ali@example.com", "a_b@example.org", "x@example.com"]
TAGS = ["vip", "new", "ویژه"]
CUSTOM: list[Any] = ["gold", "silver", "42", "true", 42, 4.5, True, False, ["gold", "42"], [], None, "a*"]


def maybe(values: list[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from([None, *values])


rows = st.fixed_dictionaries(
    {
        "name": maybe([fold(value) for value in TEXTS]),
        "code": maybe(TEXTS),
        "tags": st.lists(st.sampled_from(TAGS), unique=True),
        "custom": st.dictionaries(st.sampled_from(["tier", "size"]), st.sampled_from(CUSTOM)),
        "rank": maybe(RANKS),
        "debt": maybe(NUMBERS),
        "active": maybe([True, False]),
        "born": maybe(DAYS),
        "seen_at": maybe(INSTANTS),
        "owner_id": maybe(OWNERS),
        "emails": st.lists(st.sampled_from(EMAILS), unique=True),
    }
)
Row = dict[str, Any]

ORDERINGS = ["=", "!=", "<", "<=", ">", ">="]


def compared(field: str, operators: list[str], literals: st.SearchStrategy[Literal]) -> st.SearchStrategy[Comparison]:
    taken = st.builds(Comparison, st.just(field), st.sampled_from(operators), literals)
    return st.one_of(taken, st.just(Comparison(field, ":", Literal("", any_after=True))))


def words(values: list[str]) -> st.SearchStrategy[Literal]:
    return st.builds(Literal, st.sampled_from(values), st.just(True))


def patterns(values: list[str]) -> st.SearchStrategy[Literal]:
    pieces = [value[:cut] for value in values for cut in (1, 3) if value] + ["%", "_", "\\"]
    return st.builds(Literal, st.sampled_from(pieces), st.just(True), st.booleans(), st.booleans())


def texts(field: str, values: list[str]) -> st.SearchStrategy[Comparison]:
    return st.one_of(
        compared(field, [*ORDERINGS, ":"], words(values)), compared(field, ["=", "!=", ":"], patterns(values))
    )


custom_values = st.one_of(
    words(["gold", "42", "true", "4.5", "go", "a*"]),
    st.sampled_from([Literal(value) for value in ("gold", "42", "4.5", "true", "False", "-1")]),
)
comparison = st.one_of(
    texts("name", TEXTS),
    texts("code", TEXTS),
    texts("email", [*EMAILS, "X@EXAMPLE.COM"]),
    compared("tags", [":"], words(TAGS)),
    compared("rank", ORDERINGS, st.sampled_from(RANKS).map(lambda value: Literal(str(value)))),
    compared("debt", ORDERINGS, st.sampled_from(NUMBERS).map(lambda value: Literal(str(value)))),
    compared("active", ["=", "!="], st.sampled_from([Literal("true"), Literal("false")])),
    compared("born", ORDERINGS, st.sampled_from(DAYS).map(lambda value: Literal(value.isoformat()))),
    compared(
        "seen_time", ORDERINGS, st.sampled_from([*DAYS, *INSTANTS]).map(lambda value: Literal(value.isoformat(), True))
    ),
    compared("owner_id", ["=", "!="], st.sampled_from(OWNERS).map(lambda value: Literal(str(value)))),
    compared("custom.tier", [*ORDERINGS, ":"], custom_values),
    compared("custom.size", [*ORDERINGS, ":"], custom_values),
    compared("custom.tier", ["=", "!="], patterns(["gold", "silver", "42"])),
)
filters: st.SearchStrategy[Node] = st.recursive(
    comparison,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=8,
)
