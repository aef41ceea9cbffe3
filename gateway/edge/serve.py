"""Runs the edge as a process."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from importlib.metadata import version

import structlog
import uvloop
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from crmkit.settings import load
from crmkit.telemetry.logs import configure_logs
from crmkit.telemetry.metrics import serve_metrics, watch_process
from crmkit.telemetry.tracing import configure_tracing, exporter
from gateway.edge.app import build_app
from gateway.edge.settings import EdgeSettings

log = structlog.get_logger(__name__)


def run() -> int:
    """Serves until SIGTERM or SIGINT, then ends live streams and lets requests finish. Returns the exit code."""
    settings = load(EdgeSettings)
    configure_logs("edge", settings.log_level, settings.log_format)
    provider = configure_tracing(
        "edge", version("peyvand"), exporter(settings.otlp_endpoint, settings.otlp_ca_file), settings.trace_sample_ratio
    )
    if settings.metrics_port:
        serve_metrics(settings.metrics_host, settings.metrics_port)
    try:
        uvloop.run(serve(settings))
    finally:
        if provider is not None:
            provider.shutdown()
    return 0


async def serve(settings: EdgeSettings) -> None:
    """Serves in this process and loop until a signal comes."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    app = build_app(settings)
    server = Server(
        app,
        address=settings.edge_host,
        port=settings.edge_port,
        interface=Interfaces.ASGI,
        websockets=False,
        # Envoy holds the clients; a slow one must not hold more than this of its request in memory.
        http1_settings=HTTP1Settings(max_buffer_size=256 * 1024),
        log_enabled=False,
    )
    gauges = asyncio.create_task(watch_process({}))
    serving = asyncio.create_task(server.serve())
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()  # it ended by itself: say why
    log.info("draining")
    app.state.edge.hub.close()
    server.stop()  # type: ignore[no-untyped-call]  # granian has no stubs for it
    with suppress(TimeoutError):
        await asyncio.wait_for(serving, settings.stop_seconds)
    gauges.cancel()


if __name__ == "__main__":
    raise SystemExit(run())
