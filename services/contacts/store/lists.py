"""Lists that cost the same on every page, whatever the caller may see.

A caller with scope "team" sees what is hers or her teams'. Asked as one OR, the database would walk the whole
order to find the few rows that pass; so every owner, team and the bin is a branch of its own, answered by its
index and no longer than the page, and the page is taken from their union.

Owners and teams have an index in the order of creation. In any other order a small one (at most SMALL records)
is read whole and sorted, while of a large one enough turn up in the order of the list. Which it is, is counted,
not estimated: a statement that is prepared once is planned for nobody in particular.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    bindparam,
    func,
    literal_column,
    select,
    true,
    union_all,
)

from crmkit.access import Principal, Scope
from crmkit.db import Row
from crmkit.filters import FilterSchema, compile_filter
from crmkit.paging import AnySelect, OrderColumn, Page, Pager, capped, capped_count, parse_order
from crmkit.queries import Database, Query
from services.contacts.domain.company import Company
from services.contacts.domain.contact import Contact
from services.contacts.store import companies, contacts, filters, reach
from services.contacts.store.tables import company, contact

RecordT = TypeVar("RecordT")
EXPORT_BATCH: Final = 500
SMALL: Final = 5_000
LIVING: Final = False
BINNED: Final = True


@dataclass(frozen=True, eq=False)
class Listing(Generic[RecordT]):
    """One kind of list: what it reads, how it may be narrowed and ordered."""

    name: str
    table: Table
    columns: Sequence[ColumnElement[Any]]
    schema: FilterSchema
    orders: Mapping[str, ColumnElement[Any]]
    from_row: Callable[[Row], RecordT]


CONTACTS: Final[Listing[Contact]] = Listing(
    "contacts", contact, contacts.COLUMNS, filters.CONTACTS, filters.CONTACT_ORDERS, contacts.from_row
)
COMPANIES: Final[Listing[Company]] = Listing(
    "companies", company, companies.COLUMNS, filters.COMPANIES, filters.COMPANY_ORDERS, companies.from_row
)


class ListRequest(Protocol):
    """What the requests of lists have in common."""

    page_size: int
    page_token: str
    filter: str
    order_by: str
    show_deleted: bool
    only_deleted: bool
    count: bool


@dataclass(frozen=True)
class Listed(Generic[RecordT]):
    """A page; `total` is None unless it was asked for, `capped` when there are more than it says."""

    records: list[RecordT]
    next_page_token: str
    total: int | None
    capped: bool


async def read_page(
    db: Database,
    listing: Listing[RecordT],
    pager: Pager,
    request: ListRequest,
    *,
    scope: Scope,
    principal: Principal,
) -> Listed[RecordT]:
    """The page a request asks for. Raises InvalidArgument for a wrong filter, order, size or token."""
    order = parse_order(request.order_by, listing.orders, filters.DEFAULT_ORDER, listing.table.c.id)
    page = pager.page(
        f"{listing.name} in the bin" if request.only_deleted else listing.name,
        order,
        request.page_size,
        request.page_token,
        filter=request.filter,
        show_deleted=request.show_deleted,
    )
    asked = _Asked(listing, request.filter, scope, _rooms(request))
    seen = reach.parameters(principal)
    query = _page_query(asked, pager, order.text, page.size, page.after is not None)
    rows, next_page_token = page.cut(await query.rows(db, seen | page.parameters))
    records = [listing.from_row(row) for row in rows]
    if not request.count:
        return Listed(records, next_page_token, None, False)
    counted = await _count_query(asked).rows(db, seen)
    return Listed(records, next_page_token, *capped(counted[0][0]))


async def read_all(
    db: Database, listing: Listing[RecordT], filter: str, *, scope: Scope, principal: Principal
) -> AsyncIterator[list[RecordT]]:
    """Everything that passes the filter, the bin excepted, in order of id, in batches of at most 500."""
    table = listing.table
    asked = _Asked(listing, filter, scope, (LIVING,))
    statement = asked.marked(select(*listing.columns)).where(*asked.conditions(), table.c.id > bindparam("after"))
    query = Query(statement.order_by(table.c.id).limit(EXPORT_BATCH))
    seen = reach.parameters(principal)
    last = UUID(int=0)
    while rows := await query.rows(db, seen | {"after": last}):
        yield [listing.from_row(row) for row in rows]
        if len(rows) < EXPORT_BATCH:
            return
        last = rows[-1].id


def _rooms(request: ListRequest) -> tuple[bool, ...]:
    if request.only_deleted:
        return (BINNED,)
    return (LIVING, BINNED) if request.show_deleted else (LIVING,)


@dataclass(frozen=True)
class _Asked:
    """What makes two lists the same but for the caller and the page."""

    listing: Listing[Any]
    filter: str
    scope: Scope
    rooms: tuple[bool, ...]
    """Whether of the bin, for each part that is read."""

    def narrowing(self) -> list[ColumnElement[bool]]:
        """The filter."""
        condition = compile_filter(self.filter, self.listing.schema)
        return [] if condition is None else [condition]

    def conditions(self) -> list[ColumnElement[bool]]:
        """All of it, as one condition after the other."""
        rooms = [_in_room(self.listing.table, room) for room in self.rooms if len(self.rooms) == 1]
        return [*rooms, reach.reach(self.listing.table, self.scope), *self.narrowing()]

    def marked(self, statement: AnySelect) -> AnySelect:
        """The statement with a mark of the filter in its text.

        PostgreSQL may settle on one plan for a statement prepared and run often, whatever its parameters; with the
        mark every filter is a statement of its own, and a rare value is not searched for as if it were a common one.
        """
        if not self.filter:
            return statement
        mark = hashlib.blake2b(self.filter.encode(), digest_size=8).hexdigest()
        return statement.prefix_with(f"/* {mark} */")


@lru_cache(maxsize=500)
def _page_query(asked: _Asked, pager: Pager, order_text: str, size: int, continued: bool) -> Query:
    """The select of a page, with one row more than the page holds.

    Kept, because to build it costs more than to run it; what differs from call to call are parameters.
    """
    listing = asked.listing
    table = listing.table
    order = parse_order(order_text, listing.orders, order_text, table.c.id)
    page = Page(pager, order, size, (None,) * len(order.columns) if continued else None, b"")
    keys = [key.column for key in order.columns]
    columns = [*listing.columns, *(key for key in keys if not any(key is column for column in listing.columns))]
    direct = asked.scope is Scope.ALL or (asked.scope is Scope.OWN and order.columns[0].column is table.c.created_at)
    if direct and len(asked.rooms) == 1:
        return Query(page.apply(asked.marked(select(*columns)).where(*asked.conditions())))
    branches = [branch for binned in asked.rooms for branch in _branches(asked, page, binned)]
    return Query(page.apply(asked.marked(select(*columns)).where(table.c.id.in_(union_all(*branches)))))


def _branches(asked: _Asked, page: Page, binned: bool) -> Iterator[Select[Any]]:
    """Ids of the first rows of everything the scope is made of, among the living or in the bin."""
    if asked.scope is Scope.ALL:
        yield _ids(page.apply(_keys(asked, page).where(_in_room(asked.listing.table, binned))).subquery())
        return
    for part in _parts(asked, page, binned, reach.own):
        yield _ids(part.subquery())
    if asked.scope is Scope.TEAM:
        team = reach.teams()
        for part in _parts(asked, page, binned, lambda table: table.c.team_id == team.c.id):
            rows = part.lateral()
            yield _ids(rows).select_from(team).join(rows, true())


def _parts(
    asked: _Asked, page: Page, binned: bool, group: Callable[[FromClause], ColumnElement[bool]]
) -> Iterator[AnySelect]:
    """The first rows of one owner or team: one select, or two of which only one runs."""
    table = asked.listing.table
    rows = _keys(asked, page).where(_in_room(table, binned), group(table))
    if page.order.columns[0].column is table.c.created_at:
        yield page.apply(rows)
        return
    counted = table.alias("counted")
    some: AnySelect = select(literal_column("1").label("one")).where(_in_room(counted, binned), group(counted))
    some = some.order_by(counted.c.created_at.desc(), counted.c.id.desc()).limit(SMALL + 1)
    size = select(func.count()).select_from(some.correlate_except(counted).subquery()).scalar_subquery()
    yield page.apply(rows.where(size > SMALL))
    newest = (table.c.created_at.desc(), table.c.id.desc())
    whole = rows.where(size <= SMALL).order_by(*newest).limit(SMALL).subquery()
    keys = tuple(OrderColumn(whole.c[str(key.column.key)], key.descending) for key in page.order.columns)
    yield replace(page, order=replace(page.order, columns=keys)).apply(select(whole))


def _in_room(table: FromClause, binned: bool) -> ColumnElement[bool]:
    deleted_at = table.c.deleted_at
    return deleted_at.is_not(None) if binned else deleted_at.is_(None)


def _keys(asked: _Asked, page: Page) -> AnySelect:
    """The id and the columns of the order, narrowed by the filter."""
    table = asked.listing.table
    columns = [key.column for key in page.order.columns if key.column is not table.c.id]
    return select(table.c.id, *columns).where(*asked.narrowing())


def _ids(rows: FromClause) -> Select[Any]:
    return select(rows.c.id)


@lru_cache(maxsize=500)
def _count_query(asked: _Asked) -> Query:
    return Query(asked.marked(capped_count(select(asked.listing.table.c.id).where(*asked.conditions()))))
