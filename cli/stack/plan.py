"""The processes of the local stack and how they hang together."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import asyncpg

from cli.embedded import envoy
from cli.embedded.nats import Nats, NatsUser
from cli.embedded.postgres import Postgres
from cli.embedded.program import Program, StartFailed, base_environment
from cli.stack.secrets import Secrets
from cli.stack.settings import FIRST, StackSettings, services
from cli.stack.unit import Unit

SERVICES = services()
SERVERS, APPLICATIONS, EDGE, FRONT = range(4)
# How long requests in flight get when the gateway stops; live update streams never end by themselves.
DRAIN_SECONDS = 2.0


class Plan:
    """Builds the units of a stack from its settings and secrets."""

    def __init__(self, settings: StackSettings, secrets: Secrets) -> None:
        self._settings = settings
        self._secrets = secrets
        self._postgres = Postgres(settings.data_dir / "postgres", settings.postgres_port, secrets.password("postgres"))
        self._nats = Nats(settings.data_dir / "nats", settings.nats_port, secrets.password("nats"))

    def units(self) -> list[Unit]:
        """Every process, in the order people think of them."""
        ports = self._settings
        return [
            Unit(
                "postgres", (), SERVERS, self._postgres_program, ports.postgres_port, "postgres",
                prepare=self._provision,
            ),
            Unit("nats", (), SERVERS, self._nats_program, ports.nats_port, "nats"),
            Unit("migrate", ("postgres",), APPLICATIONS, self._migrate_program, once=True),
            self._service("contacts", "contacts", "api", ports.contacts_port, ports.contacts_metrics_port),
            self._service(
                "contacts-worker", "contacts", "worker", ports.contacts_worker_port, ports.contacts_worker_metrics_port
            ),
            self._service("identity", "identity", "all", ports.identity_port, ports.identity_metrics_port),
            self._service("activities", "activities", "all", ports.activities_port, ports.activities_metrics_port),
            *(
                self._service(name, name, "all", ports.port(f"{name}_port"), ports.port(f"{name}_metrics_port"))
                for name in SERVICES[len(FIRST):]
            ),
            Unit("edge", (), EDGE, self._edge_program, ports.edge_port, "edge"),
            Unit("envoy", (), FRONT, self._envoy_program, ports.envoy_admin_port, "envoy", drain=self._drain_envoy),
        ]  # fmt: skip

    def demo(self) -> Unit:
        """The step that fills the stack with demo data once everything else serves."""
        everything = tuple(unit.name for unit in self.units())
        return Unit("demo", everything, FRONT, self._demo_program, once=True, late=True)

    def _demo_program(self) -> Program:
        return crm("demo", name="demo", environment={**_given(), **base_environment()})

    def environment(self, service: str) -> dict[str, str]:
        """The CRM_* variables of a service's process; what was given on our command line comes first of all."""
        return {
            **_given(),
            **self._common(),
            "CRM_DATABASE_URL": self._postgres.url(service, service, self._secrets.password(service)),
            "CRM_NATS_URL": self._nats_url(service),
        }

    def _common(self) -> dict[str, str]:
        ports = self._settings
        return {
            **base_environment(),
            "CRM_JWKS_FILE": str(self._secrets.jwks_file),
            "CRM_SEAL_KEY_FILE": str(self._secrets.seal_key_file),
            "CRM_PUBLIC_URL": ports.address,
            "CRM_EDGE_PORT": str(ports.edge_port),
            "CRM_EDGE_TARGET": f"127.0.0.1:{ports.edge_port}",
            "CRM_TARGETS": ",".join(f"{name}=127.0.0.1:{ports.port(f'{name}_port')}" for name in SERVICES),
        }

    def _service(self, unit: str, service: str, role: str, port: int, metrics_port: int) -> Unit:
        def program() -> Program:
            environment = {
                # Nobody balances over these processes: the gateway has stopped before they are asked to.
                "CRM_DRAIN_SECONDS": "0",
                **self.environment(service),
                "CRM_GRPC_PORT": str(port),
                "CRM_METRICS_PORT": str(metrics_port),
                "CRM_WORKERS": str(self._settings.contacts_workers) if unit == "contacts" else "1",
            }
            if service == "identity":
                environment["CRM_SIGNING_KEY_FILE"] = str(self._secrets.signing_key_file)
            return crm("serve", service, "--role", role, name=unit, environment=environment)

        return Unit(unit, ("migrate", "nats"), APPLICATIONS, program, port, "grpc")

    def _postgres_program(self) -> Program:
        self._postgres.prepare()
        return self._postgres.program()

    async def _provision(self) -> None:
        try:
            for service in SERVICES:
                await self._postgres.provision(service, self._secrets.password(service))
        except asyncpg.InvalidPasswordError as error:
            raise StartFailed(
                f"PostgreSQL in {self._postgres.folder} has another password than {self._secrets.folder}: restore "
                "the secrets it was made with, or remove both folders and start anew"
            ) from error

    def _nats_url(self, user: str) -> str:
        return self._nats.url_of(user, self._secrets.password(f"nats-{user}"))

    def _nats_program(self) -> Program:
        # In a process of its own: what services load to say what they consume would stay in this one for good.
        permissions = subprocess.run(  # noqa: S603 - our own command line
            crm("nats-permissions", name="nats", environment=base_environment()).argv,
            check=False,
            capture_output=True,
        )
        if permissions.returncode != 0:
            told = permissions.stderr.decode(errors="replace").strip().splitlines() or ["it did not say why"]
            raise StartFailed(f"a service cannot be loaded (`crm nats-permissions` shows where): {told[-1]}")
        self._nats.users = {
            user: NatsUser(self._secrets.password(f"nats-{user}"), allowed)
            for user, allowed in json.loads(permissions.stdout).items()
        }
        self._nats.prepare()
        return self._nats.program()

    def _migrate_program(self) -> Program:
        environment = {
            **_given(),
            **base_environment(),
            "CRM_ADMIN_EMAIL": self._settings.admin_email,
            "CRM_ADMIN_PASSWORD_FILE": str(self._secrets.admin_password_file),
        }
        environment.pop("CRM_DATABASE_URL", None)  # it would be one service's, not ours
        return crm("migrate", name="migrate", environment=environment)

    def _edge_program(self) -> Program:
        environment = {
            **_given(),
            **self._common(),
            "CRM_NATS_URL": self._nats_url("edge"),
            "CRM_METRICS_PORT": str(self._settings.edge_metrics_port),
        }
        return crm("serve", "edge", name="edge", environment=environment)

    def _envoy_program(self) -> Program:
        from gateway.envoy.render import to_yaml  # noqa: PLC0415 - the contracts' descriptors take a while to load
        from gateway.envoy.settings import EnvoySettings  # noqa: PLC0415

        common = self._common()
        configuration = self._settings.run / "envoy.yaml"
        rendered = to_yaml(
            EnvoySettings(
                http_host=self._settings.http_host,
                http_port=self._settings.http_port,
                envoy_admin_port=self._settings.envoy_admin_port,
                envoy_metrics_port=self._settings.envoy_metrics_port,
                edge_target=common["CRM_EDGE_TARGET"],
                targets=dict(pair.split("=", 1) for pair in common["CRM_TARGETS"].split(",")),
                jwks_file=Path(common["CRM_JWKS_FILE"]),
                public_url=self._settings.address,
            )
        )
        configuration.touch(mode=0o600)
        configuration.write_text(rendered)
        return envoy.program(configuration, self._settings.envoy_concurrency)

    async def _drain_envoy(self) -> None:
        await asyncio.to_thread(drain_envoy, self._settings.envoy_admin_port)


def drain_envoy(admin_port: int) -> None:
    """Closes the gateway's listeners; requests that have begun may end."""
    for path in ("healthcheck/fail", "drain_listeners"):
        try:
            urllib.request.urlopen(
                urllib.request.Request(f"http://127.0.0.1:{admin_port}/{path}", method="POST"),
                timeout=DRAIN_SECONDS,
            ).close()
        except OSError:
            return  # it is gone already


def _given() -> Mapping[str, str]:
    """The CRM_* variables `crm up` was started with."""
    return {name: value for name, value in os.environ.items() if name.startswith(("CRM_", "OTEL_"))}


def crm(*arguments: str, name: str, environment: Mapping[str, str]) -> Program:
    """A process of our own."""
    return Program(
        name=name,
        argv=(sys.executable, "-P", "-m", "cli.main", *arguments),
        env={**environment, "PYTHONUNBUFFERED": "1"},
        stop_seconds=25.0,
    )
