"""Rows of companies: read, write, and what their names mean for their contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import JSON, Text, Uuid, bindparam, cast, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.db import Row
from crmkit.money import Amount
from crmkit.queries import Database, Query
from services.contacts.domain.company import MAX_PARENTS, Company
from services.contacts.store.tables import company, contact, contact_company

_DERIVED = frozenset({"name_key", "industry_key", "tag_keys", "search_text"})
# JSON as text, which `from_row` decodes.
COLUMNS: Final = tuple(
    cast(column, Text).label(column.name) if isinstance(column.type, JSON) else column
    for column in company.c
    if column.name not in _DERIVED
)

_IDS = bindparam("ids", type_=ARRAY(Uuid))
_ONE = select(*COLUMNS).where(company.c.id == bindparam("id"))
_GET, _LOCK = Query(_ONE), Query(_ONE.with_for_update())
_BATCH = Query(select(*COLUMNS).where(company.c.id == func.any(_IDS)))
_ROW: Final = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in company.c}
_INSERT = Query(insert(company).values(_ROW))
_UPDATE = Query(
    update(company)
    .where(company.c.id == bindparam("key_id", type_=Uuid))
    .values({name: value for name, value in _ROW.items() if name not in ("id", "created_at", "created_by")})
)


def from_row(row: Row) -> Company:
    """The company in a row of COLUMNS."""
    amount = row.revenue_amount
    return Company(
        id=row.id,
        version=row.version,
        name=row.name,
        legal_name=row.legal_name,
        domains=row.domains,
        industry=row.industry,
        employee_count=row.employee_count,
        annual_revenue=None if amount is None else Amount(amount, row.revenue_currency),
        addresses=orjson.loads(row.addresses),
        parent_id=row.parent_id,
        owner_id=row.owner_id,
        team_id=row.team_id,
        tags=row.tags,
        custom=orjson.loads(row.custom),
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
        updated_by=row.updated_by,
        deleted_at=row.deleted_at,
    )


async def get(db: Database, id: UUID) -> Company | None:
    """One company, in the bin or not."""
    row = await _GET.first(db, {"id": id})
    return None if row is None else from_row(row)


async def lock(db: AsyncConnection, id: UUID) -> Company | None:
    """One company, in the bin or not, which nobody else can change until the transaction ends."""
    row = await _LOCK.first(db, {"id": id})
    return None if row is None else from_row(row)


async def batch(db: Database, ids: Sequence[UUID]) -> dict[UUID, Company]:
    """Several companies, in the bin or not, by id."""
    return {row.id: from_row(row) for row in await _BATCH.rows(db, {"ids": list(ids)})}


async def add(db: AsyncConnection, record: Company) -> None:
    """Writes a new company."""
    await _INSERT.rows(db, _parameters(record))


async def put(db: AsyncConnection, after: Company) -> None:
    """Writes the next version of a company whose row the transaction has locked."""
    await _UPDATE.rows(db, _parameters(after) | {"key_id": after.id})


def row_values(record: Company) -> dict[str, Any]:
    """The row of a company, by column; imports copy the same."""
    revenue = record.annual_revenue
    row = {name: getattr(record, name) for name in _ROW if name in Company.__dataclass_fields__}
    return row | {
        **record.keys(),
        "revenue_amount": revenue.value if revenue else None,
        "revenue_currency": revenue.currency if revenue else None,
    }


def _parameters(record: Company) -> dict[str, Any]:
    return {f"new_{name}": value for name, value in row_values(record).items()}


# All changes of who belongs to whom wait for each other, so that two at once cannot close a circle.
_PARENTS_KEY = int.from_bytes(b"parents", "big")
_LOCK_PARENTS = select(func.pg_advisory_xact_lock(literal_column(str(_PARENTS_KEY))))


def _chain() -> Any:
    first = select(company.c.id, company.c.parent_id, literal_column("1").label("height")).where(
        company.c.id == bindparam("id", type_=Uuid)
    )
    chain = first.cte("chain", recursive=True)
    above = select(company.c.id, company.c.parent_id, chain.c.height + 1).join(chain, company.c.id == chain.c.parent_id)
    chain = chain.union_all(above.where(chain.c.height <= MAX_PARENTS))
    return select(chain.c.id).order_by(chain.c.height)


_CHAIN = _chain()


async def ancestors(db: AsyncConnection, id: UUID) -> list[UUID]:
    """The company and those above it, nearest first, at most MAX_PARENTS + 1; nobody changes them meanwhile."""
    await db.execute(_LOCK_PARENTS)
    return list((await db.execute(_CHAIN, {"id": id})).scalars())


_NAMES = select(company.c.id, company.c.name, company.c.owner_id, company.c.team_id).where(
    company.c.id == func.any(_IDS), company.c.deleted_at.is_(None)
)
_NAMED, _HELD = Query(_NAMES), Query(_NAMES.order_by(company.c.id).with_for_update(read=True))


async def named(db: AsyncConnection, ids: Sequence[UUID], *, held: bool = False) -> list[Row]:
    """id, name, owner_id and team_id of the companies that are not in the bin.

    `held`: they keep their names until the transaction ends, so that who writes them into a contact and who spreads a
    new name over the company's contacts do not miss each other.
    """
    return await (_HELD if held else _NAMED).rows(db, {"ids": list(ids)})


# The second line of a contact's search text is made of the first lines of its companies'.
_member, _name = contact_company.alias("member"), company.alias("of_member")
_COMPANY_WORDS = (
    select(
        func.coalesce(
            func.string_agg(
                func.split_part(_name.c.search_text, "\n", 1),
                aggregate_order_by(literal_column("''"), _member.c.position),
            ),
            "",
        )
    )
    .select_from(_member.join(_name, _name.c.id == _member.c.company_id))
    .where(_member.c.contact_id == contact.c.id)
    .correlate(contact)
    .scalar_subquery()
)
_BELONGING = (
    select(contact_company.c.contact_id)
    .where(contact_company.c.company_id == bindparam("company_id"), contact_company.c.contact_id > bindparam("after"))
    .order_by(contact_company.c.contact_id)
    .limit(bindparam("some"))
)
_HOLD = (
    select(contact.c.id).where(contact.c.id == func.any(_IDS)).order_by(contact.c.id).with_for_update(key_share=True)
)
_RENAME = (
    update(contact)
    .where(contact.c.id == func.any(_IDS))
    .values(search_text=func.split_part(contact.c.search_text, "\n", 1) + "\n" + _COMPANY_WORDS)
)


async def rename_in_contacts(db: AsyncConnection, company_id: UUID, after: UUID, some: int) -> UUID | None:
    """Brings the search text of the company's next `some` contacts (by id, behind `after`) to its present name.

    Returns the id to go on behind, None when those were the last.
    """
    parameters = {"company_id": company_id, "after": after, "some": some}
    ids = list((await db.execute(_BELONGING, parameters)).scalars())
    if ids:
        # A statement of its own: one that has waited for another's change of a contact sees the contact as it is now,
        # and its companies as they were before.
        await db.execute(_HOLD, {"ids": ids})
        await db.execute(_RENAME, {"ids": ids})
    return ids[-1] if len(ids) == some else None
