"""The wiring of the contacts service."""

from __future__ import annotations

from pathlib import Path

from crmkit.service import Service
from services.contacts.api.bulk import BulkServicer
from services.contacts.api.companies import CompanyServicer
from services.contacts.api.contacts import ContactServicer
from services.contacts.api.imports import ImportServicer
from services.contacts.settings import ContactsSettings
from services.contacts.workers import imports, renames  # noqa: F401 - they add their tasks to `jobs`
from services.contacts.workers.bulk import OPERATIONS
from services.contacts.workers.jobs import jobs

SERVICE = Service(
    name="contacts",
    servicers=(ContactServicer, CompanyServicer, ImportServicer, BulkServicer),
    migrations=Path(__file__).parent / "migrations" / "versions",
    jobs=jobs,
    operations=OPERATIONS,
    settings=ContactsSettings,
)
