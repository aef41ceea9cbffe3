"""A file on its way in, piece by piece."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from uuid_utils.compat import uuid7

from crm.contacts.v1 import import_service_pb2 as pb
from crmkit.context import Call
from services.contacts.domain.importing import errors
from services.contacts.settings import ContactsSettings
from services.contacts.store import files

MAX_PIECE: Final = 1 << 20
MAX_FILE: Final = 1 << 30
# A file of MAX_FILE in pieces of 16 KiB.
MAX_PIECES: Final = 1 << 16
KEPT: Final = timedelta(days=30)


class Upload:
    """Takes the pieces of one file, each in a transaction of its own: a large file takes minutes to arrive."""

    def __init__(self, call: Call) -> None:
        settings = call.runtime.settings
        assert isinstance(settings, ContactsSettings)  # noqa: S101 - the service is wired with them
        self._call, self._quota = call, settings.upload_quota_bytes
        self._id, self._filename, self._digest = uuid7(), "", hashlib.sha256()
        self._messages = self._pieces = self._size = 0

    async def take(self, message: pb.UploadFileRequest) -> None:
        """Stores a piece. Raises FilenameInvalid, PieceTooLarge, FileTooLarge, TooManyPieces or QuotaExceeded."""
        self._check(message)
        user = self._call.require()
        async with self._call.transaction() as db:
            if not self._messages:
                self._filename = message.filename
                await files.begin(
                    db, self._id, self._filename, owner_id=user.user_id, team_id=user.team_id, now=self._call.now
                )
            if message.content:
                # Pieces that arrive at the same moment may all pass: by so much the quota can be overrun.
                used = await files.used_bytes(db, user.user_id)
                if used + len(message.content) > self._quota:
                    raise errors.QuotaExceeded(self._quota, used)
                await files.add_piece(db, self._id, self._pieces, message.content)
        self._digest.update(message.content)
        self._messages += 1
        self._pieces += bool(message.content)
        self._size += len(message.content)

    async def finish(self) -> files.StoredFile:
        """The file, which others see from now on. Raises FilenameInvalid when nothing has come."""
        if not self._messages:
            raise errors.FilenameInvalid
        expires_at = self._call.now + KEPT
        stored = files.StoredFile(self._id, self._filename, self._size, self._digest.hexdigest(), expires_at)
        async with self._call.transaction() as db:
            await files.finish(db, stored)
        return stored

    async def discard(self) -> None:
        """Forgets what has come: a file that was refused takes up nothing."""
        async with self._call.transaction() as db:
            await files.remove(db, self._id)

    def _check(self, message: pb.UploadFileRequest) -> None:
        if self._messages >= MAX_PIECES:
            raise errors.TooManyPieces(MAX_PIECES)
        if not self._messages and not 1 <= len(message.filename) <= 255:
            raise errors.FilenameInvalid
        if len(message.content) > MAX_PIECE:
            raise errors.PieceTooLarge
        if self._size + len(message.content) > MAX_FILE:
            raise errors.FileTooLarge
