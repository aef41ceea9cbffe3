"""A stack of two small servers, looked after by the real supervisor: `python -m tests.unit.cli.little_stack FOLDER`.

Each server answers the probe of NATS on a port of its own, has a child that would outlive it, and writes its name to
FOLDER/order when it is asked to stop. Further arguments change the second server's manners: "stubborn" ignores the
request to stop, "brittle" dies as soon as it is ready, "hopeless" dies before, "mute" takes calls and never answers;
"step" adds a failing step.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import psutil
import typer

from cli.embedded.program import Program, base_environment, free_port
from cli.stack import state
from cli.stack.supervisor import Supervisor
from cli.stack.unit import Unit

SERVER = """
import signal, socket, subprocess, sys, time
name, port, order, manners = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4:]
def stop(number, frame):
    with open(order, "a") as file:
        print(name, file=file)
    sys.exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if "stubborn" in manners else stop)
if "hopeless" in manners:
    sys.exit("there is no hope")
subprocess.Popen(["sleep", "1000"])
listener = socket.create_server(("127.0.0.1", port))
while True:
    client, _ = listener.accept()
    if "mute" in manners:
        continue
    client.sendall(b"INFO")
    client.close()
    if "brittle" in manners:
        sys.exit(7)
"""


def unit(name: str, after: tuple[str, ...], stage: int, order: Path, *manners: str) -> Unit:
    port = free_port()
    argv = (sys.executable, "-c", SERVER, name, str(port), str(order), *manners)
    program = Program(name, argv, base_environment(), stop_seconds=1.0)
    return Unit(name, after, stage, lambda: program, port, "nats")


async def main(folder: Path, manners: list[str]) -> int:
    lock = state.lock(folder)
    for name in state.end_orphans(folder):
        typer.echo(f"orphan {name}")
    units = [unit("below", (), 0, folder / "order"), unit("above", ("below",), 1, folder / "order", *manners)]
    if "step" in manners:
        fails = Program("step", (sys.executable, "-c", "import sys; sys.exit('the step has failed')"), {})
        units.append(Unit("step", ("above",), 1, lambda: fails, once=True))
    known = state.StackState(
        pid=os.getpid(), created=psutil.Process().create_time(), address="", http_port=0, data_dir=str(folder)
    )
    supervisor = Supervisor(units, known, logs=folder, run=folder, lock=lock, say=typer.echo)

    async def started() -> None:
        typer.echo("started")

    return await supervisor.run(started)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]), sys.argv[2:])))
