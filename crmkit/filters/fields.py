"""The kinds of fields a filter may name, and the SQL a comparison with each becomes.

Every value travels as a bound parameter. A comparison with a missing value (NULL) is not true; `!=` and NOT are true
where the comparison is not true, so a record without a job title passes `job_title != "buyer"`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import tzinfo
from operator import eq, ge, gt, le, lt
from typing import Any, ClassVar

from google.protobuf.descriptor import EnumDescriptor
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Numeric,
    SmallInteger,
    Text,
    any_,
    bindparam,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from crmkit.filters import values
from crmkit.filters.nodes import Comparison, Literal
from crmkit.filters.parser import filter_invalid
from crmkit.text import fold

Condition = ColumnElement[bool]
ORDERINGS: Mapping[str, Callable[[Any, Any], Condition]] = {"=": eq, "<": lt, "<=": le, ">": gt, ">=": ge}
EQUALITY = ("=", "!=")
COMPARISONS = (*EQUALITY, "<", "<=", ">", ">=")


class FilterField(ABC):
    """A field of one kind. `name:*` asks of each whether it has a value."""

    operators: ClassVar[tuple[str, ...]] = COMPARISONS

    def compile(self, comparison: Comparison, zone: tzinfo) -> Condition:
        """The condition of one comparison. Raises FILTER_INVALID for an operator or value the field does not take."""
        operator, literal = comparison.operator, comparison.literal
        if literal.is_anything and operator in (":", "=", "!="):
            return negated(self.present()) if operator == "!=" else self.present()
        if operator not in self.operators:
            raise filter_invalid(
                comparison.position,
                f"{comparison.field} takes {' '.join(self.operators)} and `{comparison.field}:*`, not {operator}",
            )
        if operator == "!=":
            return negated(self.match("=", literal, zone))
        return self.match(operator, literal, zone)

    @abstractmethod
    def present(self) -> Condition:
        """Whether the field has a value."""

    @abstractmethod
    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        """The condition of an operator that the field takes, `!=` excepted."""


def negated(condition: Condition) -> Condition:
    """True where `condition` is false or unknown."""
    return condition.is_not(true())


class _ColumnField(FilterField):
    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column

    def present(self) -> Condition:
        return self.column.is_not(None)

    def compare(self, operator: str, value: Any) -> Condition:
        """The column compared with a bound value of its type."""
        bound = bindparam(None, value, type_=self.column.type, unique=True)
        return ORDERINGS[operator](self.column, bound)


class KeywordField(_ColumnField):
    """Text compared exactly as the column holds it.

    `key` brings a value into the form of the column (lower case, E.164); it may raise ValueError with a sentence that
    begins with "expected". `part` does so for a piece of a value, as `*` and `:` take it: a piece of a telephone
    number is no telephone number. `=` takes `*` at the ends, `:` means "contains". An empty text counts as no value.
    """

    operators = (*COMPARISONS, ":")

    def __init__(
        self, column: ColumnElement[str], key: Callable[[str], str] = str, part: Callable[[str], str] = str
    ) -> None:
        super().__init__(column)
        self.key = key
        self.part = part

    def present(self) -> Condition:
        return self.column != ""

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        contains = operator == ":"
        if contains or (operator == "=" and literal.is_pattern):
            pattern = values.like_pattern(
                values.as_key(literal, self.part),
                before=contains or literal.any_before,
                after=contains or literal.any_after,
            )
            return self.column.like(bindparam(None, pattern, type_=Text(), unique=True))
        if literal.is_pattern:
            raise filter_invalid(literal.position, f"`*` goes with = and !=, not with {operator}")
        return self.compare(operator, values.as_key(literal, self.key))


class TextField(KeywordField):
    """Text for people, in a column that holds it folded (`crmkit.text.fold`): case, accents and script forms of
    letters and digits do not matter. A column of another key of the text is given with that `key`, which must take
    pieces of texts too."""

    def __init__(self, column: ColumnElement[str], key: Callable[[str], str] = fold) -> None:
        super().__init__(column, key, key)


class UuidField(_ColumnField):
    """An id."""

    operators = EQUALITY

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        return self.compare(operator, values.as_uuid(literal))


class EnumField(_ColumnField):
    """A value of an enum by its name, whole (`LIFECYCLE_STAGE_LEAD`) or without the prefix, in any case (`lead`).

    `stored` maps names without prefix to what the column holds; see `enum_numbers`.
    """

    operators = EQUALITY

    def __init__(
        self, column: ColumnElement[Any], enum: EnumDescriptor, stored: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(column)
        self.prefix = enum_prefix(enum)
        self.stored = dict(stored) if stored is not None else enum_numbers(enum)

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        name = literal.text.strip().upper().removeprefix(self.prefix)
        if literal.is_pattern or name not in self.stored:
            known = ", ".join(name.lower() for name in self.stored)
            raise filter_invalid(literal.position, f"expected one of {known}, but found `{literal}`")
        return self.compare(operator, self.stored[name])


def enum_prefix(enum: EnumDescriptor) -> str:
    """What the names of an enum's values begin with: `LIFECYCLE_STAGE_`."""
    return str(enum.values[0].name).removesuffix("UNSPECIFIED")


def enum_numbers(enum: EnumDescriptor) -> dict[str, int]:
    """Numbers by name without the prefix; UNSPECIFIED is left out, since no row holds it."""
    prefix = enum_prefix(enum)
    return {value.name.removeprefix(prefix): value.number for value in enum.values if value.number}


class IntegerField(_ColumnField):
    """A whole number; the bounds are those of the column's type."""

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        kind = self.column.type
        bits = 16 if isinstance(kind, SmallInteger) else 64 if isinstance(kind, BigInteger) else 32
        limit = 1 << (bits - 1)
        return self.compare(operator, values.as_integer(literal, -limit, limit - 1))


class DecimalField(_ColumnField):
    """An exact number in a NUMERIC column."""

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        bound = bindparam(None, values.as_decimal(literal), type_=Numeric(), unique=True)  # keeps every digit given
        return ORDERINGS[operator](self.column, bound)


class BooleanField(_ColumnField):
    """true or false."""

    operators = EQUALITY

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        return self.compare(operator, values.as_boolean(literal))


class DateField(_ColumnField):
    """A day, Gregorian or Jalali."""

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        return self.compare(operator, values.as_day(literal))


class TimestampField(_ColumnField):
    """An instant. A date stands for its whole day: `= 2025-07-15` is any time of it, `>` begins the day after."""

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        start, end = values.as_span(literal, zone)
        if start == end:
            return self.compare(operator, start)
        match operator:
            case "=":
                return self.compare(">=", start) & self.compare("<", end)
            case "<=":
                return self.compare("<", end)
            case ">":
                return self.compare(">=", end)
        return self.compare(operator, start)


class ListField(_ColumnField):
    """A column of type text[]: `tags:"vip"` is true where one element is the value, brought into form by `key`."""

    operators = (":",)

    def __init__(self, column: ColumnElement[Any], key: Callable[[str], str] = str) -> None:
        super().__init__(column)
        self.key = key

    def present(self) -> Condition:
        return func.cardinality(self.column) > 0

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        if literal.is_pattern:
            raise filter_invalid(literal.position, "expected a whole element; `*` is not for lists")
        element = bindparam(None, [values.as_key(literal, self.key)], type_=ARRAY(Text()), unique=True)
        return self.column.bool_op("@>")(element)


class ChildField(FilterField):
    """A field whose values are rows of a child table: true where one row meets the comparison of `inner`.

    `reference` is the child's column that holds the parent's id, `parent` the parent's id column.
    """

    def __init__(self, inner: FilterField, reference: Column[Any], parent: Column[Any]) -> None:
        self.inner = inner
        self.operators = inner.operators  # type: ignore[misc]  # the inner field's, not this class's
        self.reference = reference
        self.parent = parent

    def present(self) -> Condition:
        return self._exists(true())

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        condition = self.inner.match(operator, literal, zone)
        if operator == "=" and not literal.is_pattern:
            # Few rows: looked up first, then found by primary key, also under OR, where EXISTS would scan the parent.
            ids = select(self.reference).where(condition).correlate(None).scalar_subquery()
            return self.parent == any_(func.array(ids))
        return self._exists(condition)

    def _exists(self, condition: Condition) -> Condition:
        return exists().where(self.reference == self.parent, condition).correlate(self.parent.table)
