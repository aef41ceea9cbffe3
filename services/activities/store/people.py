"""Who belongs to which company."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Uuid, bindparam, delete, func, or_, select, text, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.paging import AnySelect
from services.activities.store.tables import company_person, subject

# Of one company: looked at, the contacts created last first; and of these, as many as are seen.
LOOKED_AT = 1_000
SHOWN = 200

# In order of the key, so that two batches cannot wait for each other.
_JOIN = text("""
INSERT INTO company_person (company_id, contact_id)
SELECT * FROM unnest(CAST(:company_ids AS uuid[]), CAST(:contact_ids AS uuid[]))
ON CONFLICT DO NOTHING
""")
_LEAVE = text("""
DELETE FROM company_person
USING unnest(CAST(:company_ids AS uuid[]), CAST(:contact_ids AS uuid[])) AS gone (company_id, contact_id)
WHERE company_person.company_id = gone.company_id AND company_person.contact_id = gone.contact_id
""")


def _told_with() -> AnySelect:
    """Arrays, so that it is one statement whatever their length."""
    records, contacts = (func.any(bindparam(name, type_=ARRAY(Uuid))) for name in ("records", "contacts"))
    companies = select(company_person.c.company_id).where(company_person.c.contact_id == contacts)
    wanted = union(select(subject.c.id).where(subject.c.id == records), companies).subquery()
    return select(subject.c.id, subject.c.owner_id, subject.c.team_id).join(wanted, wanted.c[0] == subject.c.id)


_TOLD_WITH = _told_with()


async def keep(db: AsyncConnection, people: Mapping[tuple[UUID, UUID], bool]) -> None:
    """Notes of pairs of company and contact whether the contact belongs to the company."""
    for statement, wanted in ((_JOIN, True), (_LEAVE, False)):
        pairs = sorted(pair for pair, belongs in people.items() if belongs is wanted)
        if pairs:
            companies, contacts = zip(*pairs, strict=True)
            await db.execute(statement, {"company_ids": list(companies), "contact_ids": list(contacts)})


async def erase(db: AsyncConnection, ids: Collection[UUID]) -> None:
    """Forgets companies and contacts that were erased for good."""
    await db.execute(
        delete(company_person).where(or_(company_person.c.company_id.in_(ids), company_person.c.contact_id.in_(ids)))
    )


def of_company(company_id: UUID, seen: ColumnElement[bool]) -> AnySelect:
    """Id and name of the people of a company within `seen`, a condition over `subject`: at most SHOWN of the LOOKED_AT
    who were created last."""
    newest = (
        select(company_person.c.contact_id)
        .where(company_person.c.company_id == company_id)
        .order_by(company_person.c.contact_id.desc())
        .limit(LOOKED_AT)
        .subquery("newest")
    )
    query = select(subject.c.id, subject.c.name).join(newest, newest.c.contact_id == subject.c.id).where(seen)
    return query.order_by(subject.c.id.desc()).limit(SHOWN)


async def fetch(db: AsyncConnection, query: AnySelect) -> dict[UUID, str]:
    """Names by id."""
    return {row.id: row.name for row in await db.execute(query)}


async def told_with(
    db: AsyncConnection, records: Collection[UUID], contacts: Collection[UUID]
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Id, owner_id and team_id of these records and of the companies that these contacts belong to."""
    return (await db.execute(_TOLD_WITH, {"records": list(records), "contacts": list(contacts)})).all()
