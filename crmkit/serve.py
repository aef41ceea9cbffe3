"""Runs a service as a process: `crm serve <service>` ends here."""

from __future__ import annotations

import asyncio
import gc
import importlib
import signal
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

import nats
import structlog
import uvloop
from nats.aio.client import Client
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from crmkit import idempotency, operations
from crmkit.access import AccessDirectory
from crmkit.access_mirror import mirror_access
from crmkit.broker import inbox_prefix
from crmkit.db import create_engine, create_pool
from crmkit.events.consumer import run_consumers
from crmkit.events.relay import run_relay
from crmkit.jobs import run_jobs
from crmkit.server import Server
from crmkit.service import Role, Runtime, Service
from crmkit.settings import Settings, load
from crmkit.system.processes import answer_roll_calls
from crmkit.system.servicer import SystemServicer
from crmkit.telemetry.logs import configure_logs
from crmkit.telemetry.metrics import serve_metrics, watch_process
from crmkit.telemetry.tracing import configure_tracing, exporter
from crmkit.tokens import Verifier
from crmkit.workers import beat_for_parent, run_workers, tell_parent_ready, when_parent_ends, worker_index

log = structlog.get_logger(__name__)


def load_service(name: str) -> Service:
    """The SERVICE of `services/<name>/service.py`."""
    service = importlib.import_module(f"services.{name}.service").SERVICE
    if not isinstance(service, Service):
        raise TypeError(f"services.{name}.service.SERVICE is not a crmkit Service")
    return service


def run(name: str, role: Role) -> int:
    """Serves until SIGTERM or SIGINT, then drains. Returns the exit code."""
    service = load_service(name)
    settings = load(service.settings)
    configure_logs(name, settings.log_level, settings.log_format)
    try:
        settings.seal_key()
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    index = worker_index()
    if index is None and settings.workers > 1 and role != "worker":
        return asyncio.run(run_workers(settings.workers, settings.worker_silent_seconds))
    index = index or 0
    provider = configure_tracing(
        name, version("peyvand"), exporter(settings.otlp_endpoint, settings.otlp_ca_file), settings.trace_sample_ratio
    )
    if settings.metrics_port:
        serve_metrics(settings.metrics_host, settings.metrics_port + index)
    try:
        uvloop.run(serve(service, settings, role if index == 0 else "api"))
    except asyncio.CancelledError:
        log.info("stopped before it served")
    finally:
        if provider is not None:
            provider.shutdown()
    return 0


async def connect_nats(url: str, name: str) -> Client:
    """Connects, and keeps trying and reconnecting for as long as the process lives."""

    async def lost() -> None:
        log.warning("NATS connection lost")

    async def restored() -> None:
        log.info("NATS connection restored")

    async def error(problem: Exception) -> None:
        log.warning("NATS error", error=str(problem) or type(problem).__name__)

    return await nats.connect(
        url,
        name=name,
        inbox_prefix=inbox_prefix(url),
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.25,
        ping_interval=10,
        disconnected_cb=lost,
        reconnected_cb=restored,
        error_cb=error,
    )


@asynccontextmanager
async def open_runtime(service: Service, settings: Settings, role: Role) -> AsyncIterator[Runtime]:
    """The engines, the broker connection and the rights mirror (being filled) of one process."""
    url = settings.database_url.get_secret_value()
    replica = settings.database_replica_url.get_secret_value() or url
    writer = create_engine(url, settings, application=f"{service.name} writer", autocommit=False)
    reader = create_engine(replica, settings, application=f"{service.name} reader", autocommit=True)
    reads = create_pool(replica, settings, application=f"{service.name} reads")
    client = await connect_nats(settings.nats_url.get_secret_value(), service.name)
    try:
        await reads
        yield Runtime(
            service=service,
            settings=settings,
            writer=writer,
            reader=reader,
            reads=reads,
            nats=client,
            access=AccessDirectory(),
            verifier=Verifier(settings.jwks_file),
            seal_key=settings.seal_key(),
            role=role,
        )
    finally:
        await client.close()
        await writer.dispose()
        await reader.dispose()
        reads.terminate()


async def serve(service: Service, settings: Settings, role: Role) -> None:
    """Serves one role of a service until SIGTERM or SIGINT, then drains.

    A signal before it serves cancels it: what a start waits for may never come.
    """
    stopping, starting = asyncio.Event(), asyncio.current_task()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopping.set()
        if starting is not None:
            starting.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    when_parent_ends(stop)
    beat_for_parent()
    async with open_runtime(service, settings, role) as runtime, asyncio.TaskGroup() as group:
        work = [group.create_task(part) for part in _background(runtime)]
        server, grace_seconds = build_server(runtime), 0.0
        await server.start()
        try:
            loaded = asyncio.Event()
            mirror = group.create_task(mirror_access(runtime.nats, runtime.access, loaded))
            await loaded.wait()
            await _database_answers(runtime)
            gc.collect()
            gc.freeze()  # what the start made stays: the collector need not look at it again for every call
            await server.ready()
            starting = None
            tell_parent_ready()
            log.info("serving", role=role, port=server.port)
            await stopping.wait()
            log.info("draining")
            for task in work:  # at once: another process takes over what is published, consumed and done by jobs
                task.cancel()
            await server.draining()
            await asyncio.sleep(settings.drain_seconds)  # balancers must see "not serving" before the port goes
            grace_seconds = settings.stop_seconds
        finally:
            await server.stop(grace_seconds)
        mirror.cancel()


async def _database_answers(runtime: Runtime) -> None:
    """Returns once the database answers; a service may start before it."""
    while True:
        try:
            async with runtime.reader.connect() as db:
                await db.exec_driver_sql("SELECT 1")
        except (OSError, DBAPIError) as error:
            log.warning("the database does not answer yet", error=str(error))
            await asyncio.sleep(0.5)  # it is away: nothing to await but time
        else:
            return


def build_server(runtime: Runtime) -> Server:
    """The server of a service: its own contracts, and what every service tells its operators."""
    return Server(runtime, (*runtime.service.servicers, SystemServicer))


def _background(runtime: Runtime) -> list[Coroutine[Any, Any, None]]:
    """What runs beside the RPCs: gauges and roll calls everywhere, and the worker's part where the role has it."""
    work: list[Coroutine[Any, Any, None]] = [
        watch_process({"writer": runtime.writer, "reader": runtime.reader, "reads": runtime.reads}),
        answer_roll_calls(runtime),
    ]
    if runtime.role == "api":
        return work
    service = runtime.service
    work += [run_relay(runtime), run_jobs(runtime), expire_replies(runtime)]
    if service.consumers:
        work.append(run_consumers(runtime, service.consumers))
    work += [background(runtime) for background in service.background]
    return work


async def expire_replies(runtime: Runtime) -> None:
    """Removes stored replies that are over, hourly, until cancelled."""
    while True:
        try:
            await idempotency.expire(runtime.writer)
            if runtime.service.operations:
                await operations.expire(runtime.writer)
        except (OSError, SQLAlchemyError) as error:  # the database is away or busy; the next hour will do
            log.warning("stored replies not expired", error=str(error))
        await asyncio.sleep(3600)
