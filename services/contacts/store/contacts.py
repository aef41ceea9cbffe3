"""Rows of contacts: read, list, write. Functions take the connection first and never commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Row,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from services.contacts.domain.contact import Contact
from services.contacts.store.tables import company, contact, contact_company, contact_email, contact_phone

_COMPANIES = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                func.jsonb_build_object(
                    literal_column("'company_id'"),
                    contact_company.c.company_id,
                    literal_column("'company_name'"),
                    company.c.name,
                    literal_column("'role'"),
                    contact_company.c.role,
                    literal_column("'primary'"),
                    contact_company.c.is_primary,
                ),
                contact_company.c.position,
            ),
            type_=JSONB,
        )
    )
    .select_from(contact_company.join(company, company.c.id == contact_company.c.company_id))
    .where(contact_company.c.contact_id == contact.c.id)
    .correlate(contact)
    .scalar_subquery()
    .label("companies")
)

_DERIVED = frozenset(
    {"display_name", "name_key", "family_key", "given_key", "job_key", "source_key", "tag_keys", "search_text"}
)
# Whatever a contact is made of, the names of its companies included: one round trip.
COLUMNS: Final = (
    *(column for column in contact.c if column.name not in _DERIVED),
    _COMPANIES,
)

_GET = select(*COLUMNS).where(contact.c.id == bindparam("id"))
_LOCK = _GET.with_for_update(of=contact)
_BATCH = select(*COLUMNS).where(contact.c.id == func.any(bindparam("ids", type_=ARRAY(Uuid))))


def from_row(row: Row[*tuple[Any, ...]]) -> Contact:
    """The contact in a row of COLUMNS."""
    return Contact(
        id=row.id,
        version=row.version,
        given_name=row.given_name,
        family_name=row.family_name,
        honorific=row.honorific,
        emails=row.emails,
        phones=row.phones,
        addresses=row.addresses,
        companies=row.companies or [],
        job_title=row.job_title,
        owner_id=row.owner_id,
        team_id=row.team_id,
        tags=row.tags,
        language=row.language,
        time_zone=row.time_zone,
        birthday=(row.birth_year, row.birth_month, row.birth_day),
        source=row.source,
        lifecycle_stage=row.lifecycle_stage,
        consents=row.consents,
        social_profiles=row.social_profiles,
        custom=row.custom,
        created_at=row.created_at,
        updated_at=row.updated_at,
        created_by=row.created_by,
        updated_by=row.updated_by,
        deleted_at=row.deleted_at,
    )


async def get(db: AsyncConnection, id: UUID) -> Contact | None:
    """One contact, in the bin or not."""
    row = (await db.execute(_GET, {"id": id})).first()
    return None if row is None else from_row(row)


async def lock(db: AsyncConnection, id: UUID) -> Contact | None:
    """One contact, in the bin or not, which nobody else can change until the transaction ends."""
    row = (await db.execute(_LOCK, {"id": id})).first()
    return None if row is None else from_row(row)


async def batch(db: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Contact]:
    """Several contacts, in the bin or not, by id."""
    return {row.id: from_row(row) for row in await db.execute(_BATCH, {"ids": list(ids)})}


def row_values(record: Contact) -> dict[str, Any]:
    """The row of a contact, by column; imports copy the same."""
    year, month, day = record.birthday
    return record.keys() | {
        "id": record.id,
        "version": record.version,
        "given_name": record.given_name,
        "family_name": record.family_name,
        "honorific": record.honorific,
        "display_name": record.display_name,
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
_INSERT = insert(contact).values(_ROW).add_cte(_ADD_EMAILS, _ADD_PHONES, _INSERT_ROLES.cte("add_roles"))
# A contact that keeps its companies keeps the words of their names: they may just have been renamed.
_SEARCH_TEXT = (
    bindparam("own_words", type_=Text)
    + "\n"
    + func.coalesce(bindparam("company_words", type_=Text), func.split_part(contact.c.search_text, "\n", 2))
)
_KEPT = ("id", "created_at", "created_by", "search_text")
_UPDATE = (
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
    await db.execute(_INSERT, _parameters(record) | {"emails": emails, "phones": phones})


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
    await db.execute(_UPDATE, parameters)


def _parameters(record: Contact) -> dict[str, Any]:
    row = {f"new_{name}": value for name, value in row_values(record).items()}
    return row | {
        "key_id": record.id,
        "company_ids": record.company_ids,
        "roles": [company["role"] for company in record.companies],
        "primaries": [company["primary"] for company in record.companies],
    }
