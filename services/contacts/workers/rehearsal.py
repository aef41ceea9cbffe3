"""What a dry run would have written, kept in a scratch file beside the process, so that later rows meet it."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from uuid import UUID

from services.contacts.domain.contact import Contact

_PARAMETERS = 500


class Rehearsal:
    """Contacts as a dry run has made or changed them. SQLite keeps them on disk, so memory stays constant."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", check_same_thread=False)  # "": a private file, gone when closed
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("CREATE TABLE contact (id TEXT PRIMARY KEY, state BLOB) WITHOUT ROWID")
        self._db.execute("CREATE TABLE key (key TEXT, id TEXT, PRIMARY KEY (key, id)) WITHOUT ROWID")

    def __enter__(self) -> Rehearsal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def over(self, known: Sequence[Contact], keys: Collection[str]) -> list[Contact]:
        """The contacts that the keys match: `known` of the database, as the dry run has changed them, and its own."""
        ids = {str(contact.id) for contact in known}
        for some in _batches(keys):
            ids.update(row[0] for row in self._db.execute(f"SELECT id FROM key WHERE key IN ({_marks(some)})", some))  # noqa: S608 - marks only
        changed: dict[UUID, Contact] = {}
        for some in _batches(ids):
            for (state,) in self._db.execute(f"SELECT state FROM contact WHERE id IN ({_marks(some)})", some):  # noqa: S608
                contact = pickle.loads(state)  # noqa: S301 - our own bytes, from our own scratch file
                changed[contact.id] = contact
        return [contact for contact in known if contact.id not in changed] + list(changed.values())

    def keep(self, contacts: Iterable[Contact]) -> None:
        """Takes over what a chunk has made or changed."""
        for contact in contacts:
            key_of, (emails, phones) = str(contact.id), contact.identities
            self._db.execute("INSERT OR REPLACE INTO contact VALUES (?, ?)", (key_of, pickle.dumps(contact)))
            self._db.executemany(
                "INSERT OR IGNORE INTO key VALUES (?, ?)", [(key, key_of) for key in (*emails, *phones)]
            )
        self._db.commit()


def _batches(values: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """As many values at a time as one statement takes."""
    rest = iter(values)
    while some := tuple(islice(rest, _PARAMETERS)):
        yield some


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
