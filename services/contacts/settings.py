"""Settings of contacts beyond those of every service."""

from __future__ import annotations

from pydantic import Field

from crmkit.settings import Settings


class ContactsSettings(Settings):
    """Limits of what one user may take up."""

    upload_quota_bytes: int = Field(
        default=5 << 30, ge=1 << 20, description="What the uploaded files of one user may take up together"
    )
