"""Filters over the fields of an organisation's own, which live in one jsonb column."""

from __future__ import annotations

from datetime import tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Text, bindparam, case, cast, false, func, or_
from sqlalchemy.dialects.postgresql import JSONB

from crmkit.filters import values
from crmkit.filters.fields import COMPARISONS, ORDERINGS, Condition, FilterField
from crmkit.filters.nodes import Literal
from crmkit.filters.parser import filter_invalid


class CustomField(FilterField):
    """The fields of an organisation's own, in a jsonb column: `custom.tier = "gold"`. Compared by what is written.

    A value in quotation marks is a text; a bare number or true or false is that or the same text. `=` on texts is
    exact and takes `*` at the ends; `:` asks whether a list holds the value; orderings compare numbers with a bare
    number and texts (by code point) with any other value.
    """

    operators = (*COMPARISONS, ":")

    def __init__(self, column: ColumnElement[Any]) -> None:
        self.column = column

    def of(self, name: str) -> FilterField:
        """The single custom field."""
        return _Custom(self.column, name)

    def present(self) -> Condition:
        return self.column != cast(bindparam(None, {}, type_=JSONB(), unique=True), JSONB())

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        raise filter_invalid(literal.position, "name one custom field, such as custom.tier")


class _Custom(FilterField):
    operators = CustomField.operators

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.name = name

    def present(self) -> Condition:
        return self._text().is_not(None)

    def match(self, operator: str, literal: Literal, zone: tzinfo) -> Condition:
        number = None if literal.quoted else values.number_or_none(literal.text)
        if operator == ":":
            return self._holds([literal.text])
        if operator == "=" and literal.is_pattern:
            pattern = values.like_pattern(literal.text, before=literal.any_before, after=literal.any_after)
            return self._of_type("string").like(bindparam(None, pattern, type_=Text(), unique=True))
        if literal.is_pattern:
            raise filter_invalid(literal.position, f"`*` goes with = and !=, not with {operator}")
        if operator == "=":
            return self._equals(literal, number)
        if number is not None:
            return ORDERINGS[operator](cast(self._of_type("number"), Numeric()), _numeric(number))
        bound = bindparam(None, literal.text, type_=Text(), unique=True)
        return ORDERINGS[operator](self._of_type("string").collate("C"), bound)

    def _equals(self, literal: Literal, number: Decimal | None) -> Condition:
        same = [self._holds(literal.text)]
        if number is not None:
            exact = func.jsonb_build_object(cast(self._name(), Text()), _numeric(number), type_=JSONB())
            same.append(self.column.bool_op("@>")(exact))
        if not literal.quoted and literal.text.lower() in ("true", "false"):
            same.append(self._holds(literal.text.lower() == "true"))
        return or_(false(), *same)

    def _holds(self, value: Any) -> Condition:
        return self.column.bool_op("@>")(bindparam(None, {self.name: value}, type_=JSONB(), unique=True))

    def _of_type(self, kind: str) -> ColumnElement[Any]:
        """The value as text where it is of that JSON type, else NULL: a cast must not meet other types."""
        value = self.column.op("->", return_type=JSONB())(self._name())
        return case((func.jsonb_typeof(value) == kind, self._text()), else_=None)

    def _text(self) -> ColumnElement[Any]:
        return self.column.op("->>", return_type=Text())(self._name())

    def _name(self) -> ColumnElement[str]:
        return bindparam(None, self.name, type_=Text(), unique=True)


def _numeric(number: Decimal) -> ColumnElement[Any]:
    return cast(bindparam(None, number, type_=Numeric(), unique=True), Numeric())
