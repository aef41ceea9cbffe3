"""The stack's passwords and keys: made at the first start, kept in files only their owner may read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from crmkit.tokens import generate_key, jwks, load_key


class Secrets:
    """Reads secrets of a folder, making those that are missing."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self.folder = folder

    def password(self, name: str) -> str:
        """The password of a server, role or user; URL-safe."""
        return self._file(f"{name}.password", lambda: secrets.token_urlsafe(24).encode()).read_text()

    @property
    def admin_password_file(self) -> Path:
        """The administrator's first password."""
        return self._file("admin.password", lambda: secrets.token_urlsafe(12).encode())

    @property
    def seal_key_file(self) -> Path:
        """32 random bytes that page tokens are sealed with."""
        return self._file("seal.key", lambda: secrets.token_bytes(32))

    @property
    def signing_key_file(self) -> Path:
        """The Ed25519 key that identity signs access tokens with, PKCS#8 PEM."""
        return self._file("signing.pem", generate_key)

    @property
    def jwks_file(self) -> Path:
        """The public half of the signing key, for everyone who verifies tokens."""
        key = load_key(self.signing_key_file.read_bytes())
        return self._file("jwks.json", lambda: jwks(key))

    def _file(self, name: str, make: Callable[[], bytes]) -> Path:
        path = self.folder / name
        if not path.exists():
            # Written whole or not at all: a start that is killed here must not leave half a key.
            scratch = self.folder / f".{name}"
            descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(make())
                file.flush()
                os.fsync(file.fileno())
            scratch.rename(path)
        return path
