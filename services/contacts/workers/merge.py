"""One chunk of an import into the database: match, fold, then write and count in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from uuid_utils.compat import uuid7

from crmkit import operations
from crmkit.access import Principal, Scope, covers
from crmkit.access_sql import visible
from crmkit.db import without_time_limit
from crmkit.events.log import NewEvent, copy_events, event_rows
from crmkit.versions import created, stamped
from services.contacts.domain import company as companies
from services.contacts.domain.contact import Contact, snapshot
from services.contacts.domain.importing.fold import Chunk, Companies, Entry, Folded, Importer, Mode, company_key
from services.contacts.domain.importing.rows import Rejection, Row
from services.contacts.store import imports, staging
from services.contacts.store.tables import company
from services.contacts.workers.rehearsal import Rehearsal

Rows = Sequence[Row | Rejection]
# Of companies, which many contacts have.
_uuid = lru_cache(maxsize=1 << 14)(UUID)
# How often a chunk is begun again because others wrote the same addresses meanwhile.
_ATTEMPTS = 5


class SupersededError(Exception):
    """Another worker has taken this import over; this one has written nothing."""


class _OvertakenError(Exception):
    """Somebody wrote a contact with an address of the chunk after it was matched."""


@dataclass(frozen=True, slots=True)
class Rights:
    """How far the importer's rights reached when the import was asked for."""

    principal: Principal
    update: Scope
    company_read: Scope
    company_create: Scope

    def json(self) -> dict[str, Any]:
        """As kept in `contact_import.rights`; the user and team are columns of their own."""
        return {
            "team_ids": [str(team_id) for team_id in self.principal.team_ids],
            "update": self.update,
            "company_read": self.company_read,
            "company_create": self.company_create,
        }

    @classmethod
    def of(cls, record: imports.Import) -> Rights:
        """The rights an import was asked for with."""
        kept = record.rights
        teams = tuple(UUID(team_id) for team_id in kept["team_ids"])
        principal = Principal(record.owner_id, None, frozenset(), record.team_id, teams)
        return cls(principal, Scope(kept["update"]), Scope(kept["company_read"]), Scope(kept["company_create"]))

    def may_update(self, contact: Contact) -> bool:
        """Whether a matching contact may be changed."""
        return covers(self.update, self.principal, contact.owner_id, contact.team_id)


@dataclass(slots=True)
class _Writes:
    """Everything a chunk writes, ready to be sent."""

    companies: staging.Rows
    contacts: staging.Rows
    changed: staging.Rows
    emails: staging.Rows
    phones: staging.Rows
    roles: staging.Rows
    # Versions that contacts to be changed must still have.
    versions: dict[UUID, int]
    regrouped: list[UUID]
    events: staging.Rows
    # Contacts that the events tell of, and when.
    changed_count: int
    now: datetime
    # Names of companies, as contacts are found by them.
    names: dict[UUID, str]


@dataclass(slots=True)
class Prepared:
    """A chunk folded onto the contacts it matches, ready to be written."""

    rows: Rows
    # What it was folded on: contacts as this snapshot shows them, and the chunk before, which was not written then.
    seen: str
    after: Prepared | None
    chunk: Chunk
    # What others must not have written meanwhile: addresses, numbers, names of new companies.
    keys: set[str]
    companies: dict[str, tuple[UUID, str]]
    writes: _Writes

    @property
    def folded(self) -> Folded:
        """What the chunk comes to."""
        return self.chunk.folded


class Merger:
    """Merges the chunks of one import, in their order: chunk N+1 is prepared while N is being written."""

    def __init__(self, engine: AsyncEngine, record: imports.Import, rehearsal: Rehearsal | None) -> None:
        """`rehearsal` keeps what a dry run would have written."""
        self._engine = engine
        self._import = record
        self._rehearsal = rehearsal
        self._rights = Rights.of(record)
        self._mode = Mode(record.options["mode"])

    async def prepare(self, rows: Rows, after: Prepared | None) -> Prepared:
        """Folds a chunk onto the contacts of the database and of the chunk before it, written or not."""
        emails, phones, names = _keys(rows)
        async with without_time_limit(self._engine) as db:
            await staging.look_up_by_index(db)
            seen = await staging.snapshot(db)
            known = await staging.matching(db, emails, phones)
            companies = await self._companies(db, names)
        if self._rehearsal is not None:
            known = await asyncio.to_thread(self._rehearsal.over, known, emails | phones)
        if after is not None:
            known = after.chunk.over(known, emails, phones)
            companies |= after.companies
        chunk, made, writes = await asyncio.to_thread(self._fold, rows, known, companies)
        keys = emails | phones | made.keys()
        return Prepared(rows, seen, after, chunk, keys, made, writes)

    async def write(self, prepared: Prepared, read: int, position: int) -> tuple[Prepared, imports.Counts]:
        """Writes a chunk behind record number `read`; `position`: bytes of the file read by its end.

        Returns what was written: when others changed what the chunk was folded on, it is prepared anew. Raises
        SupersededError when another worker took the import over.
        """
        attempt = 1
        while True:
            try:
                async with without_time_limit(self._engine) as db:
                    if self._rehearsal is None:
                        await self._write(db, prepared)
                    counts = await self._count(db, prepared, read, position)
                    if self._rehearsal is None:
                        await self._check(db, prepared)
            except _OvertakenError:
                attempt += 1
                if attempt > _ATTEMPTS:
                    raise
                prepared = await self.prepare(prepared.rows, None)
                continue
            if self._rehearsal is not None:
                changed = [entry.contact for entry in prepared.folded.entries if entry.changed]
                await asyncio.to_thread(self._rehearsal.keep, changed)
            prepared.after = None  # written: nothing is folded on it any more
            return prepared, counts

    async def _check(self, db: AsyncConnection, prepared: Prepared) -> None:
        """Raises _OvertakenError when others wrote what the chunk was folded on; from here on they wait."""
        written = await staging.written_since(db, prepared.seen, self._import.operation_id)
        if not prepared.keys.isdisjoint(written):
            raise _OvertakenError

    async def _companies(self, db: AsyncConnection, names: set[str]) -> dict[str, tuple[UUID, str]]:
        rights = self._rights
        seen = visible(rights.company_read, rights.principal, company.c.owner_id, company.c.team_id)
        return await staging.companies_by_key(db, {company_key(name) for name in names}, seen) if names else {}

    def _fold(
        self, rows: Rows, known: Sequence[Contact], found: dict[str, tuple[UUID, str]]
    ) -> tuple[Chunk, dict[str, tuple[UUID, str]], _Writes]:
        """The chunk folded, the companies it makes, and what is to be written; run beside the event loop."""
        now = datetime.now(UTC)
        user_id = self._rights.principal.user_id
        importer = Importer(user_id, self._import.team_id, self._mode, now)
        may_make = self._rights.company_create >= Scope.OWN
        book = Companies(found, self._company_maker(now) if may_make else None)
        chunk = Chunk(importer, uuid7, book)
        for contact in sorted(known, key=lambda contact: (not self._rights.may_update(contact), contact.id)):
            chunk.know(contact, self._rights.may_update(contact))
        for row in rows:
            if isinstance(row, Row):
                chunk.take(row)
            else:
                chunk.folded.rejections.append(row)
        made = {company_key(one.name): (one.id, one.name) for one in book.made}
        return chunk, made, self._writes(chunk.folded, book.made, now)

    def _writes(self, folded: Folded, made: Sequence[companies.Company], now: datetime) -> _Writes:
        user_id = self._rights.principal.user_id
        new = [entry for entry in folded.entries if entry.before is None]
        changed = [entry for entry in folded.entries if entry.before is not None and entry.changed]
        for entry in changed:
            entry.contact = stamped(entry.contact, by=user_id, now=now)
        regrouped = [entry for entry in changed if entry.before and entry.before.companies != entry.contact.companies]
        keys = [(entry.contact.id, *_added(entry)) for entry in (*new, *changed)]
        founded = (NewEvent("company.created", "company", one.id, 1, None, companies.snapshot(one)) for one in made)
        return _Writes(
            companies=staging.company_rows(made),
            contacts=staging.contact_rows(entry.contact for entry in new),
            changed=staging.contact_rows(entry.contact for entry in changed),
            emails=staging.email_rows((key, contact_id) for contact_id, emails, _ in keys for key in emails),
            phones=staging.phone_rows((key, contact_id) for contact_id, _, phones in keys for key in phones),
            roles=staging.role_rows(
                (entry.contact.id, _uuid(role["company_id"]), place, role["role"], role["primary"])
                for entry in (*new, *regrouped)
                for place, role in enumerate(entry.contact.companies)
            ),
            versions={entry.before.id: entry.before.version for entry in changed if entry.before},
            regrouped=[entry.contact.id for entry in regrouped],
            events=event_rows(
                chain(founded, map(_event, (*new, *changed))),
                actor_id=user_id,
                operation_id=self._import.operation_id,
                traceparent=self._import.traceparent,
                now=now,
            ),
            changed_count=len(new) + len(changed),
            now=now,
            names={
                _uuid(role["company_id"]): role["company_name"]
                for entry in (*new, *changed)
                for role in entry.contact.companies
            },
        )

    def _company_maker(self, now: datetime) -> Callable[[str], companies.Company]:
        user_id, team_id = self._rights.principal.user_id, self._import.team_id

        def make(name: str) -> companies.Company:
            # A dry run writes no company: a name must give the same id in every chunk.
            new_id = uuid7() if self._rehearsal is None else uuid5(self._import.id, company_key(name))
            fields = companies.CompanyFields(name=name)
            return created(companies.Company, fields, id=new_id, by=user_id, now=now, owner_id=user_id, team_id=team_id)

        return make

    async def _write(self, db: AsyncConnection, prepared: Prepared) -> None:
        writes = prepared.writes
        await staging.look_up_by_index(db)
        await staging.defer_search_index(db)
        await staging.take_turn(db)
        # Before contacts: who renames a company takes it first, too.
        if not await staging.hold_names(db, writes.names):
            raise _OvertakenError
        if not await staging.lock_versions(db, writes.versions):
            raise _OvertakenError
        await staging.add_companies(db, writes.companies)
        await staging.add_contacts(db, writes.contacts)
        if writes.changed:
            await staging.change_contacts(db, writes.changed)
        await staging.add_keys(db, writes.emails, writes.phones)
        if writes.regrouped:
            await staging.drop_roles(db, writes.regrouped)
        await staging.add_roles(db, writes.roles)
        await staging.merge_search_index(db)
        await copy_events(db, writes.events)
        await operations.note(db, self._import.operation_id, changed=writes.changed_count, now=writes.now)

    async def _count(self, db: AsyncConnection, prepared: Prepared, read: int, position: int) -> imports.Counts:
        folded, rejections = prepared.folded, prepared.folded.rejections
        counts = imports.Counts(len(prepared.rows), folded.created, folded.updated, folded.unchanged, len(rejections))
        refused = [
            (self._import.id, row.record, row.column, row.reason, row.message, list(map(_storable, row.cells)))
            for row in rejections
        ]
        await staging.add_rejected(db, refused)
        if not await imports.advance(db, self._import.id, read, counts, position):
            raise SupersededError
        return counts


def _storable(cell: str) -> str:
    """A cell of a rejected row as PostgreSQL can hold it: bytes that are no characters become U+FFFD."""
    return cell.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def _keys(rows: Rows) -> tuple[set[str], set[str], set[str]]:
    """The addresses, numbers and company names in a chunk."""
    said = [row for row in rows if isinstance(row, Row)]
    emails = {normalized for row in said for _, normalized, _ in row.emails}
    phones = {e164 for row in said for _, e164, _ in row.phones}
    return emails, phones, {row.company for row in said if row.company}


def _added(entry: Entry) -> tuple[list[str], list[str]]:
    """The addresses and the numbers the chunk gave a contact."""
    emails, phones = entry.contact.identities
    if entry.before is None:
        return emails, phones
    had_emails, had_phones = map(set, entry.before.identities)
    return [key for key in emails if key not in had_emails], [key for key in phones if key not in had_phones]


def _event(entry: Entry) -> NewEvent:
    after = entry.contact
    before = entry.before
    kind = "contact.updated" if before else "contact.created"
    return NewEvent(kind, "contact", after.id, after.version, snapshot(before) if before else None, snapshot(after))
