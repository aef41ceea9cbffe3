"""Lists that cost the same on every page, whatever the caller may see.

A caller with scope "team" sees what is hers or her teams'. Asked as one OR, the database would walk the whole
order to find the few rows that pass; so every owner, team and the bin is a branch of its own, each answered by
its index and no longer than the page, and the page is taken from their union.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Row, Select, Table, Uuid, bindparam, func, select, true, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.access import Principal, Scope
from crmkit.access_sql import visible
from crmkit.filters import FilterSchema, compile_filter
from crmkit.paging import AnySelect, Page, Pager, capped, capped_count, parse_order
from services.contacts.domain.company import Company
from services.contacts.domain.contact import Contact
from services.contacts.store import companies, contacts, filters
from services.contacts.store.tables import company, contact

RecordT = TypeVar("RecordT")
EXPORT_BATCH: Final = 500


@dataclass(frozen=True)
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
    table = listing.table
    order = parse_order(request.order_by, listing.orders, filters.DEFAULT_ORDER, table.c.id)
    page = pager.page(
        listing.name,
        order,
        request.page_size,
        request.page_token,
        filter=request.filter,
        show_deleted=request.show_deleted,
    )
    condition = compile_filter(request.filter, listing.schema)
    conditions = () if condition is None else (condition,)
    statement = page_of(
        page,
        table,
        listing.columns,
        conditions,
        scope=scope,
        principal=principal,
        show_deleted=request.show_deleted,
    )
    rows, next_page_token = page.cut((await db.execute(statement)).all())
    records = [listing.from_row(row) for row in rows]
    if not request.count:
        return Listed(records, next_page_token, None, False)
    rooms = () if request.show_deleted else (table.c.deleted_at.is_(None),)
    seen = visible(scope, principal, table.c.owner_id, table.c.team_id)
    counted = (await db.execute(capped_count(select(table.c.id).where(seen, *rooms, *conditions)))).scalar_one()
    return Listed(records, next_page_token, *capped(counted))


async def read_all(
    db: AsyncConnection, listing: Listing[RecordT], filter: str, *, scope: Scope, principal: Principal
) -> AsyncIterator[list[RecordT]]:
    """Everything that passes the filter, the bin excepted, in order of id, in batches of at most 500."""
    table = listing.table
    condition = compile_filter(filter, listing.schema)
    seen = visible(scope, principal, table.c.owner_id, table.c.team_id)
    statement = select(*listing.columns).where(table.c.deleted_at.is_(None), seen, table.c.id > bindparam("after"))
    if condition is not None:
        statement = statement.where(condition)
    statement = statement.order_by(table.c.id).limit(EXPORT_BATCH)
    last = UUID(int=0)
    while rows := (await db.execute(statement, {"after": last})).all():
        yield [listing.from_row(row) for row in rows]
        if len(rows) < EXPORT_BATCH:
            return
        last = rows[-1].id


def page_of(
    page: Page,
    table: Table,
    columns: Sequence[ColumnElement[Any]],
    conditions: Sequence[ColumnElement[bool]],
    *,
    scope: Scope,
    principal: Principal,
    show_deleted: bool,
) -> AnySelect:
    """The select of one page, with one row more than the page holds, for `page.cut`."""
    rooms = [table.c.deleted_at.is_(None), table.c.deleted_at.is_not(None)][: 1 + show_deleted]
    keys = [key.column for key in page.order.columns]
    asked = [*columns, *(key for key in keys if not any(key is column for column in columns))]
    if scope is not Scope.TEAM and not show_deleted:
        return page.apply(select(*asked).where(rooms[0], _own_or_all(table, scope, principal), *conditions))
    narrow = select(table.c.id, *(key for key in keys if key is not table.c.id)).where(*conditions)
    branches: list[Select[Any]] = []
    for room in rooms:
        mine = page.apply(narrow.where(room, _own_or_all(table, scope, principal))).subquery()
        branches.append(select(mine.c.id))
        if scope is Scope.TEAM:
            branches.append(_teams(page, table, narrow.where(room), principal))
    return page.apply(select(*asked).where(table.c.id.in_(union_all(*branches))))


def _own_or_all(table: Table, scope: Scope, principal: Principal) -> ColumnElement[bool]:
    return true() if scope is Scope.ALL else table.c.owner_id == principal.user_id


def _teams(page: Page, table: Table, narrow: AnySelect, principal: Principal) -> Select[Any]:
    """The first rows of each team of the caller."""
    ids = bindparam("teams", list(principal.team_ids), type_=ARRAY(Uuid), unique=True)
    team = func.unnest(ids).table_valued("id", name="team").render_derived()
    rows = page.apply(narrow.where(table.c.team_id == team.c.id)).lateral()
    return select(rows.c.id).select_from(team).join(rows, true())
