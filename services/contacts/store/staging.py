"""Whole chunks of contacts at once: what an import matches, and how it writes. Functions never commit.

New rows are copied straight into their tables (COPY is the fastest way in); changed ones are copied into a
temporary table and taken from there by one UPDATE.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    TableValuedAlias,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, REGCLASS
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.copying import Copied
from services.contacts.domain.company import Company
from services.contacts.domain.contact import Contact
from services.contacts.store import companies, contacts
from services.contacts.store.duplicates import EVERY_KEY
from services.contacts.store.import_tables import import_rejected_row
from services.contacts.store.tables import company, contact, contact_company, contact_email, contact_phone

# Inverted indexes of what an import writes.
_GIN_INDEXES: Final = ("ix_contact_search", "ix_contact_facets", "ix_company_search", "ix_company_facets")
_MERGING: Final = int.from_bytes(b"import", "big")
_TEXTS = ARRAY(Text)


def _given(name: str) -> TableValuedAlias:
    return func.unnest(bindparam(name, type_=_TEXTS)).table_valued("key").render_derived(name=f"given_{name}")


def _matching() -> Select[tuple[UUID]]:
    email, phone = _given("emails"), _given("phones")
    of_email = select(contact_email.c.contact_id).join_from(
        email, contact_email, contact_email.c.normalized == email.c.key
    )
    of_phone = select(contact_phone.c.contact_id).join_from(phone, contact_phone, contact_phone.c.e164 == phone.c.key)
    found = of_email.union(of_phone).subquery()
    matched = select(contact.c.id).join_from(found, contact, contact.c.id == found.c.contact_id)
    return matched.where(contact.c.deleted_at.is_(None)).order_by(contact.c.id)


_MATCHING = _matching()


_BY_INDEX = (
    # An array of ten thousand keys looks to the planner like a reason to read whole tables: from a million contacts
    # on that would make each chunk dearer than the one before.
    text("SET LOCAL enable_seqscan = off"),
    text("SET LOCAL plan_cache_mode = force_generic_plan"),
)


async def look_up_by_index(db: AsyncConnection) -> None:
    """Until the transaction ends, what is looked up costs what it costs by index, whatever the size of the tables."""
    for setting in _BY_INDEX:
        await db.execute(setting)


_LONG_LIST = text("SET LOCAL gin_pending_list_limit = '128MB'")
_MERGE_LIST = select(func.gin_clean_pending_list(cast(bindparam("index", type_=Text), REGCLASS)))


async def defer_search_index(db: AsyncConnection) -> None:
    """What the transaction writes waits for `merge_search_index`: one merge of a whole chunk costs a third less."""
    await db.execute(_LONG_LIST)


async def merge_search_index(db: AsyncConnection) -> None:
    """Brings what waits into the search indexes; searches read all that waits, row by row."""
    for name in _GIN_INDEXES:
        await db.execute(_MERGE_LIST, {"index": name})


async def take_turn(db: AsyncConnection) -> None:
    """Waits until no other import is writing; the next one waits for this transaction."""
    await db.execute(select(func.pg_advisory_xact_lock(literal_column(str(_MERGING)))))


async def matching(db: AsyncConnection, emails: Collection[str], phones: Collection[str]) -> list[Contact]:
    """Contacts, not in the bin, with one of the addresses or numbers."""
    rows = await db.execute(_MATCHING, {"emails": list(emails), "phones": list(phones)})
    ids = [row.id for row in rows]
    return list((await contacts.batch(db, ids)).values()) if ids else []


_IDS = bindparam("ids", type_=ARRAY(contact.c.id.type))
_LOCK_VERSIONS = (
    select(contact.c.id, contact.c.version)
    .where(contact.c.id == func.any(_IDS), contact.c.deleted_at.is_(None))
    .order_by(contact.c.id)
    .with_for_update()
)


async def lock_versions(db: AsyncConnection, versions: Mapping[UUID, int]) -> bool:
    """Keeps others from changing contacts until the transaction ends. False when one has not this version any more."""
    if not versions:
        return True
    rows = await db.execute(_LOCK_VERSIONS, {"ids": list(versions)})
    return {row.id: row.version for row in rows} == dict(versions)


async def hold_names(db: AsyncConnection, names: Mapping[UUID, str]) -> bool:
    """Keeps others from renaming companies until the transaction ends. False when one has another name by now.

    Companies in the bin, and those that are not written yet, keep nobody waiting.
    """
    found = await companies.named(db, list(names), held=True) if names else []
    return all(names[row.id] == row.name for row in found)


async def companies_by_key(
    db: AsyncConnection, keys: Collection[str], visible: ColumnElement[bool]
) -> dict[str, tuple[UUID, str]]:
    """Id and name of the oldest company, not in the bin and visible, by `name_key`."""
    key = _given("keys")
    found = (
        select(company.c.name_key, company.c.id, company.c.name)
        .join_from(key, company, company.c.name_key == key.c.key)
        .where(company.c.deleted_at.is_(None), visible)
        .order_by(company.c.id.desc())
    )
    return {row.name_key: (row.id, row.name) for row in await db.execute(found, {"keys": list(keys)})}


_SNAPSHOT = text("SELECT pg_current_snapshot()::text")
# Addresses, numbers and names written by transactions that the snapshot does not see, those of an operation apart.
_WRITTEN_SINCE = text(
    """
    WITH other AS (
        SELECT DISTINCT aggregate_id, aggregate_type FROM event
        WHERE xid >= pg_snapshot_xmin(CAST(CAST(:snapshot AS text) AS pg_snapshot))
          AND NOT pg_visible_in_snapshot(xid, CAST(CAST(:snapshot AS text) AS pg_snapshot))
          AND operation_id IS DISTINCT FROM :operation_id
    )
    SELECT normalized FROM contact_email JOIN other ON contact_id = aggregate_id
    UNION ALL
    SELECT e164 FROM contact_phone JOIN other ON contact_id = aggregate_id
    UNION ALL
    SELECT name_key FROM company JOIN other ON company.id = aggregate_id
    """
)
_STOP_OTHERS = select(func.pg_advisory_xact_lock(literal_column(str(EVERY_KEY))))


async def snapshot(db: AsyncConnection) -> str:
    """What is visible now, for `written_since`."""
    return str((await db.execute(_SNAPSHOT)).scalar_one())


async def written_since(db: AsyncConnection, seen: str, operation_id: UUID) -> set[str]:
    """All addresses and numbers of contacts, and `name_key` of companies, that others wrote since a snapshot.

    Others are all but the operation. Those who are about to write wait from here to the end of the transaction,
    which should be near.
    """
    await db.execute(_STOP_OTHERS)
    rows = await db.execute(_WRITTEN_SINCE, {"snapshot": seen, "operation_id": operation_id})
    return set(rows.scalars())


_CONTACTS: Final = Copied(contact)
# Of a new company an import knows the name: revenue stays NULL.
_COMPANIES: Final = Copied(company, [column.name for column in company.c if not column.name.startswith("revenue_")])
_EMAILS: Final = Copied(contact_email)
_PHONES: Final = Copied(contact_phone)
_ROLES: Final = Copied(contact_company)
_REJECTED: Final = Copied(import_rejected_row, ("import_id", "record", "field", "reason", "message", "cells"))

Rows = list[bytes]
_by_key = itemgetter(0)


def _in_order_of(key: str, made: Iterable[dict[str, Any]], copied: Copied) -> Rows:
    """Rows in the order of a key: neighbours meet the same pages of the indexes."""
    keys: list[str] = []

    def noted() -> Iterator[dict[str, Any]]:
        for row in made:
            keys.append(row[key])
            yield row

    rows = copied.named(noted())
    return [row for _, row in sorted(zip(keys, rows, strict=True), key=_by_key)]


def contact_rows(records: Iterable[Contact]) -> Rows:
    """Rows of `contact`."""
    return _in_order_of("name_key", map(contacts.row_values, records), _CONTACTS)


def company_rows(records: Iterable[Company]) -> Rows:
    """Rows of `company`."""
    return _in_order_of("name_key", map(companies.row_values, records), _COMPANIES)


def email_rows(pairs: Iterable[tuple[str, UUID]]) -> Rows:
    """Rows of `contact_email`: addresses and whose they are."""
    return _EMAILS.rows(sorted(pairs, key=_by_key))


def phone_rows(pairs: Iterable[tuple[str, UUID]]) -> Rows:
    """Rows of `contact_phone`: numbers and whose they are."""
    return _PHONES.rows(sorted(pairs, key=_by_key))


def role_rows(roles: Iterable[tuple[UUID, UUID, int, str, bool]]) -> Rows:
    """Rows of `contact_company`: contact, company, position, role, whether primary."""
    return _ROLES.rows(roles)


async def add_companies(db: AsyncConnection, rows: Rows) -> None:
    """Writes new companies."""
    await _COMPANIES.copy(db, rows)


async def add_contacts(db: AsyncConnection, rows: Rows) -> None:
    """Writes new contacts; their keys follow by `add_keys` and `add_roles`."""
    await _CONTACTS.copy(db, rows)


async def add_keys(db: AsyncConnection, emails: Rows, phones: Rows) -> None:
    """Writes addresses and numbers that are not there yet."""
    await _EMAILS.copy(db, emails)
    await _PHONES.copy(db, phones)


async def add_roles(db: AsyncConnection, roles: Rows) -> None:
    """Writes roles of contacts that have none."""
    await _ROLES.copy(db, roles)


async def add_rejected(db: AsyncConnection, rejected: Iterable[tuple[UUID, int, str, str, str, list[str]]]) -> None:
    """Writes refused rows: import, record, field, reason, message, cells."""
    await _REJECTED.copy(db, _REJECTED.rows(rejected))


_STAGED: Final = "staged_contact"
_STAGE = text(f"CREATE TEMPORARY TABLE {_STAGED} (LIKE contact) ON COMMIT DROP")
_KEPT = ("id", "created_at", "created_by", "deleted_at")
_STAGED_CONTACTS: Final = Copied(contact, into=_STAGED)
_TAKE = text(
    "UPDATE contact SET "  # noqa: S608 - names of our own columns
    + ", ".join(f"{name} = staged.{name}" for name in _CONTACTS.columns if name not in _KEPT)
    + f" FROM {_STAGED} AS staged WHERE contact.id = staged.id"
)
_DROP_ROLES = delete(contact_company).where(contact_company.c.contact_id == func.any(_IDS))


async def change_contacts(db: AsyncConnection, rows: Rows) -> None:
    """Writes the next versions of contacts whose rows the transaction has locked."""
    await db.execute(_STAGE)
    await _STAGED_CONTACTS.copy(db, rows)
    await db.execute(_TAKE)


async def drop_roles(db: AsyncConnection, contact_ids: Sequence[UUID]) -> None:
    """Removes the company roles of contacts, to be written anew."""
    await db.execute(_DROP_ROLES, {"ids": list(contact_ids)})
