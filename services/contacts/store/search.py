"""Searches whose work is bounded however common the words are.

Three looks, each taken only when those before have not filled the page:

1. names, addresses and numbers that begin with the query, and, of two words, names whose first two words begin with
   them: short ranges of B-trees (callers who see everything);
2. a sample: the newest records and some of every letter, some seven hundred, or the newest of those the caller sees:
   what is in every thirtieth of them is common, and enough are found here; who sees fewer records needs no more;
3. the trigram index: what is left is rare enough for its lists to be short.

What was found is ranked: the name itself, names that begin with the query, family names, words, then the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CTE,
    BindParameter,
    ColumnElement,
    Integer,
    Table,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
    union,
    union_all,
)

from crmkit import queries
from crmkit.access import Principal, Scope
from crmkit.db import Row
from crmkit.filters.values import like_pattern
from crmkit.paging import AnySelect
from services.contacts.domain.company import Company
from services.contacts.domain.contact import Contact
from services.contacts.domain.names import sort_key
from services.contacts.domain.search import Query
from services.contacts.store import companies, contacts, reach
from services.contacts.store.tables import company, contact, contact_email, contact_phone

RecordT = TypeVar("RecordT")
_NEWEST: Final = 250
_NEWEST_OF_TEAM: Final = 200
_OF_LETTER: Final = 10
# Where the sample begins in the order of names: the letters of the scripts names are written in.
_LETTERS: Final = sorted(
    map(sort_key, "0abcdefghijklmnopqrstuvwxyzابپتثجچحخدذرزسشصضطظعغفقکگلمنوهیабвгдезиклмнопрстуфхא一가あ")
)
# Sizes of pages a search is planned for, the usual and the largest, and the candidates of one look for each: enough
# to rank, few enough to fetch.
_CANDIDATES: Final = {20: 100, 100: 200}
# Of two words, so many first names that begin with the first one are tried: "ali rez" is Ali, Alireza, Alihussein.
_FIRST_NAMES: Final = 30
# Greater than any text that begins with what stands before it.
_LAST: Final = "\U0010ffff"
_SPACE: Final = literal_column("' '", Text())
# Less than all that begins with a word and another letter than a space, greater than the word with others behind it.
_BEHIND_SPACE: Final = " " + _LAST


@dataclass(frozen=True, eq=False)
class Searched(Generic[RecordT]):
    """What is searched: a table, its columns of names, and key tables with the parameter that names their prefix."""

    table: Table
    columns: Sequence[ColumnElement[Any]]
    names: Sequence[ColumnElement[str]]
    keys: Sequence[tuple[ColumnElement[str], ColumnElement[UUID], str]]
    from_row: Callable[[Row], RecordT]


CONTACTS: Final[Searched[Contact]] = Searched(
    contact,
    contacts.COLUMNS,
    (contact.c.name_key, contact.c.family_key),
    (
        (contact_email.c.normalized, contact_email.c.contact_id, "email"),
        (contact_phone.c.e164, contact_phone.c.contact_id, "phone"),
    ),
    contacts.from_row,
)
COMPANIES: Final[Searched[Company]] = Searched(
    company, companies.COLUMNS, (company.c.name_key,), (), companies.from_row
)


async def find(
    db: queries.Database,
    searched: Searched[RecordT],
    query: Query,
    size: int,
    *,
    scope: Scope,
    principal: Principal,
) -> list[RecordT]:
    """At most `size` records that hold all terms of the query and that the caller may see, the best first."""
    if not query.terms:
        return []
    key = sort_key(query.folded)
    parameters: dict[str, Any] = {
        "name": key,
        "email": query.folded,
        "phone": query.number or _LAST,
        "size": size,
        **reach.parameters(principal),
    }
    for number, (term, prefix) in enumerate(zip(query.terms, query.prefixes, strict=True)):
        beginning = like_pattern(f" {term}", before=True, after=True)
        parameters[f"begins_{number}"] = beginning
        parameters[f"holds_{number}"] = beginning if prefix else like_pattern(term, before=True, after=True)
    if len(query.terms) == 2:
        first, second = sorted(query.terms, key=query.folded.split().index)
        parameters |= {"first": sort_key(first), "second": sort_key(second)}
    page = next(page for page in _CANDIDATES if size <= page)
    rows = await _statement(searched, len(query.terms), scope, page).rows(db, parameters)
    return [searched.from_row(row) for row in rows]


def _parameter(name: str) -> ColumnElement[str]:
    """A parameter whose value the planner does not look at: one plan for every search, made once a connection.

    Planning a search anew takes half as long as the search.
    """
    return select(bindparam(name, type_=Text())).scalar_subquery()


def _begins(column: ColumnElement[str], parameter: str) -> ColumnElement[bool]:
    return and_(column >= _parameter(parameter), column < _parameter(parameter) + _LAST)


@cache
def _statement(searched: Searched[Any], terms: int, scope: Scope, page: int) -> queries.Query:
    """The whole search as one statement; it differs by number of terms, scope and size of the page only.

    The looks carry what records are ranked by: of those that are not shown no more is read.
    """
    table = searched.table
    numbers, candidates = range(terms), _number(_CANDIDATES[page])
    first = _beginning(searched, terms, page) if scope is Scope.ALL else None
    sample = _sample(searched, scope)
    found = and_(*(sample.c.search_text.like(_parameter(f"holds_{number}")) for number in numbers))
    second = select(*sample.c).where(found, _wanting(first)).limit(candidates).cte("second_look")
    holds = and_(*(table.c.search_text.like(_parameter(f"holds_{number}")) for number in numbers))
    more = _count(sample) >= (_NEWEST if scope is not Scope.TEAM else _NEWEST_OF_TEAM)
    third = (
        select(*_ranked(searched))
        .where(_live(table), reach.reach(table, scope), holds, _wanting(first), _wanting(second), more)
        .limit(candidates)
        .cte("third_look")
    )
    every = union(*(select(*look.c) for look in (first, second, third) if look is not None)).subquery("every")
    name = every.c[searched.names[0].name]
    begins = [(_begins(every.c[column.name], "name"), rank) for rank, column in enumerate(searched.names, 1)]
    words = and_(*(every.c.search_text.like(_parameter(f"begins_{number}")) for number in numbers))
    rank = case((name == _parameter("name"), 0), *begins, (words, len(begins) + 1), else_=len(begins) + 2)
    best = select(every.c.id, rank.label("rank"), name).order_by(rank, name, every.c.id).limit(_size()).subquery("best")
    shown = select(*searched.columns).join_from(best, table, table.c.id == best.c.id)
    return queries.Query(shown.order_by(best.c.rank, best.c[name.name], best.c.id))


def _ranked(searched: Searched[Any]) -> tuple[ColumnElement[Any], ...]:
    """What records are found and ranked by."""
    return searched.table.c.id, *searched.names, searched.table.c.search_text


def _number(value: int) -> ColumnElement[int]:
    """A number in the text of the statement: a limit that the planner does not know costs it the right plan."""
    return literal_column(str(value), Integer())


def _size() -> BindParameter[int]:
    return bindparam("size", type_=Integer())


def _count(look: CTE) -> ColumnElement[int]:
    return select(func.count()).select_from(look).scalar_subquery()


def _wanting(look: CTE | None) -> ColumnElement[bool]:
    """Whether a look has not filled the page."""
    return true() if look is None else _count(look) < _size()


def _beginning(searched: Searched[Any], terms: int, page: int) -> CTE:
    """Records whose name, address or number begins with the query, or with its two words; a page of each kind."""
    table, limit = searched.table, _number(page)
    ranges: list[AnySelect] = [
        select(table.c.id).where(_live(table), _begins(column, "name")).order_by(column, table.c.id).limit(limit)
        for column in searched.names
    ]
    if terms == 2:
        ranges.append(_word_by_word(searched, limit))
    for column, reference, parameter in searched.keys:
        keys = select(reference.label("id")).where(_begins(column, parameter)).order_by(column).limit(limit)
        ranges.append(keys)
    ids = union(*(select(part.subquery().c.id) for part in ranges)).subquery()
    live = select(*_ranked(searched)).join_from(ids, table, table.c.id == ids.c.id).where(_live(table))
    return live.cte("first_look")


def _word_by_word(searched: Searched[Any], limit: ColumnElement[int]) -> AnySelect:
    """Records whose name's first word begins with the query's first and whose second word with its second.

    The index is asked for one first word after the other, each time for what follows all names with the word before:
    the names between, thousands of Sarahs, are not passed.
    """
    table, key = searched.table, searched.names[0]
    following = select(func.split_part(key, _SPACE, _number(1)).label("name")).where(_live(table))
    following = following.order_by(key).limit(_number(1))
    word = following.where(_begins(key, "first")).cte("first_name", recursive=True)
    later = following.where(key > word.c.name + _BEHIND_SPACE, key < _parameter("first") + _LAST)
    word = word.union_all(select(later.scalar_subquery()).where(word.c.name.is_not(None)))
    some = select(word.c.name).where(word.c.name.is_not(None)).limit(_number(_FIRST_NAMES)).subquery()
    begin = some.c.name + _SPACE + _parameter("second")
    named = select(table.c.id).where(_live(table), key >= begin, key < begin + _LAST).order_by(key).limit(limit)
    found = named.lateral()
    return select(found.c.id).select_from(some).join(found, true()).limit(limit)


def _sample(searched: Searched[Any], scope: Scope) -> CTE:
    """The newest records, of all or of each owner and team the caller sees; of all, a few from every letter as well."""
    table = searched.table
    live = select(*_ranked(searched)).where(_live(table))
    newest = (table.c.created_at.desc(), table.c.id.desc())
    if scope is Scope.ALL:
        letter = func.unnest(bindparam("letters", _LETTERS, type_=ARRAY(Text))).table_valued("key", name="letter")
        letter = letter.render_derived()
        of_letter = live.where(table.c.name_key >= letter.c.key, table.c.name_key < letter.c.key + _LAST)
        spread = of_letter.order_by(table.c.name_key, table.c.id).limit(_number(_OF_LETTER)).lateral()
        latest = live.order_by(table.c.updated_at.desc(), table.c.id.desc()).limit(_number(_NEWEST)).subquery()
        rows = select(*spread.c).select_from(letter).join(spread, true())
        return union_all(select(*latest.c), rows).cte("sample")
    own = live.where(reach.own(table)).order_by(*newest)
    if scope is Scope.OWN:
        return own.limit(_number(_NEWEST)).cte("sample")
    team = reach.teams()
    of_team = live.where(table.c.team_id == team.c.id).order_by(*newest).limit(_number(_NEWEST_OF_TEAM)).lateral()
    of_teams = select(*of_team.c).select_from(team).join(of_team, true())
    mine = own.limit(_number(_NEWEST_OF_TEAM)).subquery()
    return union_all(of_teams, select(*mine.c)).cte("sample")


def _live(table: Table) -> ColumnElement[bool]:
    return table.c.deleted_at.is_(None)
