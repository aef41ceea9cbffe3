"""Lists that cost the same on every page, whatever the caller may see.

A caller with scope "team" sees what is hers or her teams'. Asked as one OR, the database would walk the whole
order to find the few rows that pass; so every owner, team and the bin is a branch of its own, each answered by
its index and no longer than the page, and the page is taken from their union.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Table, bindparam, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.access import Principal, Scope
from crmkit.filters import FilterSchema, compile_filter
from crmkit.paging import AnySelect, Page, Pager, capped, capped_count, parse_order
from services.contacts.domain.company import Company
from services.contacts.domain.contact import Contact
from services.contacts.store import companies, contacts, filters, reach
from services.contacts.store.tables import company, contact

RecordT = TypeVar("RecordT")
EXPORT_BATCH: Final = 500


@dataclass(frozen=True, eq=False)
class Listing(Generic[RecordT]):
    """One kind of list: what it reads, how it may be narrowed and ordered."""

    name: str
    table: Table
    columns: Sequence[ColumnElement[Any]]
    schema: FilterSchema
    orders: Mapping[str, ColumnElement[Any]]
    from_row: Callable[[Row[*tuple[Any, ...]]], RecordT]


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
    count: bool


@dataclass(frozen=True)
class Listed(Generic[RecordT]):
    """A page; `total` is None unless it was asked for, `capped` when there are more than it says."""

    records: list[RecordT]
    next_page_token: str
    total: int | None
    capped: bool


async def read_page(
    db: AsyncConnection,
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
        listing.name,
        order,
        request.page_size,
        request.page_token,
        filter=request.filter,
        show_deleted=request.show_deleted,
    )
    asked = _Asked(listing, request.filter, scope, request.show_deleted)
    seen = reach.parameters(principal)
    statement = _page_statement(asked, pager, order.text, page.size, page.after is not None)
    rows, next_page_token = page.cut((await db.execute(statement, seen | page.parameters)).all())
    records = [listing.from_row(row) for row in rows]
    if not request.count:
        return Listed(records, next_page_token, None, False)
    counted = (await db.execute(_count_statement(asked), seen)).scalar_one()
    return Listed(records, next_page_token, *capped(counted))


async def read_all(
    db: AsyncConnection, listing: Listing[RecordT], filter: str, *, scope: Scope, principal: Principal
) -> AsyncIterator[list[RecordT]]:
    """Everything that passes the filter, the bin excepted, in order of id, in batches of at most 500."""
    table = listing.table
    asked = _Asked(listing, filter, scope, False)
    statement = select(*listing.columns).where(*asked.conditions(), table.c.id > bindparam("after"))
    statement = statement.order_by(table.c.id).limit(EXPORT_BATCH)
    seen = reach.parameters(principal)
    last = UUID(int=0)
    while rows := (await db.execute(statement, seen | {"after": last})).all():
        yield [listing.from_row(row) for row in rows]
        if len(rows) < EXPORT_BATCH:
            return
        last = rows[-1].id


@dataclass(frozen=True)
class _Asked:
    """What makes two lists the same but for the caller and the page."""

    listing: Listing[Any]
    filter: str
    scope: Scope
    show_deleted: bool

    def rooms(self) -> Sequence[ColumnElement[bool]]:
        """The living, and the bin when it is asked for."""
        deleted_at = self.listing.table.c.deleted_at
        return [deleted_at.is_(None), deleted_at.is_not(None)][: 1 + self.show_deleted]

    def narrowing(self) -> list[ColumnElement[bool]]:
        """The filter."""
        condition = compile_filter(self.filter, self.listing.schema)
        return [] if condition is None else [condition]

    def conditions(self) -> list[ColumnElement[bool]]:
        """All of it, as one condition after the other."""
        rooms = [] if self.show_deleted else self.rooms()
        return [*rooms, reach.reach(self.listing.table, self.scope), *self.narrowing()]


@lru_cache(maxsize=500)
def _page_statement(asked: _Asked, pager: Pager, order_text: str, size: int, continued: bool) -> AnySelect:
    """The select of a page, with one row more than the page holds.

    Kept, because to build it and to find its compiled form costs as much as to run it; what differs from call to
    call are parameters.
    """
    listing = asked.listing
    table = listing.table
    order = parse_order(order_text, listing.orders, order_text, table.c.id)
    page = Page(pager, order, size, (None,) * len(order.columns) if continued else None, b"")
    keys = [key.column for key in order.columns]
    columns = [*listing.columns, *(key for key in keys if not any(key is column for column in listing.columns))]
    if asked.scope is not Scope.TEAM and not asked.show_deleted:
        return page.apply(select(*columns).where(*asked.conditions()))
    narrow = select(table.c.id, *(key for key in keys if key is not table.c.id)).where(*asked.narrowing())
    branches: list[Select[Any]] = []
    for room in asked.rooms():
        whole = asked.scope is Scope.ALL
        mine = page.apply(narrow.where(room, true() if whole else reach.own(table))).subquery()
        branches.append(select(mine.c.id))
        if asked.scope is Scope.TEAM:
            team = reach.teams()
            rows = page.apply(narrow.where(room, table.c.team_id == team.c.id)).lateral()
            branches.append(select(rows.c.id).select_from(team).join(rows, true()))
    return page.apply(select(*columns).where(table.c.id.in_(union_all(*branches))))


@lru_cache(maxsize=500)
def _count_statement(asked: _Asked) -> Select[int]:
    return capped_count(select(asked.listing.table.c.id).where(*asked.conditions()))
