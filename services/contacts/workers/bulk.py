"""What bulk changes and undo need to know of contacts and companies, and the job that carries them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.operations_jobs import add_operation_job
from crmkit.operations_run import Aggregate
from services.contacts.domain import bulk as rules
from services.contacts.domain import company, contact
from services.contacts.domain.company import MAX_PARENTS, Company
from services.contacts.domain.contact import Contact
from services.contacts.store import bulk, companies
from services.contacts.workers.jobs import jobs
from services.contacts.workers.renames import spread_name

State = Mapping[str, Any]
add_operation_job(jobs)


class ContactAggregate:
    """See crmkit.operations_run.Aggregate."""

    async def lock(self, db: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Contact]:
        """The contacts there are."""
        return await bulk.lock_contacts(db, ids)

    def changed(self, record: Contact, change: State) -> Contact:
        """See domain/bulk.py for what a change is. Raises TooManyTags."""
        return rules.changed(record, change)

    def restored(self, record: Contact, before: State, after: State) -> Contact:
        """Companies are named anew by `save`."""
        return rules.contact_restored(record, before, after)

    def snapshot(self, record: Contact) -> State:
        """The contact in events."""
        return contact.snapshot(record)

    async def save(self, db: AsyncConnection, changes: Sequence[tuple[Contact, Contact]]) -> dict[UUID, str]:
        """Writes all; the database has no objection to any."""
        await bulk.put_contacts(db, changes)
        return {}


class CompanyAggregate:
    """See crmkit.operations_run.Aggregate."""

    async def lock(self, db: AsyncConnection, ids: Sequence[UUID]) -> dict[UUID, Company]:
        """The companies there are."""
        return await bulk.lock_companies(db, ids)

    def changed(self, record: Company, change: State) -> Company:
        """See domain/bulk.py for what a change is. Raises TooManyTags."""
        return rules.changed(record, change)

    def restored(self, record: Company, before: State, after: State) -> Company:
        """As `before`; whether the parent still can be one is for `save` to know."""
        return rules.company_restored(record, before, after)

    def snapshot(self, record: Company) -> State:
        """The company in events."""
        return company.snapshot(record)

    async def save(self, db: AsyncConnection, changes: Sequence[tuple[Company, Company]]) -> dict[UUID, str]:
        """Writes all but those that would come to stand below themselves (COMPANY_CYCLE); spreads new names.

        Only undo of the change of one company brings back a parent or a name: these cost a statement each.
        """
        refused: dict[UUID, str] = {}
        for before, after in changes:
            if after.parent_id is not None and after.parent_id != before.parent_id:
                chain = await companies.ancestors(db, after.parent_id)
                if after.id in chain or len(chain) > MAX_PARENTS:
                    refused[after.id] = "COMPANY_CYCLE"
        kept = [(before, after) for before, after in changes if after.id not in refused]
        await bulk.put_companies(db, kept)
        for before, after in kept:
            if after.name != before.name:
                await spread_name(db, after.id)
        return refused


OPERATIONS: Mapping[str, Aggregate[Any]] = {"contact": ContactAggregate(), "company": CompanyAggregate()}
