"""The filter language: what it reads, how it explains mistakes, and that none of its text becomes SQL."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Date,
    DateTime,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    Uuid,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from crm.contacts.v1 import contact_pb2
from crmkit.errors import InvalidArgument
from crmkit.filters import (
    BooleanField,
    ChildField,
    CustomField,
    DateField,
    DecimalField,
    EnumField,
    FilterSchema,
    IntegerField,
    KeywordField,
    ListField,
    TextField,
    TimestampField,
    UuidField,
    compile_filter,
)
from crmkit.filters.nodes import And, Comparison, Literal, Node, Not, Or
from crmkit.filters.parser import parse

metadata = MetaData()
person = Table(
    "person",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text),
    Column("code", Text),
    Column("tags", ARRAY(Text)),
    Column("custom", JSONB),
    Column("rank", SmallInteger),
    Column("visits", BigInteger),
    Column("debt", Numeric),
    Column("active", Boolean),
    Column("born", Date),
    Column("seen_at", DateTime(timezone=True)),
    Column("stage", SmallInteger),
    Column("owner_id", Uuid),
)
address = Table("address", metadata, Column("person_id", Uuid), Column("email", Text))


def _code(text: str) -> str:
    if not text.isalnum():
        raise ValueError("expected letters and figures")
    return text.upper()


SCHEMA = FilterSchema(
    {
        "name": TextField(person.c.name),
        "code": KeywordField(person.c.code, key=_code),
        "tags": ListField(person.c.tags),
        "custom": CustomField(person.c.custom),
        "rank": IntegerField(person.c.rank),
        "visits": IntegerField(person.c.visits),
        "debt": DecimalField(person.c.debt),
        "active": BooleanField(person.c.active),
        "born": DateField(person.c.born),
        "seen_time": TimestampField(person.c.seen_at),
        "stage": EnumField(person.c.stage, contact_pb2.LifecycleStage.DESCRIPTOR),
        "owner_id": UuidField(person.c.owner_id),
        "email": ChildField(
            KeywordField(address.c.email, key=str.lower, part=str.lower), address.c.person_id, person.c.id
        ),
    }
)


def where(text: str) -> ColumnElement[bool]:
    condition = compile_filter(text, SCHEMA)
    assert condition is not None
    return condition


def sql(text: str) -> tuple[str, dict[str, Any]]:
    compiled = select(person.c.id).where(where(text)).compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    return str(compiled), dict(compiled.params)


def refusal(text: str) -> InvalidArgument:
    with pytest.raises(InvalidArgument) as caught:
        compile_filter(text, SCHEMA)
    assert caught.value.reason == "FILTER_INVALID"
    assert caught.value.violations[0].field == "filter"
    return caught.value


# --- reading -----------------------------------------------------------------------------------------------------

_BARE = st.from_regex(r"[^\s(),\"'=<>!:*\0][^\s(),\"=<>!*\0]*", fullmatch=True)
bare = (
    _BARE.filter(lambda text: text not in ("AND", "OR", "NOT") and not any("\ud800" <= c <= "\udfff" for c in text))
    .map(Literal)
    .filter(lambda literal: len(literal.text) <= 20)
)
quoted = st.builds(
    Literal,
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20),
    st.just(True),
    st.booleans(),
    st.booleans(),
).filter(lambda literal: not (literal.any_before and not literal.text))
anything = st.builds(Literal, st.just(""), st.just(False), st.just(False), st.just(True))
names = st.from_regex(r"[a-z_][a-z0-9_]{0,8}(\.[a-z0-9_]{1,8})?", fullmatch=True)
comparison = st.builds(
    Comparison, names, st.sampled_from(["=", "!=", "<", "<=", ">", ">=", ":"]), st.one_of(bare, quoted, anything)
)
trees: st.SearchStrategy[Node] = st.recursive(
    comparison,
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
    ),
    max_leaves=12,
)


@given(trees)
@example(Comparison("a", "=", Literal('\\"*', True, True, True)))
@example(Comparison("a", "=", Literal("\\", True, False, True)))
def test_a_printed_filter_reads_back_as_itself(tree: Node) -> None:
    if len(str(tree)) <= 4_000:
        assert parse(str(tree)) == tree


@given(st.text(st.sampled_from("abn =!<>:()\"'\\*-.,ANDORT1 \n"), max_size=60))
def test_any_text_is_read_or_refused_with_a_place_inside_it(text: str) -> None:
    try:
        parse(text)
    except InvalidArgument as error:
        place = int(error.message.removeprefix("filter, character ").partition(":")[0])
        assert 1 <= place <= len(text) + 1


@pytest.mark.parametrize("text", ["", "   ", "\n"])
def test_a_blank_filter_filters_nothing(text: str) -> None:
    assert compile_filter(text, SCHEMA) is None


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a = 1 AND b = 2 OR c = 3", "a = 1 AND (b = 2 OR c = 3)"),
        ("a = 1 OR b = 2 AND c = 3", "(a = 1 OR b = 2) AND c = 3"),
        ("a = 1 b = 2", "a = 1 AND b = 2"),
        ("-a = 1", "NOT a = 1"),
        ("NOT a = 1 b = 2", "(NOT a = 1) AND b = 2"),
        ("NOT a = 1 OR b = 2", "(NOT a = 1) OR b = 2"),
        ("a='x y'", 'a = "x y"'),
        ("a=\n1", "a = 1"),
        ("((a = 1))", "a = 1"),
    ],
)
def test_precedence_is_that_of_aip_160(text: str, same: str) -> None:
    assert parse(text) == parse(same)


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("a = O'Brien", Literal("O'Brien")),
        ("a = -5", Literal("-5")),
        ("a = 2024-01-01T10:00:00+03:30", Literal("2024-01-01T10:00:00+03:30")),
        ("a = علی", Literal("علی")),
        ("a = me@example.com", Literal("me@example.com")),
        ("a = ali*", Literal("ali", any_after=True)),
        ("a = *ali*", Literal("ali", any_before=True, any_after=True)),
        (r'a = "5\*"', Literal("5*", quoted=True)),
        (r'a = "say \"hi\" \\"', Literal('say "hi" \\', quoted=True)),
        (r'a = "\\*"', Literal("\\", quoted=True, any_after=True)),
    ],
)
def test_values_as_people_write_them(text: str, literal: Literal) -> None:
    tree = parse(text)
    assert isinstance(tree, Comparison)
    assert tree.literal == literal


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("ali", 4, "expected one of = != < <= > >= :, but the filter ends here"),
        ("a =", 4, "expected a value"),
        ("(a = 1", 7, "expected the closing )"),
        ("a = 1)", 6, "expected AND, OR"),
        ("a = 1 AND", 10, "expected a field name"),
        ("= 1", 1, "expected a field name"),
        ('a = "x', 5, "this quotation mark is never closed"),
        ("a = AND", 5, "not the word AND"),
        ("a == 1", 4, "expected a value"),
        ("a = x*y", 5, "at the ends of a value only"),
        ("نام = 1", 1, "expected a field name"),
        ("a = 1, b = 2", 6, "expected AND, OR"),
        ("a = 1 AND\0b = 2", 10, "cannot occur"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_belongs_there(text: str, place: int, words: str) -> None:
    message = refusal(text).message
    assert message.startswith(f"filter, character {place}: ")
    assert words in message


@pytest.mark.parametrize(
    "text",
    [
        "rank = 1 " * 101,
        "NOT (" * 20 + "rank = 1" + ")" * 20,
        'name = "' + "x" * 4_000 + '"',
        "NOT (" * 700 + "rank = 1" + ")" * 700,
    ],
)
def test_a_filter_too_large_is_refused(text: str) -> None:
    assert "at most" in refusal(text).message


def test_a_filter_of_the_greatest_size_is_taken() -> None:
    assert compile_filter("rank = 1 " * 100, SCHEMA) is not None
    assert compile_filter("NOT (" * 19 + "rank = 1" + ")" * 19, SCHEMA) is not None
    assert compile_filter("(" * 1_900 + "rank = 1" + ")" * 1_900, SCHEMA) is not None


# --- compiling ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("rank = 1 AND nickname = x", 14, "the fields are active, born, code, custom.<name>, debt"),
        ("custom.Tier = x", 1, "there is no field `custom.Tier`"),
        ("custom = x", 10, "such as custom.tier"),
        ("name.first = x", 1, "there is no field `name.first`"),
        ("rank = 32768", 8, "from -32768 to 32767"),
        ("visits = 9223372036854775808", 10, "expected a whole number"),
        ("rank = 1.5", 8, "expected a whole number"),
        ("rank = 1*", 8, "`*` is for texts"),
        ("debt = 1e5", 8, "expected a number"),
        ("debt = NaN", 8, "expected a number"),
        ("active = yes", 10, "expected true or false"),
        ("active < true", 1, "active takes = !="),
        ("born = 2023-02-30", 8, "expected a date"),
        ("born = 14/12/2023", 8, "expected a date"),
        ("seen_time > 2023-02-30", 13, "expected a time"),
        ("seen_time = 2024-01-01T25:00:00Z", 13, "expected a time"),
        ("stage = nobody", 9, "expected one of subscriber, lead"),
        ("stage = unspecified", 9, "expected one of subscriber, lead"),
        ("owner_id = 42", 12, "expected a UUID"),
        ("tags = vip", 1, "tags takes :"),
        ("tags:v*", 6, "expected a whole element"),
        ("email > *x", 9, "goes with = and !="),
        ("code = a-b", 8, "expected letters and figures"),
        ("custom.tier < *x", 15, "goes with = and !="),
    ],
)
def test_what_a_field_does_not_take_is_told(text: str, place: int, words: str) -> None:
    message = refusal(text).message
    assert message.startswith(f"filter, character {place}: ")
    assert words in message


MARKED = "Zq7'\"; DROP TABLE person; -- %s :p {x}"
_ESCAPED = MARKED.replace("\\", "\\\\").replace('"', '\\"')


@pytest.mark.parametrize("field", ["name", "email", "custom.tier", "custom.zq7"])
@pytest.mark.parametrize("form", ["{0} = {1}", "{0} : {1}", "{0} != {1}", "{0} >= {1}", "NOT {0} = {1}"])
def test_no_text_of_a_filter_becomes_sql(field: str, form: str) -> None:
    statement, parameters = sql(form.format(field, f'"{_ESCAPED}"'))
    assert "zq7" not in statement.lower()
    assert "drop" not in statement.lower()
    assert "zq7" in repr(parameters).lower()


@given(trees)
def test_the_sql_of_a_filter_holds_only_names_of_the_schema(tree: Node) -> None:
    fields = list(SCHEMA.fields)

    def known(node: Node) -> Node:
        match node:
            case Comparison():
                name = fields[len(node.field) % len(fields)]
                name = "custom.secret" if name == "custom" else name
                return Comparison(name, node.operator, Literal(f"Zq7{node.literal.text}", True))
            case Not():
                return Not(known(node.part))
            case And() | Or():
                return type(node)(tuple(known(part) for part in node.parts))

    try:
        statement, _ = sql(str(known(tree)))
    except InvalidArgument:
        return
    assert "zq7" not in statement.lower()
    assert "secret" not in statement


def test_texts_are_compared_folded() -> None:
    assert "eli memmedov" in sql('name = "  ƏLİ  Məmmədov "')[1].values()


def test_the_wildcards_of_sql_are_plain_characters() -> None:
    assert r"50\% \_x\\%" in sql(r'name = "50% _x\\*"')[1].values()


def test_an_enum_is_named_in_full_or_short_in_any_case() -> None:
    assert sql("stage = LEAD") == sql("stage = LIFECYCLE_STAGE_LEAD") == sql("stage = lead")
    assert 2 in sql("stage = lead")[1].values()


def test_digits_of_every_script_are_numbers() -> None:
    assert sql("rank = ۱۲") == sql("rank = 12")


def test_a_day_without_a_time_is_a_day_of_the_callers_zone() -> None:
    tehran = compile_filter("seen_time >= 1404/04/24", SCHEMA, ZoneInfo("Asia/Tehran"))
    utc = compile_filter("seen_time >= 2025-07-14T20:30:00Z", SCHEMA)
    assert tehran is not None
    assert utc is not None
    assert tehran.compile().params == utc.compile().params


def test_one_key_is_looked_up_and_not_joined() -> None:
    statement, _ = sql("email = A@example.com OR email = B@example.com")
    assert statement.count("= ANY (array((SELECT address.person_id") == 2
    assert "EXISTS" in sql("email = *@example.com")[0]
