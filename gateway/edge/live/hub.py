"""Hands changes to the clients that may know of them, and remembers the latest for those who come back.

A client learns that a record changed, never its state: it reads the record through its service if it wants
to. A client that falls behind, or that comes back too late, is told to start over (`reset`).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, deque
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson

from crm.events.v1.event_pb2 import Event
from crmkit.access import AccessDirectory, Scope, covers
from crmkit.errors import Unauthenticated
from crmkit.telemetry import names
from gateway.edge.identity import Caller

# When somebody signs in or out, is unlocked, or changes a password: only they themselves and who administers all users
# may know. Other events of users tell nothing that whoever reads users does not see anyway.
_SECURITY_TYPES = frozenset(f"user.{verb}" for verb in ("password_changed", "password_reset", "unlocked", "signed_out"))
_SECURITY_KINDS = frozenset({"session"})
# For one person alone, whatever anybody's rights.
_PRIVATE_KINDS = frozenset({"notification"})
# Reading is (object, "read") but for these kinds of records.
_RIGHTS = {"import": ("contact", "import"), "timeline": ("activity", "read")}
# What a record's owner and team are called in its state; everyone owns themselves.
_OWNERSHIP = {"user": ("id", "team_id")}
# Changes remembered for clients that come back, and changes that may wait for one client.
REMEMBERED = 10_000
WAITING = 500
# Of the longest number of a change; Python refuses to read very long ones.
_DIGITS = 20


@dataclass
class Change:
    """One event on its way to clients."""

    number: int
    event: Event
    epoch: str

    @cached_property
    def owners(self) -> tuple[tuple[UUID | None, UUID | None], ...]:
        """Owner and team of the record before and after: who could see it either way may know."""
        owner, team = _OWNERSHIP.get(self.event.aggregate_type, ("owner_id", "team_id"))
        return tuple((_id(state, owner), _id(state, team)) for state in self._states)

    @cached_property
    def subject(self) -> UUID | None:
        """Whose account, session or notification it is about."""
        if self.event.aggregate_type == "user":
            return UUID(self.event.aggregate_id)
        return next((_id(state, "user_id") for state in self._states), None)

    @property
    def about_security(self) -> bool:
        """Whether it tells of the security of somebody's account."""
        return self.event.type in _SECURITY_TYPES or self.event.aggregate_type in _SECURITY_KINDS

    @cached_property
    def _states(self) -> list[dict[str, Any]]:
        return [orjson.loads(getattr(self.event, side)) for side in ("after", "before") if self.event.HasField(side)]

    @cached_property
    def text(self) -> bytes:
        """The change as a server-sent event."""
        event = self.event
        data = {
            "type": event.type,
            "aggregateType": event.aggregate_type,
            "aggregateId": event.aggregate_id,
            "version": str(event.aggregate_version),
            "operationId": event.operation_id,
            "time": event.record_time.ToJsonString(),
        }
        return message("change", data, self.id)

    @property
    def id(self) -> str:
        """What a client names to get what came after."""
        return f"{self.epoch}-{self.number}"


def message(name: str, data: Any, id: str = "") -> bytes:
    """One server-sent event; `data` becomes one line of JSON."""
    head = f"id: {id}\n" if id else ""
    return f"{head}event: {name}\ndata: ".encode() + orjson.dumps(data) + b"\n\n"


def _id(state: dict[str, Any], field: str) -> UUID | None:
    value = state.get(field)
    return UUID(value) if value else None


class Client:
    """One open stream. Bounded: what does not fit is replaced by one `reset`."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self.ended = False
        self._waiting: deque[bytes] = deque()
        self._arrived = asyncio.Event()

    def offer(self, text: bytes, id: str) -> None:
        """Queues one server-sent event; `id` is where the stream then stands."""
        if self.ended:
            return
        if len(self._waiting) >= WAITING:
            self.reset("TOO_SLOW", id)
        else:
            self._waiting.append(text)
            self._arrived.set()

    def reset(self, reason: str, id: str) -> None:
        """Tells the client that it missed something, instead of what waited for it."""
        names.live_resets.labels(reason).inc()
        self._waiting.clear()
        self._waiting.append(message("reset", {"reason": reason}, id))
        self._arrived.set()

    def end(self, reason: str) -> None:
        """Lets the stream end after what waits."""
        if not self.ended:
            self._waiting.append(message("end", {"reason": reason}))
            self._arrived.set()
            self.ended = True

    async def next(self) -> bytes:
        """Everything that waits; empty once the stream has ended."""
        if not self._waiting and not self.ended:
            self._arrived.clear()
            await self._arrived.wait()
        text = b"".join(self._waiting)
        self._waiting.clear()
        return text


class Hub:
    """All clients of this process."""

    def __init__(self, access: AccessDirectory) -> None:
        self._access = access
        self._clients: set[Client] = set()
        # Those who follow or are about to, by user: between `expect` and `leave`.
        self._followers: Counter[UUID] = Counter()
        self._epoch = ""
        self._number = 0
        self._remembered: deque[Change] = deque()
        self._ids: set[str] = set()
        self.somebody = asyncio.Event()
        self.restart()

    def __len__(self) -> int:
        return self._followers.total()

    def streams_of(self, caller: Caller) -> int:
        """How many streams the caller has."""
        return self._followers[caller.principal.user_id]

    def restart(self) -> None:
        """Begins a new numbering: between the old one and this one changes may have been missed."""
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._remembered.clear()
        self._ids.clear()
        for client in self._clients:
            client.reset("INTERRUPTED", self._here())

    def join(self, caller: Caller, last_event_id: str) -> Client:
        """A new client: it gets what it missed since `last_event_id`, or a `reset`, and then `ready`."""
        client = Client(caller)
        if last_event_id:
            self._catch_up(client, last_event_id)
        client.offer(message("ready", {}, self._here()), self._here())
        self._clients.add(client)
        names.live_clients.set(len(self._clients))
        return client

    def expect(self, caller: Caller) -> None:
        """The caller is about to join; `leave` follows in any case."""
        self._followers[caller.principal.user_id] += 1
        self.somebody.set()

    def leave(self, caller: Caller, client: Client | None) -> None:
        """Forgets a client; None when the one expected did not join."""
        if client is not None:
            self._clients.discard(client)
        self._followers -= Counter((caller.principal.user_id,))  # drops who has none left
        if not self._followers:
            self.somebody.clear()
        names.live_clients.set(len(self._clients))

    def _catch_up(self, client: Client, last_event_id: str) -> None:
        epoch, _, number = last_event_id.partition("-")
        known = epoch == self._epoch and len(number) <= _DIGITS and number.isdecimal()
        if not known or not self._oldest() - 1 <= int(number) <= self._number:
            client.reset("NOT_REMEMBERED", self._here())
            return
        for change in self._remembered:
            if change.number > int(number) and self._may_know(client.caller, change):
                client.offer(change.text, change.id)

    def _here(self) -> str:
        return f"{self._epoch}-{self._number}"

    def _oldest(self) -> int:
        return self._remembered[0].number if self._remembered else self._number + 1

    def publish(self, event: Event) -> None:
        """Hands one event out, once: a relay that restarts may publish it again."""
        if event.id in self._ids:
            return
        self._number += 1
        change = Change(self._number, event, self._epoch)
        self._remembered.append(change)
        self._ids.add(event.id)
        if len(self._remembered) > REMEMBERED:
            self._ids.discard(self._remembered.popleft().event.id)
        for client in self._clients:
            if self._may_know(client.caller, change):
                client.offer(change.text, change.id)

    def _may_know(self, caller: Caller, change: Change) -> bool:
        """Whether the caller's scope of reading this kind of record reaches this one, now."""
        kind = change.event.aggregate_type
        if kind in _PRIVATE_KINDS:
            return change.subject == caller.principal.user_id
        if change.about_security:
            administers = self._access.scope(caller.principal, "user", "administer") is Scope.ALL
            return administers or change.subject == caller.principal.user_id
        scope = self._access.scope(caller.principal, *_RIGHTS.get(kind, (kind, "read")))
        if scope in (Scope.ALL, Scope.NONE):
            return scope is Scope.ALL
        principal = self._access.with_teams(caller.principal)
        return any(covers(scope, principal, owner, team) for owner, team in change.owners)

    def sweep(self) -> None:
        """Ends the streams of sessions that ended and of tokens that expired."""
        now = time.time()
        for client in self._clients:
            caller = client.caller
            if caller.expiry <= now:
                client.end("TOKEN_EXPIRED")
                continue
            try:
                self._access.check_session(caller.principal, caller.issued_ms)
            except Unauthenticated as error:
                client.end(error.reason)

    def close(self) -> None:
        """Ends every stream; the process stops."""
        for client in self._clients:
            client.end("SERVER_STOPPING")
