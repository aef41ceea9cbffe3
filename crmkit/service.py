"""What a service is made of, and what it runs on."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import asyncpg
from nats.aio.client import Client
from procrastinate import Blueprint
from sqlalchemy.ext.asyncio import AsyncEngine

from crmkit.access import AccessDirectory
from crmkit.db import Row
from crmkit.errors import DomainError
from crmkit.settings import Settings
from crmkit.tokens import Verifier

# What a process does: "api" serves calls, "worker" publishes, consumes and works on jobs, "all" does both.
Role = Literal["api", "worker", "all"]

if TYPE_CHECKING:
    from crmkit.events.consumer import Consumer
    from crmkit.operations_run import Aggregate
    from crmkit.server import Servicer


@dataclass(frozen=True)
class Service:
    """The wiring of one service: `services/<name>/service.py` defines one as SERVICE."""

    name: str
    servicers: tuple[type[Servicer], ...]
    # The folder of Alembic versions.
    migrations: Path
    consumers: tuple[Consumer, ...] = ()
    # Background jobs; their task functions get `runtime` from the job context (see crmkit.jobs).
    jobs: Blueprint | None = None
    # Coroutines of the worker role that run until they are cancelled.
    background: tuple[Callable[[Runtime], Coroutine[Any, Any, None]], ...] = ()
    # What a violated unique or foreign key constraint means, by its name.
    constraints: Mapping[str, Callable[[], DomainError]] = field(default_factory=dict)
    # What bulk changes and undo need to know of each kind of record, by aggregate type (crmkit.operations_run). A
    # service that names one here has the table `operation` and the job of crmkit.operations_jobs.
    operations: Mapping[str, Aggregate[Any]] = field(default_factory=dict)
    # Settings class of the service, when it has variables of its own.
    settings: type[Settings] = Settings


@dataclass
class Runtime:
    """The parts of a running process."""

    service: Service
    settings: Settings
    writer: AsyncEngine
    reader: AsyncEngine
    reads: asyncpg.Pool[Row]
    nats: Client
    access: AccessDirectory
    verifier: Verifier
    seal_key: bytes
    role: Role
