"""Settings of identity beyond those of every service."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from crmkit.settings import Settings


class IdentitySettings(Settings):
    """Only identity may read the private key."""

    signing_key_file: Path = Field(
        default=Path("signing-key.pem"),
        description="Ed25519 private key, PKCS#8 PEM, that access tokens are signed with",
    )
