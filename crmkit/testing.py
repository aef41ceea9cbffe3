"""A service under test: in this process, on a free port, against a real database and broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar
from uuid import UUID

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from google.rpc.error_details_pb2 import BadRequest, ErrorInfo, RetryInfo
from google.rpc.status_pb2 import Status
from pydantic import SecretStr
from uuid_utils.compat import uuid7

from crmkit.access import Principal
from crmkit.contracts import declared_rights
from crmkit.errors import DETAILS_KEY
from crmkit.events.consumer import run_consumers
from crmkit.events.relay import run_relay
from crmkit.jobs import run_jobs
from crmkit.serve import build_server, open_runtime
from crmkit.service import Runtime, Service
from crmkit.system.processes import answer_roll_calls
from crmkit.tokens import jwks, mint

T = TypeVar("T")


def same_scope(scope: str, *only: str) -> dict[str, dict[str, str]]:
    """A role matrix that gives one scope for everything contracts name, or for these actions only."""
    return {
        name: {action: scope for action in actions if not only or action in only}
        for name, actions in declared_rights().items()
    }


# Roles by how far they reach; the shipped matrix belongs to identity.
ROLES: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "administrator": same_scope("all"),
    "manager": same_scope("team"),
    "representative": same_scope("own"),
    "viewer": same_scope("all", "read"),
    "nobody": {},
}


@dataclass
class ServiceUnderTest:
    """A served service, and how to call it as somebody."""

    runtime: Runtime
    channel: grpc.aio.Channel
    port: int
    key: Ed25519PrivateKey

    def stub(self, kind: type[T]) -> T:
        """A client of one of its gRPC services, such as ContactServiceStub."""
        return kind(self.channel)  # type: ignore[call-arg]

    def token(
        self,
        role: str = "administrator",
        user_id: UUID | None = None,
        team_id: UUID | None = None,
        team_ids: tuple[UUID, ...] = (),
        lifetime_seconds: int = 600,
    ) -> str:
        """An access token of a user; a new user unless `user_id` is given.

        From then on the teams of `team_ids` stand below the user's team, for everybody.
        """
        for below in team_ids:
            if below != team_id:
                self.runtime.access.set_team(below, team_id)
        principal = Principal(user_id or uuid7(), uuid7(), frozenset({role}), team_id)
        return mint(self.key, principal, lifetime_seconds=lifetime_seconds)[0]

    def as_(self, role: str = "administrator", **who: Any) -> tuple[tuple[str, str], ...]:
        """Call metadata of a user: `await stub.GetContact(request, metadata=service.as_("viewer"))`."""
        return (("authorization", f"Bearer {self.token(role, **who)}"),)


@asynccontextmanager
async def running(
    service: Service, database_url: str, nats_url: str, *, worker: bool = False, **settings: Any
) -> AsyncIterator[ServiceUnderTest]:
    """Serves `service` with the roles of ROLES; with `worker` also its relay, consumers and jobs."""
    key = Ed25519PrivateKey.generate()
    with TemporaryDirectory() as folder:
        jwks_file, seal_file = Path(folder) / "jwks.json", Path(folder) / "seal.key"
        jwks_file.write_bytes(jwks(key))
        seal_file.write_bytes(bytes(range(32)))
        values = {
            "database_url": SecretStr(database_url),
            "nats_url": SecretStr(nats_url),
            "jwks_file": jwks_file,
            "seal_key_file": seal_file,
            "grpc_port": 0,
            "database_pool_size": 5,
            **settings,
        }
        async with open_runtime(service, service.settings(**values), "all" if worker else "api") as runtime:
            for role_id, matrix in ROLES.items():
                runtime.access.set_role(role_id, matrix)
            server = build_server(runtime)
            await server.start()
            await server.ready()
            work = [run_relay(runtime), run_jobs(runtime), run_consumers(runtime, service.consumers)] if worker else []
            work += [background(runtime) for background in service.background] if worker else []
            tasks = [asyncio.create_task(part) for part in (*work, answer_roll_calls(runtime))]
            try:
                async with grpc.aio.insecure_channel(f"127.0.0.1:{server.port}") as channel:
                    yield ServiceUnderTest(runtime, channel, server.port, key)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                await server.stop(0)


@dataclass(frozen=True)
class Refusal:
    """What a refused call said."""

    code: grpc.StatusCode
    reason: str
    message: str
    fields: tuple[str, ...]
    metadata: Mapping[str, str]
    retry_seconds: float | None


def refusal(error: grpc.aio.AioRpcError) -> Refusal:
    """Reads the details of an error: `with pytest.raises(grpc.aio.AioRpcError) as caught: …; refusal(caught.value)`."""
    details = dict(error.trailing_metadata() or ()).get(DETAILS_KEY)
    info, bad, retry = ErrorInfo(), BadRequest(), RetryInfo()
    for detail in Status.FromString(details).details if isinstance(details, bytes) else ():
        detail.Unpack(info)
        detail.Unpack(bad)
        detail.Unpack(retry)
    fields = tuple(violation.field for violation in bad.field_violations)
    seconds = retry.retry_delay.ToTimedelta().total_seconds() if retry.HasField("retry_delay") else None
    return Refusal(error.code(), info.reason, error.details() or "", fields, dict(info.metadata), seconds)
