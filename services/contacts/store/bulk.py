"""Contacts and companies by the hundred: found by filter, locked, and written with everything that follows.

Functions take the connection first and never commit. However many records, the number of statements is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Delete,
    Insert,
    Table,
    TableValuedAlias,
    Text,
    TextClause,
    Uuid,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.access import Principal, Scope
from crmkit.db import dumps
from crmkit.filters import compile_filter
from services.contacts.domain.company import Company
from services.contacts.domain.contact import Contact
from services.contacts.store import companies, contacts, duplicates, reach, staging
from services.contacts.store.lists import Listing
from services.contacts.store.tables import company, contact, contact_company, contact_email, contact_phone

ContactChanges = Sequence[tuple[Contact, Contact]]
CompanyChanges = Sequence[tuple[Company, Company]]


async def matching(
    db: AsyncConnection,
    listing: Listing[Any],
    filter: str,
    *,
    binned: bool,
    scope: Scope,
    principal: Principal,
    most: int,
) -> list[UUID]:
    """The records, in the bin or out of it, that pass the filter and are in scope: at most `most` + 1 of them, by id.

    Raises InvalidArgument for a wrong filter.
    """
    table = listing.table
    deleted_at = table.c.deleted_at
    found = select(table.c.id).where(
        deleted_at.is_not(None) if binned else deleted_at.is_(None), reach.reach(table, scope)
    )
    condition = compile_filter(filter, listing.schema)
    if condition is not None:
        found = found.where(condition)
    # Sorted here: asked for in order, the database might walk all records in the order of their ids.
    rows = await db.execute(found.limit(most + 1), reach.parameters(principal))
    return sorted(rows.scalars())


_IDS = bindparam("ids", type_=ARRAY(Uuid))
_LOCKS: Final = {
    table.name: select(table.c.id).where(table.c.id == func.any(_IDS)).order_by(table.c.id).with_for_update()
    for table in (contact, company)
}


async def lock_contacts(db: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Contacts, in the bin or not, which nobody else can change until the transaction ends."""
    await _lock(db, contact, ids)
    return await contacts.batch(db, ids)


async def lock_companies(db: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Company]:
    """Companies, in the bin or not, which nobody else can change until the transaction ends."""
    await _lock(db, company, ids)
    return await companies.batch(db, ids)


async def _lock(db: AsyncConnection, table: Table, ids: Sequence[UUID]) -> None:
    await staging.look_up_by_index(db)
    await db.execute(_LOCKS[table.name], {"ids": list(ids)})


_TEXTS, _UUIDS = ARRAY(Text), ARRAY(Uuid)


def _put(table: Table) -> TextClause:
    """All columns of rows that are given as a JSON array, but for those that never change."""
    names = [column.name for column in table.c if column.name not in ("id", "created_at", "created_by")]
    taken = ", ".join(f"{name} = given.{name}" for name in names)
    return text(
        f"UPDATE {table.name} SET {taken} "  # noqa: S608 - names of our own columns
        f"FROM jsonb_populate_recordset(CAST(NULL AS {table.name}), CAST(:rows AS jsonb)) AS given "
        f"WHERE {table.name}.id = given.id"
    )


_PUT_CONTACTS, _PUT_COMPANIES = _put(contact), _put(company)


def _given(key: str) -> TableValuedAlias:
    """(address or number, contact) pairs."""
    pairs = func.unnest(bindparam("keys", type_=_TEXTS), bindparam("contact_ids", type_=_UUIDS))
    return pairs.table_valued(key, "contact_id").render_derived(name="given")


def _gone(table: Table, key: str) -> Delete:
    given = _given(key)
    return delete(table).where(tuple_(table.c[key], table.c.contact_id).in_(select(given.c[key], given.c.contact_id)))


def _come(table: Table, key: str) -> Insert:
    given = _given(key)
    return insert(table).from_select([key, "contact_id"], select(given.c[key], given.c.contact_id))


# What takes keys away and what brings them, in the order of Contact.identities.
_KEYS: Final = (
    (_gone(contact_email, "normalized"), _come(contact_email, "normalized")),
    (_gone(contact_phone, "e164"), _come(contact_phone, "e164")),
)
_DROP_ROLES = delete(contact_company).where(contact_company.c.contact_id == func.any(_IDS))
_ADD_ROLES = text(
    """
    INSERT INTO contact_company (contact_id, company_id, position, role, is_primary)
    SELECT contact_id, company_id, position, role, is_primary
    FROM jsonb_populate_recordset(CAST(NULL AS contact_company), CAST(:rows AS jsonb))
    """
)


async def put_contacts(db: AsyncConnection, changes: ContactChanges) -> None:
    """Writes contacts (before, after) whose rows the transaction has locked, and the keys they are found by.

    Those that belong to other companies than before get these companies' present names.
    """
    moved = [(before, after) for before, after in changes if before.identities != after.identities]
    emails, phones = ({key for _, after in moved for key in after.identities[kind]} for kind in (0, 1))
    await duplicates.lock(db, sorted(emails), sorted(phones))
    regrouped = [after for before, after in changes if before.companies != after.companies]
    await _name_companies(db, regrouped)
    await db.execute(_PUT_CONTACTS, {"rows": dumps([contacts.row_values(after) for _, after in changes])})
    if moved:
        await _move_keys(db, moved)
    if regrouped:
        await db.execute(_DROP_ROLES, {"ids": [after.id for after in regrouped]})
        await db.execute(_ADD_ROLES, {"rows": dumps([role for after in regrouped for role in _roles(after)])})


def _roles(record: Contact) -> Iterator[dict[str, Any]]:
    for place, role in enumerate(record.companies):
        yield {
            "contact_id": record.id,
            "company_id": role["company_id"],
            "position": place,
            "role": role["role"],
            "is_primary": role["primary"],
        }


async def _name_companies(db: AsyncConnection, regrouped: Sequence[Contact]) -> None:
    """Takes over the names of companies, which keep them until the transaction ends; in the bin they do so anyway."""
    ids = sorted({company_id for after in regrouped for company_id in after.company_ids})
    if ids:
        names = {row.id: row.name for row in await companies.named(db, ids, held=True)}
        if len(names) < len(ids):
            names = {key: record.name for key, record in (await companies.batch(db, ids)).items()}
        for role in (role for after in regrouped for role in after.companies):
            role["company_name"] = names[UUID(role["company_id"])]


async def _move_keys(db: AsyncConnection, moved: ContactChanges) -> None:
    turned = [(after, before) for before, after in moved]
    for kind, (gone, come) in enumerate(_KEYS):
        for statement, pairs in ((gone, _difference(moved, kind)), (come, _difference(turned, kind))):
            if pairs:
                keys, owners = zip(*pairs, strict=True)
                await db.execute(statement, {"keys": list(keys), "contact_ids": list(owners)})


def _difference(pairs: ContactChanges, kind: int) -> list[tuple[str, UUID]]:
    """The addresses (0) or numbers (1) that the first of each pair has and the second has not."""
    return [(key, one.id) for one, other in pairs for key in set(one.identities[kind]) - set(other.identities[kind])]


async def put_companies(db: AsyncConnection, changes: CompanyChanges) -> None:
    """Writes companies (before, after) whose rows the transaction has locked."""
    # Names of columns are of a class of their own that has no JSON form.
    rows = [{str(name): value for name, value in companies.row_values(after).items()} for _, after in changes]
    for row in rows:
        if row["revenue_amount"] is not None:
            row["revenue_amount"] = str(row["revenue_amount"])  # JSON numbers are not exact
    await db.execute(_PUT_COMPANIES, {"rows": dumps(rows)})
