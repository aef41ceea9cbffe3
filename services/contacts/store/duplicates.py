"""Contacts that share an address or a number."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Text, bindparam, func, literal_column, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.queries import Database, Query
from services.contacts.domain.contact import Contact
from services.contacts.store.contacts import COLUMNS, from_row
from services.contacts.store.tables import contact, contact_email, contact_phone

MAX_FOUND = 20


class Found(NamedTuple):
    """A contact with one of the addresses or numbers asked for, and who may see it."""

    id: UUID
    owner_id: UUID | None
    team_id: UUID | None


_SAME = union(
    select(contact_email.c.contact_id).where(
        contact_email.c.normalized == func.any(bindparam("emails", type_=ARRAY(Text)))
    ),
    select(contact_phone.c.contact_id).where(contact_phone.c.e164 == func.any(bindparam("phones", type_=ARRAY(Text)))),
).subquery()
_LIVE = contact.c.deleted_at.is_(None)
_FIND = Query(
    select(contact.c.id, contact.c.owner_id, contact.c.team_id)
    .join(_SAME, _SAME.c.contact_id == contact.c.id)
    .where(_LIVE)
    .limit(MAX_FOUND)
)
# What an import takes alone, to hold up all who are about to write addresses and numbers while it commits.
EVERY_KEY: Final = int.from_bytes(b"keys", "big")
# The keys arrive sorted, so two creations that share several of them wait and do not deadlock.
_LOCK = Query(
    select(
        func.pg_advisory_xact_lock_shared(literal_column(str(EVERY_KEY))),
        func.pg_advisory_xact_lock(func.unnest(bindparam("keys", type_=ARRAY(BigInteger)))),
    )
)


async def lock(db: AsyncConnection, emails: Sequence[str], phones: Sequence[str]) -> None:
    """Makes everybody who is about to write one of these addresses or numbers wait for this transaction."""
    if emails or phones:
        await _LOCK.rows(db, {"keys": sorted({_key(text) for text in (*emails, *phones)})})


def _key(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


async def find(db: Database, emails: Sequence[str], phones: Sequence[str]) -> list[Found]:
    """At most 20 contacts, not in the bin, that have one of the addresses or numbers."""
    if not (emails or phones):
        return []
    return [Found(*row) for row in await _FIND.rows(db, {"emails": list(emails), "phones": list(phones)})]


async def find_visible(
    db: Database, emails: Sequence[str], phones: Sequence[str], visible: ColumnElement[bool]
) -> list[Contact]:
    """At most 20 whole contacts, not in the bin, oldest first, that the caller may see."""
    statement: Any = (
        select(*COLUMNS)
        .where(contact.c.id.in_(select(_SAME.c.contact_id)), _LIVE, visible)
        .order_by(contact.c.id)
        .limit(MAX_FOUND)
    )
    found = await Query(statement).rows(db, {"emails": list(emails), "phones": list(phones)})
    return [from_row(row) for row in found]
