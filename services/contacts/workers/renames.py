"""Makes the contacts of a renamed company found by its new name."""

from __future__ import annotations

from uuid import UUID

from procrastinate import JobContext, RetryStrategy
from sqlalchemy.ext.asyncio import AsyncConnection

from crmkit.jobs import defer, runtime_of
from services.contacts.store import companies
from services.contacts.workers.jobs import jobs

_BATCH = 1_000
# Contacts of a renamed company that follow in the transaction of the change.
AT_ONCE = 200
# With waits of 2, 4, 8 … seconds between: others hold a contact, or the database restarts.
_RETRY = RetryStrategy(max_attempts=8, exponential_wait=2)


async def spread_name(db: AsyncConnection, company_id: UUID) -> None:
    """Brings a company's new name to its contacts, the first at once, the rest by a job."""
    last = await companies.rename_in_contacts(db, company_id, UUID(int=0), AT_ONCE)
    if last is not None:
        await defer(db, "contacts:rename_company", {"company_id": str(company_id), "after": str(last)})


@jobs.task(name="rename_company", pass_context=True, retry=_RETRY)
async def rename_company(context: JobContext, company_id: str, after: str) -> None:
    """Goes through the company's contacts behind the id `after`, a thousand a transaction. Safe to repeat."""
    writer = runtime_of(context).writer
    last: UUID | None = UUID(after)
    while last is not None:
        async with writer.begin() as db:
            last = await companies.rename_in_contacts(db, UUID(company_id), last, _BATCH)
