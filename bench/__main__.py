"""`make bench`: measures the rows of the table that exist now, each beside its floor.

    python -m bench [--write] [ROW ...]

CRM_BENCH_ROWS and CRM_BENCH_ACTIVITIES set the size of the data (1,000,000 and 20,000,000), CRM_BENCH_DIR its folder
(.crm-bench), CRM_BENCH_PORT the gateway's port (18080), CRM_BENCH_SECONDS the length of one run of the load generator
(4). The data is made at the first run, which takes several minutes, and kept.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import dataset, report, rows
from bench.harness import CONNECTIONS, REPEATS, Bench, Row
from bench.stack import BenchFailed, running
from cli.stack.settings import ROOT

# In the order of goals.md; the two that look at an idle stack are measured first, whatever the order asked for.
ROWS: Mapping[str, Callable[[Bench], Row]] = {
    "start": rows.start,
    "memory": rows.at_rest,
    "read": rows.read_contact,
    "list": rows.list_contacts,
    "deep": rows.deep_page,
    "search": rows.search_contacts,
    "timeline": rows.timeline,
    "fresh": rows.freshness,
    "create": rows.create_contact,
    "import": rows.import_contacts,
}
# What differs from a stack as it ships: the gateway must not take the load generator for an attack.
ENVIRONMENT = {"CRM_RATE_LIMIT": "1000000", "CRM_LOG_LEVEL": "warning"}
SETTLE_SECONDS = 10.0


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"only these: {', '.join(ROWS)}")
    parser.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    given = parser.parse_args()
    if unknown := set(given.rows) - ROWS.keys():
        parser.error(f"unknown rows: {', '.join(sorted(unknown))}")
    wanted = [name for name in ROWS if name in given.rows or not given.rows]
    try:
        found, conditions = measure(wanted)
    except BenchFailed as error:
        sys.exit(f"bench: {error}")
    print(f"{report.machine()}\n\n{conditions}\n\n{report.table(found)}")
    if given.write:
        report.write(found, conditions)


def measure(wanted: list[str]) -> tuple[list[Row], str]:
    """The rows asked for and, in a sentence, under which conditions. Raises BenchFailed."""
    contacts = int(os.environ.get("CRM_BENCH_ROWS", "1000000"))
    activities = int(os.environ.get("CRM_BENCH_ACTIVITIES", str(contacts * 20)))
    folder = Path(os.environ.get("CRM_BENCH_DIR", ROOT / ".crm-bench"))
    port = int(os.environ.get("CRM_BENCH_PORT", "18080"))
    seconds = float(os.environ.get("CRM_BENCH_SECONDS", "4"))
    workers = os.environ.setdefault("CRM_CONTACTS_WORKERS", str(min(2, os.cpu_count() or 1)))
    with running(folder, port, ENVIRONMENT) as stack:
        dataset.ensure(stack, contacts, activities, say)
    with running(folder, port, ENVIRONMENT) as stack:  # anew: the start is a row, and the import's caches are gone
        time.sleep(SETTLE_SECONDS)  # at rest is what is left some seconds after the start
        bench = Bench(stack, seconds, say)
        asyncio.run(bench.prepare())
        found = []
        for name in wanted:
            say(f"measuring: {name}")
            found.append(ROWS[name](bench))
            say(f"  {found[-1].measured}")  # kept on the screen, whatever a later row comes to
    conditions = (
        f"{contacts:,} contacts in four languages, {activities:,} activities; {CONNECTIONS} connections; "
        f"{workers} processes serve contacts, everything else as shipped; the load generator runs on the same "
        f"machine. Each figure is the median of {REPEATS} runs of {seconds:g} s after one to warm up."
    )
    return found, conditions


if __name__ == "__main__":
    main()
