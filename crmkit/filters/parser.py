"""From the text of a filter to its tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from crmkit.errors import InvalidArgument
from crmkit.filters.nodes import And, Comparison, Literal, Node, Not, Or

MAX_LENGTH = 4_000
MAX_DEPTH = 20
MAX_COMPARISONS = 100

_STORABLE = re.compile(r"[\0\ud800-\udfff]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_RESERVED = frozenset({"AND", "OR", "NOT"})


def filter_invalid(position: int, message: str) -> InvalidArgument:
    """The error of a filter: `position` is the place of the character at fault, from 1."""
    return InvalidArgument("FILTER_INVALID", f"filter, character {position}: {message}", field="filter")


@lru_cache(maxsize=256)  # the same lists are asked for again and again
def parse(text: str) -> Node | None:
    """The tree of a filter, None when it is blank.

    Raises InvalidArgument FILTER_INVALID, naming the character and what was expected there; also for a filter of more
    than 4,000 characters, 100 comparisons or 20 levels.
    """
    if len(text) > MAX_LENGTH:
        raise filter_invalid(MAX_LENGTH + 1, f"a filter has at most {MAX_LENGTH:,} characters")
    if not text.strip():
        return None
    unstorable = _STORABLE.search(text)
    if unstorable:
        raise filter_invalid(unstorable.start() + 1, "this character cannot occur in any text")
    try:
        tree: Node = _PARSER.parse(text)  # type: ignore[assignment]  # lark types know no embedded transformer
    except UnexpectedInput as error:
        raise _explained(error, text) from error
    if tree.depth > MAX_DEPTH:
        raise filter_invalid(1, f"a filter has at most {MAX_DEPTH} levels")
    for count, comparison in enumerate(comparisons(tree), 1):
        if count > MAX_COMPARISONS:
            raise filter_invalid(comparison.position, f"a filter has at most {MAX_COMPARISONS} comparisons")
    return tree


def comparisons(node: Node) -> Iterator[Comparison]:
    """The comparisons of a tree, from left to right."""
    match node:
        case Comparison():
            yield node
        case Not():
            yield from comparisons(node.part)
        case And() | Or():
            for part in node.parts:
                yield from comparisons(part)


class _Builder(Transformer[Token, Node]):
    """Builds the tree while lark parses: no recursion, whatever the depth of the text."""

    def conjunction(self, parts: list[Node]) -> Node:
        return And(tuple(parts)) if len(parts) > 1 else parts[0]

    def disjunction(self, parts: list[Node]) -> Node:
        return Or(tuple(parts)) if len(parts) > 1 else parts[0]

    def negation(self, parts: list[Node]) -> Node:
        return Not(parts[0])

    def comparison(self, tokens: list[Token]) -> Node:
        name, operator, value = tokens
        return Comparison(str(name), str(operator), _literal(value), _position(name))


def _literal(token: Token) -> Literal:
    position = _position(token)
    if token.type == "BARE" and token in _RESERVED:
        raise filter_invalid(position, f"expected a value, not the word {token}; write it in quotation marks")
    quoted = token.type == "QUOTED"
    inner = str(token)[1:-1] if quoted else str(token)
    before = inner.startswith("*") and len(inner) > 1
    body = inner[1:] if before else inner
    after = body.endswith("*") and not (quoted and _ends_escaped(body))
    body = body[:-1] if after else body
    if "*" in (_ESCAPE.sub("", body) if quoted else body):
        raise filter_invalid(
            position, '`*` stands for any text at the ends of a value only; write "\\*" for the character itself'
        )
    return Literal(_ESCAPE.sub(r"\1", body) if quoted else body, quoted, before, after, position)


def _ends_escaped(text: str) -> bool:
    """Whether the last character has a backslash that is not itself escaped before it."""
    head = text[:-1]
    return (len(head) - len(head.rstrip("\\"))) % 2 == 1


def _position(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _explained(error: UnexpectedInput, text: str) -> InvalidArgument:
    """The error in the user's words: where, what was expected, what stood there."""
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    position = len(text) + 1 if at_end else (error.pos_in_stream or 0) + 1
    allowed: set[str] = set()
    if isinstance(error, UnexpectedToken):
        allowed = set(error.expected)
    elif isinstance(error, UnexpectedCharacters):
        allowed = set(error.allowed or ())
    rest = text[position - 1 :]
    if rest.startswith(('"', "'")) and "BARE" in allowed:
        return filter_invalid(position, "this quotation mark is never closed")
    found = "the filter ends here" if at_end else f"found `{rest[:20]}`"
    return filter_invalid(position, f"expected {_expected(allowed)}, but {found}")


def _expected(allowed: set[str]) -> str:
    if "OPERATOR" in allowed:
        return "one of = != < <= > >= :"
    if "BARE" in allowed:
        return 'a value, in "quotation marks" when it holds spaces, commas, brackets, quotation marks or one of = < > !'
    if allowed == {"RPAR"}:
        return "the closing )"
    if "AND" in allowed or "$END" in allowed:
        return "AND, OR, another comparison or the end"
    return "a field name or (" if "NOT" not in allowed else "a field name, NOT or ("


_PARSER = Lark.open("grammar.lark", rel_to=__file__, parser="lalr", transformer=_Builder())
