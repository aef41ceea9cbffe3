"""Searches whose work is bounded however common the words are.

Three looks, each taken only when those before have not filled the page:

1. names, addresses and numbers that begin with the query: short ranges of B-trees (callers who see everything);
2. a sample: the newest records and some of every letter, about a thousand, or the newest of those the caller sees:
   what is in every twentieth of them is common, and enough are found here; who sees fewer records needs no more;
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
    CompoundSelect,
    Integer,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    case,
    func,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.access import Principal, Scope
from crmkit.filters.values import like_pattern
from crmkit.paging import AnySelect
from services.contacts.domain.company import Company
from services.contacts.domain.contact import Contact
from services.contacts.domain.names import sort_key
from services.contacts.domain.search import Query
from services.contacts.store import companies, contacts, reach
from services.contacts.store.tables import company, contact, contact_email, contact_phone

RecordT = TypeVar("RecordT")
_NEWEST: Final = 500
_NEWEST_OF_TEAM: Final = 200
_OF_LETTER: Final = 20
# Where the sample begins in the order of names: the letters of the scripts names are written in.
_LETTERS: Final = sorted(
    map(sort_key, "0abcdefghijklmnopqrstuvwxyzابپتثجچحخدذرزسشصضطظعغفقکگلمنوهیабвгдезиклмнопрстуфхא一가あ")
)
# Candidates of one look: enough to rank, few enough to fetch.
_CANDIDATES: Final = 200
# Greater than any text that begins with what stands before it.
_LAST: Final = "\U0010ffff"


@dataclass(frozen=True, eq=False)
class Searched(Generic[RecordT]):
    """What is searched: a table, its columns of names, and key tables with the parameter that names their prefix."""

    table: Table
    columns: Sequence[ColumnElement[Any]]
    names: Sequence[ColumnElement[str]]
    keys: Sequence[tuple[ColumnElement[str], ColumnElement[UUID], str]]
    from_row: Callable[[Row[*tuple[Any, ...]]], RecordT]


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
    db: AsyncConnection,
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
    rows = await db.execute(_statement(searched, len(query.terms), scope), parameters)
    return [searched.from_row(row) for row in rows]


def _parameter(name: str) -> ColumnElement[str]:
    return bindparam(name, type_=Text())


def _unseen(name: str) -> ColumnElement[str]:
    """A parameter whose value the planner does not look at: one plan for every search, over the index."""
    return select(_parameter(name)).scalar_subquery()


def _begins(column: ColumnElement[str], parameter: str) -> ColumnElement[bool]:
    return and_(column >= _parameter(parameter), column < _parameter(parameter) + _LAST)


@cache
def _statement(searched: Searched[Any], terms: int, scope: Scope) -> AnySelect:
    """The whole search as one statement; it differs by number of terms and scope only."""
    table = searched.table
    numbers = range(terms)
    first = _beginning(searched).cte("first_look") if scope is Scope.ALL else None
    sample = _sample(table, scope)
    found = and_(*(sample.c.search_text.like(_parameter(f"holds_{number}")) for number in numbers))
    second = select(sample.c.id).where(found, _wanting(first)).limit(_CANDIDATES).cte("second_look")
    holds = and_(*(table.c.search_text.like(_unseen(f"holds_{number}")) for number in numbers))
    more = _count(sample) >= (_NEWEST if scope is not Scope.TEAM else _NEWEST_OF_TEAM)
    third = (
        select(table.c.id)
        .where(_live(table), reach.reach(table, scope), holds, _wanting(first), _wanting(second), more)
        .limit(_CANDIDATES)
        .cte("third_look")
    )
    looks = [select(look.c.id) for look in (first, second, third) if look is not None]
    name = searched.names[0]
    begins = [(_begins(column, "name"), rank) for rank, column in enumerate(searched.names, 1)]
    words = and_(*(table.c.search_text.like(_parameter(f"begins_{number}")) for number in numbers))
    rank = case((name == _parameter("name"), 0), *begins, (words, len(begins) + 1), else_=len(begins) + 2)
    return (
        select(*searched.columns).where(table.c.id.in_(union(*looks))).order_by(rank, name, table.c.id).limit(_size())
    )


def _size() -> BindParameter[int]:
    return bindparam("size", type_=Integer())


def _count(look: CTE) -> ColumnElement[int]:
    return select(func.count()).select_from(look).scalar_subquery()


def _wanting(look: CTE | None) -> ColumnElement[bool]:
    """Whether a look has not filled the page."""
    return true() if look is None else _count(look) < _size()


def _beginning(searched: Searched[Any]) -> CompoundSelect[Any]:
    """Records whose name, address or number begins with the query, a page of each kind."""
    table = searched.table
    ranges: list[AnySelect] = [
        select(table.c.id).where(_live(table), _begins(column, "name")).order_by(column, table.c.id).limit(_size())
        for column in searched.names
    ]
    for column, reference, parameter in searched.keys:
        keys = (
            select(reference.label("id")).where(_begins(column, parameter)).order_by(column).limit(_size()).subquery()
        )
        ranges.append(select(table.c.id).join(keys, keys.c.id == table.c.id).where(_live(table)))
    return union(*(select(part.subquery().c.id) for part in ranges))


def _sample(table: Table, scope: Scope) -> CTE:
    """The newest records, of all or of each owner and team the caller sees; of all, a few from every letter as well."""
    live = select(table.c.id, table.c.search_text).where(_live(table))
    newest = (table.c.created_at.desc(), table.c.id.desc())
    if scope is Scope.ALL:
        letter = func.unnest(bindparam("letters", _LETTERS, type_=ARRAY(Text))).table_valued("key", name="letter")
        letter = letter.render_derived()
        of_letter = live.where(table.c.name_key >= letter.c.key, table.c.name_key < letter.c.key + _LAST)
        spread = of_letter.order_by(table.c.name_key, table.c.id).limit(_OF_LETTER).lateral()
        latest = live.order_by(table.c.updated_at.desc(), table.c.id.desc()).limit(_NEWEST).subquery()
        rows = select(spread.c.id, spread.c.search_text).select_from(letter).join(spread, true())
        return union_all(select(latest.c.id, latest.c.search_text), rows).cte("sample")
    own = live.where(reach.own(table)).order_by(*newest)
    if scope is Scope.OWN:
        return own.limit(_NEWEST).cte("sample")
    team = reach.teams()
    of_team = live.where(table.c.team_id == team.c.id).order_by(*newest).limit(_NEWEST_OF_TEAM).lateral()
    of_teams = select(of_team.c.id, of_team.c.search_text).select_from(team).join(of_team, true())
    mine = own.limit(_NEWEST_OF_TEAM).subquery()
    return union_all(of_teams, select(mine.c.id, mine.c.search_text)).cte("sample")


def _live(table: Table) -> ColumnElement[bool]:
    return table.c.deleted_at.is_(None)
