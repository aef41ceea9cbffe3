"""`crm up`: the whole system on this machine, in the foreground."""

from __future__ import annotations

import asyncio
import os
import time
from importlib.metadata import version
from pathlib import Path

import psutil
import typer
from sqlalchemy import NullPool
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from cli.exits import FAILED, USAGE, fail
from cli.stack import ports, state
from cli.stack.health import becomes_healthy
from cli.stack.plan import Plan
from cli.stack.secrets import Secrets
from cli.stack.settings import StackSettings
from cli.stack.supervisor import Supervisor
from services.identity.bootstrap import first_password_in_use

KEPT_LOGS = 3
# How long the parts of the system may take to find each other once each of them is ready.
SERVE_SECONDS = 30.0


def up(settings: StackSettings, demo: bool) -> int:
    """Runs the stack until it is told to stop. Returns the exit code."""
    if clashes := ports.twice(settings):
        fail("; ".join(clashes), USAGE)
    try:
        lock = state.lock(settings.run)
    except state.AlreadyRunning:
        known = state.read(settings.run)
        where = f" at {known.address} (process {known.pid})" if known else ""
        fail(f"this stack is running already{where}; stop it with Ctrl-C there, or see `crm status`")
    typer.echo(f"Peyvand {version('peyvand')}, data in {settings.data_dir}")
    if orphans := state.end_orphans(settings.run):
        typer.echo(f"Ended what a killed start had left: {', '.join(orphans)}")
    if taken := ports.taken(settings):
        for sentence in taken:
            typer.echo(f"crm: {sentence}", err=True)
        return FAILED
    rotate(settings.logs)
    typer.echo("Starting")
    return asyncio.run(_run(settings, lock, demo))


async def _run(settings: StackSettings, lock: int, demo: bool) -> int:
    secrets = Secrets(settings.data_dir / "secrets")
    plan = Plan(settings, secrets)
    known = state.StackState(
        pid=os.getpid(),
        created=psutil.Process().create_time(),
        address=settings.address,
        http_port=settings.http_port,
        data_dir=str(settings.data_dir),
    )
    known.write(settings.run)
    begun = time.monotonic()
    units = [*plan.units(), *([plan.demo()] if demo else [])]
    supervisor = Supervisor(units, known, logs=settings.logs, run=settings.run, lock=lock, say=typer.echo)

    async def started() -> None:
        serves = await becomes_healthy("system", settings.edge_port, SERVE_SECONDS)
        if serves and await becomes_healthy("gateway", settings.envoy_admin_port, SERVE_SECONDS):
            typer.echo(f"Everything serves after {time.monotonic() - begun:.1f} s\n")
        else:
            typer.echo(f"crm: something does not serve yet; {settings.address}/healthz says what\n", err=True)
        typer.echo(f"  Address        {settings.address}")
        typer.echo(f"  Administrator  {settings.admin_email}")
        if await first_password_holds(plan, settings.admin_email):
            password = secrets.admin_password_file.read_text()
            typer.echo(f"  Password       {password}   (the first one: change it after signing in)")
        typer.echo(f"\nCtrl-C stops it. Logs: {settings.logs}\n")

    return await supervisor.run(started)


async def first_password_holds(plan: Plan, email: str) -> bool:
    """Whether the administrator still has the password this stack made up."""
    url = make_url(plan.environment("identity")["CRM_DATABASE_URL"]).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as db:
        return await first_password_in_use(db, email)


def rotate(logs: Path) -> None:
    """Keeps the logs of the last starts as <name>.log.1 (the newest) and so on."""
    logs.mkdir(parents=True, exist_ok=True)
    for log in logs.glob("*.log"):
        for number in range(KEPT_LOGS, 0, -1):
            older = log if number == 1 else log.with_name(f"{log.name}.{number - 1}")
            if older.exists():
                older.rename(log.with_name(f"{log.name}.{number}"))
