"""The syntax tree of a filter. Trees are immutable and compare by what they say, not where it stood."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written: `text` without quotation marks, escapes and the wildcards at its ends."""

    text: str
    quoted: bool = False
    any_before: bool = False
    """A `*` stands before the text."""
    any_after: bool = False
    """A `*` stands behind the text; a lone `*` sets only this and leaves the text empty."""
    position: int = dataclasses.field(default=1, compare=False)
    """Place of its first character in the filter, from 1."""

    @property
    def is_pattern(self) -> bool:
        """Whether anything may stand before or behind the text."""
        return self.any_before or self.any_after

    @property
    def is_anything(self) -> bool:
        """Whether it is a lone `*`."""
        return self.any_after and not self.any_before and not self.text

    def __str__(self) -> str:
        text = self.text
        if self.quoted:
            text = text.replace("\\", "\\\\").replace('"', '\\"').replace("*", "\\*")
        text = f"{'*' * self.any_before}{text}{'*' * self.any_after}"
        return f'"{text}"' if self.quoted else text


@dataclass(frozen=True, slots=True)
class Comparison:
    """`field operator literal`; the operator is one of `= != < <= > >= :`."""

    field: str
    operator: str
    literal: Literal
    position: int = dataclasses.field(default=1, compare=False)

    depth = 1

    def __str__(self) -> str:
        return f"{self.field} {self.operator} {self.literal}"


@dataclass(frozen=True, slots=True)
class Not:
    """True where its part is not true (a missing value makes a comparison false, so `Not` of it true)."""

    part: Node
    depth: int = dataclasses.field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", 1 + self.part.depth)

    def __str__(self) -> str:
        return f"NOT {_grouped(self.part)}"


@dataclass(frozen=True, slots=True)
class And:
    """True where all parts, two or more, are."""

    parts: tuple[Node, ...]
    depth: int = dataclasses.field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", 1 + max(part.depth for part in self.parts))

    def __str__(self) -> str:
        return " AND ".join(str(part) if isinstance(part, Or | Not) else _grouped(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    """True where at least one part, of two or more, is."""

    parts: tuple[Node, ...]
    depth: int = dataclasses.field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "depth", 1 + max(part.depth for part in self.parts))

    def __str__(self) -> str:
        return " OR ".join(str(part) if isinstance(part, Not) else _grouped(part) for part in self.parts)


Node = Comparison | Not | And | Or


def _grouped(node: Node) -> str:
    return str(node) if isinstance(node, Comparison) else f"({node})"
