"""The identity service with its worker, and people to call it as."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import grpc
import pytest
from sqlalchemy import text
from uuid_utils.compat import uuid7

from crm.identity.v1 import identity_service_pb2 as pb
from crm.identity.v1.account_service_pb2_grpc import AccountServiceStub
from crm.identity.v1.colleague_service_pb2_grpc import ColleagueServiceStub
from crm.identity.v1.identity_service_pb2_grpc import DirectoryServiceStub, SessionServiceStub
from crm.identity.v1.rights_service_pb2_grpc import RightsServiceStub
from crm.identity.v1.view_service_pb2_grpc import ViewServiceStub
from crmkit.access_mirror import mirror_access
from crmkit.testing import Refusal, ServiceUnderTest, refusal, running
from crmkit.tokens import generate_key, jwks, load_key
from services.identity.api import hashing
from services.identity.bootstrap import ensure_administrator
from services.identity.cli import token_for
from services.identity.domain.rights import to_names
from services.identity.domain.roles import ROLE_IDS, default_rights
from services.identity.domain.users import Profile, cleaned
from services.identity.service import SERVICE
from services.identity.settings import IdentitySettings
from services.identity.store import access_bucket, teams, users
from tests.conftest import Database

PASSWORD = "vq8-turbine-oslo"
ADMIN = "admin@example.com"
Metadata = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Person:
    """Somebody of the directory; `as_` is the call metadata of a fresh token."""

    id: str
    email: str
    as_: Metadata


class Identity(ServiceUnderTest):
    """The service under test and its directory. A `source` is a network address that no other test shares."""

    @cached_property
    def sessions(self) -> Any:
        return self.stub(SessionServiceStub)

    @cached_property
    def directory(self) -> Any:
        return self.stub(DirectoryServiceStub)

    @cached_property
    def account(self) -> Any:
        return self.stub(AccountServiceStub)

    @cached_property
    def rights(self) -> Any:
        return self.stub(RightsServiceStub)

    @cached_property
    def colleagues(self) -> Any:
        return self.stub(ColleagueServiceStub)

    @cached_property
    def views(self) -> Any:
        return self.stub(ViewServiceStub)

    @property
    def settings(self) -> IdentitySettings:
        assert isinstance(self.runtime.settings, IdentitySettings)
        return self.runtime.settings

    async def person(self, role: str = "viewer", team_id: UUID | None = None, name: str = "") -> Person:
        """A new active user with PASSWORD."""
        id_ = uuid7()
        email = f"{role}.{id_.hex}@example.com"
        name = name or f"{role.title()} {id_.hex[-6:]}"
        profile = cleaned(Profile(email, name, (role,), team_id, "", "", ""))
        async with self.runtime.writer.begin() as db:
            await users.add(db, id_, profile, await _hash(), now=datetime.now(UTC), by=None)
        return Person(str(id_), email, await self.metadata(email))

    async def metadata(self, email: str) -> Metadata:
        """Call metadata of a new token without a session, with the roles and team of now."""
        async with self.runtime.writer.begin() as db:
            token = await token_for(db, email, self.settings.signing_key_file)
        return bearer(token)

    async def team(self, name: str = "", parent_id: UUID | None = None) -> UUID:
        """A new team, known to the service's mirror."""
        id_ = uuid7()
        async with self.runtime.writer.begin() as db:
            made = await teams.add(db, id_, name or id_.hex, parent_id, now=datetime.now(UTC), by=None)
        async with self.runtime.writer.connect() as db:
            await access_bucket.put_team(await access_bucket.open_bucket(self.runtime.nats), db, made.id)
        await eventually(lambda: made.id in self.runtime.access.parents)
        return made.id

    async def sign_in(self, email: str, password: str = PASSWORD, source: str | None = None) -> Any:
        """A session; from a network address of its own unless one is given."""
        metadata = (("x-envoy-external-address", source or uuid7().hex),)
        return await self.sessions.SignIn(pb.SignInRequest(email=email, password=password), metadata=metadata)

    async def events(self, aggregate_id: str) -> list[Any]:
        """The events of one record, oldest first."""
        query = text("SELECT * FROM event WHERE aggregate_id = :id ORDER BY aggregate_version")
        async with self.runtime.reader.connect() as db:
            return list((await db.execute(query, {"id": UUID(aggregate_id)})).all())

    async def execute(self, statement: str, **values: Any) -> None:
        """Changes what no RPC can: time."""
        async with self.runtime.writer.begin() as db:
            await db.execute(text(statement), values)


def bearer(token: str) -> Metadata:
    """Call metadata of an access token."""
    return (("authorization", f"Bearer {token}"),)


async def refused(call: Any) -> Refusal:
    """What an awaited call was refused with; fails when it was not."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call
    return refusal(caught.value)


async def eventually(holds: Callable[[], bool], seconds: float = 5.0) -> None:
    """Waits until something holds; there is no event to await for another process's mirror."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.005)


_hashes: list[str] = []


async def _hash() -> str:
    if not _hashes:
        _hashes.append(await hashing.hash_password(PASSWORD))
    return _hashes[0]


@contextlib.asynccontextmanager
async def serving(url: str, nats_url: str, folder: Path) -> AsyncIterator[Identity]:
    """Serves identity with a first administrator, its worker, and a mirror that has the shipped roles."""
    key = generate_key()
    (folder / "signing.pem").write_bytes(key)
    (folder / "jwks.json").write_bytes(jwks(load_key(key)))
    files = {"signing_key_file": folder / "signing.pem", "jwks_file": folder / "jwks.json"}
    async with running(SERVICE, url, nats_url, worker=True, **files) as service:
        async with service.runtime.writer.begin() as db:
            await ensure_administrator(db, ADMIN, PASSWORD)
        access, loaded = service.runtime.access, asyncio.Event()
        access.roles.clear()
        mirror = asyncio.create_task(mirror_access(service.runtime.nats, access, loaded))
        await eventually(lambda: set(access.roles) == set(ROLE_IDS))
        try:
            yield Identity(service.runtime, service.channel, service.port, load_key(key))
        finally:
            mirror.cancel()
            await asyncio.gather(mirror, return_exceptions=True)


@pytest.fixture(scope="module")
async def identity(
    module_database: Database, nats_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Identity]:
    """The service of this module; its tests make their own people."""
    async with serving(await module_database(SERVICE), nats_url, tmp_path_factory.mktemp("keys")) as service:
        yield service


@pytest.fixture
async def own_identity(database: Database, own_nats_url: str, tmp_path: Path) -> AsyncIterator[Identity]:
    """A service of this test alone: its administrator is the only one."""
    async with serving(await database(SERVICE), own_nats_url, tmp_path) as service:
        yield service


@pytest.fixture(scope="module")
async def admin(identity: Identity) -> Person:
    """The first administrator."""
    return await identity.person("administrator")


def defaults(role_id: str) -> dict[str, dict[str, str]]:
    """The shipped rights of a role, by names."""
    return to_names(default_rights(role_id))
