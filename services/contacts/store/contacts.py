"""Rows of contacts: read, list, write. Functions take the connection first and never commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    SmallInteger,
    Table,
    Text,
    Uuid,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.db import Row
from crmkit.queries import Database, Query
from services.contacts.domain.contact import Contact
from services.contacts.store.tables import company, contact, contact_company, contact_email, contact_phone


def _quoted(name: str) -> ColumnElement[str]:
    return literal_column(f"'{name}'")


_ROLE = func.jsonb_build_object(
    _quoted("company_id"),
    contact_company.c.company_id,
    _quoted("company_name"),
    company.c.name,
    _quoted("role"),
    contact_company.c.role,
    _quoted("primary"),
    contact_company.c.is_primary,
)
_COMPANIES: Final = (
    select(func.coalesce(func.jsonb_agg(aggregate_order_by(_ROLE, contact_company.c.position)), _quoted("[]")))
    .select_from(contact_company.join(company, company.c.id == contact_company.c.company_id))
    .where(contact_company.c.contact_id == contact.c.id)
    .correlate(contact)
    .scalar_subquery()
)
# All JSON of a contact, the names of its companies included, as one text: decoded once, not column by column.
_DOCUMENTS: Final = func.concat(
    _quoted("["),
    contact.c.emails,
    _quoted(","),
    contact.c.phones,
    _quoted(","),
    contact.c.addresses,
    _quoted(","),
    contact.c.consents,
    _quoted(","),
    contact.c.social_profiles,
    _quoted(","),
    contact.c.custom,
    _quoted(","),
    _COMPANIES,
    _quoted("]"),
    type_=Text(),
).label("documents")

# Whatever a contact is made of, in the order in which `from_row` takes it apart: one round trip.
COLUMNS: Final = (
    contact.c.id,
    contact.c.version,
    contact.c.given_name,
    contact.c.family_name,
    contact.c.honorific,
    contact.c.job_title,
    contact.c.owner_id,
    contact.c.team_id,
    contact.c.tags,
    contact.c.language,
    contact.c.time_zone,
    contact.c.birth_year,
    contact.c.birth_month,
    contact.c.birth_day,
    contact.c.source,
    contact.c.lifecycle_stage,
    contact.c.created_at,
    contact.c.updated_at,
    contact.c.created_by,
    contact.c.updated_by,
    contact.c.deleted_at,
    _DOCUMENTS,
)
_WIDTH: Final = len(COLUMNS)

_GET = Query(select(*COLUMNS).where(contact.c.id == bindparam("id")))
_BATCH = Query(select(*COLUMNS).where(contact.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid)))))
_LOCK = Query(select(contact.c.id).where(contact.c.id == bindparam("id")).with_for_update())


def from_row(row: Row) -> Contact:
    """The contact in a row that begins with COLUMNS."""
    (
        id,  # noqa: A001 - the field's word
        version,
        given_name,
        family_name,
        honorific,
        job_title,
        owner_id,
        team_id,
        tags,
        language,
        time_zone,
        birth_year,
        birth_month,
        birth_day,
        source,
        lifecycle_stage,
        created_at,
        updated_at,
        created_by,
        updated_by,
        deleted_at,
        documents,
    ) = row[:_WIDTH]
    emails, phones, addresses, consents, social_profiles, custom, companies = orjson.loads(documents)
    return Contact(
        id=id,
        version=version,
        given_name=given_name,
        family_name=family_name,
        honorific=honorific,
        emails=emails,
        phones=phones,
        addresses=addresses,
        companies=companies,
        job_title=job_title,
        owner_id=owner_id,
        team_id=team_id,
        tags=tags,
        language=language,
        time_zone=time_zone,
        birthday=(birth_year, birth_month, birth_day),
        source=source,
        lifecycle_stage=lifecycle_stage,
        consents=consents,
        social_profiles=social_profiles,
        custom=custom,
        created_at=created_at,
        updated_at=updated_at,
        created_by=created_by,
        updated_by=updated_by,
        deleted_at=deleted_at,
    )


async def get(db: Database, id: UUID) -> Contact | None:
    """One contact, in the bin or not."""
    row = await _GET.first(db, {"id": id})
    return None if row is None else from_row(row)


async def lock(db: AsyncConnection, id: UUID) -> Contact | None:
    """One contact, in the bin or not, which nobody else can change until the transaction ends.

    Read by a second statement: the first may have waited for a change that its own snapshot does not show in
    the tables beside `contact`.
    """
    await _LOCK.rows(db, {"id": id})
    return await get(db, id)


async def batch(db: Database, ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Several contacts, in the bin or not, by id."""
    return {row.id: from_row(row) for row in await _BATCH.rows(db, {"ids": list(ids)})}


def row_values(record: Contact) -> dict[str, Any]:
    """The row of a contact, by column; imports copy the same."""
    year, month, day = record.birthday
    return record.keys() | {
        "id": record.id,
        "version": record.version,
        "given_name": record.given_name,
        "family_name": record.family_name,
        "honorific": record.honorific,
        "emails": record.emails,
        "phones": record.phones,
        "addresses": record.addresses,
        "job_title": record.job_title,
        "owner_id": record.owner_id,
        "team_id": record.team_id,
        "tags": record.tags,
        "language": record.language,
        "time_zone": record.time_zone,
        "birth_year": year,
        "birth_month": month,
        "birth_day": day,
        "source": record.source,
        "lifecycle_stage": record.lifecycle_stage,
        "consents": record.consents,
        "social_profiles": record.social_profiles,
        "custom": record.custom,
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "created_by": record.created_by,
        "updated_by": record.updated_by,
        "deleted_at": record.deleted_at,
    }


def _bound(name: str) -> ColumnElement[Any]:
    return bindparam(f"new_{name}", type_=contact.c[name].type)


_TEXTS, _IDS = ARRAY(Text), ARRAY(Uuid)
_ID = bindparam("key_id", type_=Uuid)
_ROW: Final = {column.name: _bound(column.name) for column in contact.c}
_GIVEN_ROLES = (
    func.unnest(
        bindparam("company_ids", type_=_IDS),
        bindparam("roles", type_=_TEXTS),
        bindparam("primaries", type_=ARRAY(Boolean)),
    )
    .table_valued("company_id", "role", "is_primary", with_ordinality="place", name="given")
    .render_derived()
)

_ADD_EMAILS = (
    insert(contact_email)
    .from_select(["normalized", "contact_id"], select(func.unnest(bindparam("emails", type_=_TEXTS)), _ID))
    .cte("add_emails")
)
_ADD_PHONES = (
    insert(contact_phone)
    .from_select(["e164", "contact_id"], select(func.unnest(bindparam("phones", type_=_TEXTS)), _ID))
    .cte("add_phones")
)
_INSERT_ROLES = insert(contact_company).from_select(
    ["contact_id", "company_id", "position", "role", "is_primary"],
    select(
        _ID,
        _GIVEN_ROLES.c.company_id,
        (_GIVEN_ROLES.c.place - 1).cast(SmallInteger),
        _GIVEN_ROLES.c.role,
        _GIVEN_ROLES.c.is_primary,
    ),
)
_PUT_ROLES = _INSERT_ROLES.on_conflict_do_update(
    index_elements=["contact_id", "company_id"],
    set_={name: _INSERT_ROLES.excluded[name] for name in ("position", "role", "is_primary")},
).cte("put_roles")


def _drop(table: Table, column: str, parameter: str, kind: ARRAY[Any]) -> CTE:
    gone = table.c[column] == func.any(bindparam(parameter, type_=kind))
    return delete(table).where(gone, table.c.contact_id == _ID).cte(parameter)


# A contact and its keys, one statement each.
_INSERT = Query(insert(contact).values(_ROW).add_cte(_ADD_EMAILS, _ADD_PHONES, _INSERT_ROLES.cte("add_roles")))
# A contact that keeps its companies keeps the words of their names: they may just have been renamed.
_SEARCH_TEXT = (
    bindparam("own_words", type_=Text)
    + "\n"
    + func.coalesce(bindparam("company_words", type_=Text), func.split_part(contact.c.search_text, "\n", 2))
)
_KEPT = ("id", "created_at", "created_by", "search_text")
_UPDATE = Query(
    update(contact)
    .where(contact.c.id == _ID)
    .values({name: value for name, value in _ROW.items() if name not in _KEPT} | {"search_text": _SEARCH_TEXT})
    .add_cte(
        _drop(contact_email, "normalized", "gone_emails", _TEXTS),
        _drop(contact_phone, "e164", "gone_phones", _TEXTS),
        _drop(contact_company, "company_id", "gone_companies", _IDS),
        _ADD_EMAILS,
        _ADD_PHONES,
        _PUT_ROLES,
    )
)


async def add(db: AsyncConnection, record: Contact) -> None:
    """Writes a new contact and its keys."""
    emails, phones = record.identities
    await _INSERT.rows(db, _parameters(record) | {"emails": emails, "phones": phones})


async def put(db: AsyncConnection, before: Contact, after: Contact) -> None:
    """Writes the next version of a contact whose row the transaction has locked."""
    old_emails, old_phones = map(set, before.identities)
    new_emails, new_phones = map(set, after.identities)
    parameters = _parameters(after)
    own_words, company_words = parameters.pop("new_search_text").split("\n")
    parameters |= {
        "own_words": own_words,
        "company_words": company_words if before.companies != after.companies else None,
        "emails": list(new_emails - old_emails),
        "phones": list(new_phones - old_phones),
        "gone_emails": list(old_emails - new_emails),
        "gone_phones": list(old_phones - new_phones),
        "gone_companies": list(set(before.company_ids) - set(after.company_ids)),
    }
    await _UPDATE.rows(db, parameters)


def _parameters(record: Contact) -> dict[str, Any]:
    row = {f"new_{name}": value for name, value in row_values(record).items()}
    return row | {
        "key_id": record.id,
        "company_ids": record.company_ids,
        "roles": [company["role"] for company in record.companies],
        "primaries": [company["primary"] for company in record.companies],
    }
