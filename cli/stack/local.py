"""The local stack as the other commands see it: what `crm up` wrote down, and its secrets."""

from __future__ import annotations

from cli.exits import NOT_RUNNING, fail
from cli.stack import state
from cli.stack.plan import SERVICES
from cli.stack.secrets import Secrets
from cli.stack.settings import StackSettings
from crmkit.settings import load


def running() -> tuple[StackSettings, state.StackState]:
    """The settings and state of this checkout's running stack; ends the command where there is none."""
    settings = load(StackSettings)
    known = state.read(settings.run)
    if known is None or known.supervisor() is None:
        fail(f"no stack is running with data in {settings.data_dir}; start it with `make run`", NOT_RUNNING)
    return settings, known


def database_url(service: str) -> str:
    """The URL of a service's database in the running stack."""
    settings, known = running()
    if service not in SERVICES:
        fail(f"there is no service {service!r}; there are {', '.join(SERVICES)}", 2)
    postgres = known.processes.get("postgres")
    if postgres is None:
        fail("PostgreSQL of this stack has not started yet", NOT_RUNNING)
    password = Secrets(settings.secrets).password(service)
    return f"postgresql://{service}:{password}@127.0.0.1:{postgres.port}/{service}"
