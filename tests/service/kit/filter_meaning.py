"""What a filter says, in plain Python: the other opinion that the SQL is compared with."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from crmkit.filters.nodes import And, Comparison, Literal, Node, Not, Or
from crmkit.text import fold
from tests.service.kit.filter_world import Row

ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def says(node: Node, row: Row) -> bool:
    match node:
        case Not():
            return not says(node.part, row)
        case And():
            return all(says(part, row) for part in node.parts)
        case Or():
            return any(says(part, row) for part in node.parts)
        case Comparison():
            if node.operator == "!=":
                return not says(Comparison(node.field, "=", node.literal), row)
            return holds(node.field, node.operator, node.literal, row)


def holds(field: str, operator: str, literal: Literal, row: Row) -> bool:
    if field.startswith("custom."):
        return custom_holds(row["custom"].get(field.removeprefix("custom.")), operator, literal)
    if field == "email":
        values, prepare = row["emails"], str.lower
        return any(text_holds(value, operator, literal, prepare) for value in values)
    if field in ("name", "code"):
        return text_holds(row[field], operator, literal, fold if field == "name" else str)
    if field == "tags":
        return bool(row["tags"]) if literal.is_anything else literal.text in row["tags"]
    value = row["seen_at" if field == "seen_time" else field]
    if value is None or literal.is_anything:
        return value is not None
    if field == "seen_time":
        return instant_holds(value, operator, literal.text)
    read: dict[str, Callable[[str], Any]] = {
        "rank": int,
        "debt": Decimal,
        "active": lambda text: text == "true",
        "born": date.fromisoformat,
        "owner_id": UUID,
    }
    return ORDER[operator](value, read[field](literal.text))


def text_holds(value: str | None, operator: str, literal: Literal, prepare: Callable[[str], str]) -> bool:
    if literal.is_anything:
        return bool(value)
    if value is None:
        return False
    wanted = prepare(literal.text)
    before, after = operator == ":" or literal.any_before, operator == ":" or literal.any_after
    if before and after:
        return wanted in value
    if before:
        return value.endswith(wanted)
    if after:
        return value.startswith(wanted)
    return ORDER[operator](value, wanted)


def instant_holds(value: datetime, operator: str, wanted: str) -> bool:
    if len(wanted) > 10:
        return ORDER[operator](value, datetime.fromisoformat(wanted))
    start = datetime.combine(date.fromisoformat(wanted), time(), UTC)
    end = start + timedelta(days=1)
    meaning = {
        "=": start <= value < end,
        "<": value < start,
        "<=": value < end,
        ">": value >= end,
        ">=": value >= start,
    }
    return meaning[operator]


def number(value: str) -> Decimal | None:
    return Decimal(value) if value.replace(".", "", 1).removeprefix("-").isdigit() else None


def custom_holds(value: Any, operator: str, literal: Literal) -> bool:
    if literal.is_anything:
        return value is not None
    if operator == ":":
        return isinstance(value, list) and literal.text in value
    if literal.is_pattern:
        return isinstance(value, str) and text_holds(value, operator, literal, str)
    wanted = None if literal.quoted else number(literal.text)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if operator == "=":
        truth = literal.text.lower() if not literal.quoted else ""
        return (
            value == literal.text
            or (wanted is not None and is_number and Decimal(str(value)) == wanted)
            or (isinstance(value, bool) and str(value).lower() == truth)
        )
    if wanted is not None:
        return is_number and ORDER[operator](Decimal(str(value)), wanted)
    return isinstance(value, str) and ORDER[operator](value, literal.text)
