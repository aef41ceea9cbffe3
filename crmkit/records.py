"""How records of one kind are seen, created, changed, put into the bin and taken out again: the same in every service.

    CONTACTS = Records(kind="contact", make=Contact, lock=contacts.lock, add=contacts.add, put=contacts.put,
                       snapshot=snapshot, not_found=ContactNotFound)

    before = await CONTACTS.held(call, id, request.contact.etag)
    return await CONTACTS.save(call, before, changed(before, fields, mask))

What is written and the event that tells of it are of one transaction, the call's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from crmkit import etag
from crmkit.context import Call
from crmkit.errors import FailedPrecondition, NotFound, PermissionDenied
from crmkit.events.log import NewEvent
from crmkit.versions import Fields, R, created, stamped


class NotDeleted(FailedPrecondition):
    """Undelete of a record that is not in the bin."""

    def __init__(self) -> None:
        super().__init__("NOT_DELETED", "The record is not in the bin.")


class OwnerOutOfScope(PermissionDenied):
    """The record would end up with an owner or team beyond what the caller may write."""

    def __init__(self) -> None:
        super().__init__(
            "OWNER_OUT_OF_SCOPE",
            "Your roles do not reach the owner or team you name; the record would leave your reach.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Records(Generic[R]):
    """The records of one kind."""

    # The aggregate type of their events: "contact" makes "contact.created".
    kind: str
    make: Callable[..., R]
    # Reads one, in the bin or not, and keeps it from others until the transaction ends.
    lock: Callable[[AsyncConnection, UUID], Awaitable[R | None]]
    # Writes the first version, and the next (before, after).
    add: Callable[[AsyncConnection, R], Awaitable[None]]
    put: Callable[[AsyncConnection, R, R], Awaitable[None]]
    # The state that events carry.
    snapshot: Callable[[R], Mapping[str, Any]]
    not_found: Callable[[], NotFound]

    def seen(self, call: Call, found: R | None, *, show_deleted: bool = False) -> R:
        """What was read, when the caller may see it; else raises `not_found`, for one in the bin too."""
        if found is None or (found.deleted_at is not None and not show_deleted):
            raise self.not_found()
        if not call.covers(found.owner_id, found.team_id):
            raise self.not_found()
        return found

    def all_seen(self, call: Call, found: Mapping[UUID, R], ids: Sequence[UUID]) -> tuple[list[R], list[str]]:
        """The records of `ids` that the caller may see, none of the bin, and the other ids; both in their order."""
        seen, missing = [], []
        for key in ids:
            record = found.get(key)
            if record is not None and record.deleted_at is None and call.covers(record.owner_id, record.team_id):
                seen.append(record)
            else:
                missing.append(str(key))
        return seen, missing

    def new(self, call: Call, fields: Fields) -> R:
        """The first version, not yet written: the caller's own unless `fields` names an owner or team.

        Raises OwnerOutOfScope when it would be beyond the caller's reach.
        """
        user = call.require()
        record = created(
            self.make, fields, id=uuid7(), by=user.user_id, now=call.now, owner_id=user.user_id, team_id=user.team_id
        )
        self._demand_reach(call, record)
        return record

    async def create(self, call: Call, record: R) -> R:
        """Writes what `new` made."""
        await self.add(call.db, record)
        self._record(call, "created", None, record)
        return record

    async def held(self, call: Call, id: UUID, given_etag: str) -> R:
        """The record as it is, locked. Raises `not_found`, see `seen`, and Aborted when the etag is stale."""
        found = self.seen(call, await self.lock(call.db, id))
        etag.check(given_etag, found.version)
        return found

    async def save(self, call: Call, before: R, after: R) -> R:
        """Writes the next version of a held record; with nothing different it stays as it is, and there is no event.

        Raises OwnerOutOfScope when it would leave the caller's reach.
        """
        if after == before:
            return before
        self._demand_reach(call, after)
        return await self._write(call, "updated", before, after)

    async def delete(self, call: Call, id: UUID, given_etag: str) -> R:
        """Puts a record into the bin. Raises as `held`."""
        before = await self.held(call, id, given_etag)
        return await self._write(call, "deleted", before, before, deleted=True)

    async def undelete(self, call: Call, id: UUID) -> R:
        """Takes a record out of the bin. Raises `not_found`, and NotDeleted when it is not in it."""
        before = self.seen(call, await self.lock(call.db, id), show_deleted=True)
        if before.deleted_at is None:
            raise NotDeleted
        return await self._write(call, "undeleted", before, before)

    async def _write(self, call: Call, verb: str, before: R, after: R, *, deleted: bool = False) -> R:
        after = stamped(after, by=call.require().user_id, now=call.now, deleted_at=call.now if deleted else None)
        await self.put(call.db, before, after)
        self._record(call, verb, before, after)
        return after

    def _record(self, call: Call, verb: str, before: R | None, after: R) -> None:
        state = None if before is None else self.snapshot(before)
        event = NewEvent(f"{self.kind}.{verb}", self.kind, after.id, after.version, state, self.snapshot(after))
        call.record(event)

    @staticmethod
    def _demand_reach(call: Call, record: R) -> None:
        if not call.covers(record.owner_id, record.team_id):
            raise OwnerOutOfScope
