"""A list's allow-list of fields, and the compilation of a filter against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo

from sqlalchemy import and_, or_

from crmkit.filters.custom import CustomField
from crmkit.filters.fields import Condition, FilterField, negated
from crmkit.filters.nodes import And, Comparison, Node, Not, Or
from crmkit.filters.parser import filter_invalid, parse
from crmkit.masks import CUSTOM_NAME


@dataclass(frozen=True, slots=True)
class FilterSchema:
    """The fields a filter may name, by their names in the contract; a CustomField adds `<its name>.<custom name>`."""

    fields: Mapping[str, FilterField]

    def field(self, name: str, position: int) -> FilterField:
        """The field of that name. Raises FILTER_INVALID, which tells the known ones."""
        if name in self.fields:
            return self.fields[name]
        head, _, rest = name.partition(".")
        parent = self.fields.get(head)
        if isinstance(parent, CustomField) and CUSTOM_NAME.fullmatch(rest):
            return parent.of(rest)
        known = sorted(f"{key}.<name>" if isinstance(field, CustomField) else key for key, field in self.fields.items())
        raise filter_invalid(position, f"there is no field `{name}`; the fields are {', '.join(known)}")


def compile_filter(text: str, schema: FilterSchema, zone: tzinfo = UTC) -> Condition | None:
    """The WHERE condition of a filter, None for a blank one.

    Dates without a time of day mean days of `zone`. Raises InvalidArgument FILTER_INVALID with field "filter" and a
    message that names the character (from 1) and what was expected there.
    """
    tree = parse(text)
    return None if tree is None else _condition(tree, schema, zone)


def _condition(node: Node, schema: FilterSchema, zone: tzinfo) -> Condition:
    match node:
        case Comparison():
            return schema.field(node.field, node.position).compile(node, zone)
        case Not():
            return negated(_condition(node.part, schema, zone))
        case And():
            return and_(*(_condition(part, schema, zone) for part in node.parts))
        case Or():
            return or_(*(_condition(part, schema, zone) for part in node.parts))
