"""The table as people read it, on the terminal and in docs/performance.md."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil

from bench.harness import Row

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- table begins: written by make bench -->", "<!-- table ends -->"


def machine() -> str:
    """Date, processors, memory and versions in one line."""
    memory = psutil.virtual_memory().total / 2**30
    revision = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False, cwd=PAGE.parent
    ).stdout.strip()
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} × {_processor()}, {memory:.0f} GiB, {platform.system()} "
        f"{platform.release()}, Python {platform.python_version()}, revision {revision or 'unknown'}"
    )


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or platform.machine())


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    marks = {True: "reached", False: "**not reached**", None: ""}
    lines = ["| work | measured | floor | goal | | what users have today |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.work} | {row.measured} | {row.floor} | {row.goal} | {marks[row.reached]} | {row.rivals} |"
        for row in rows
    ]
    return "\n".join(lines)


def write(rows: Sequence[Row], conditions: str) -> None:
    """Replaces the table in docs/performance.md; what people wrote around it stays."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{machine()}\n\n{conditions}\n\n{table(rows)}\n{END}{after}", encoding="utf-8")
