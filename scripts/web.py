"""Builds the web app into `web/dist`: its packages, the types of the API, the build.

Each step runs only when its inputs changed, so `make` can call it every time. Stands on Node.js of the machine, or on
the wheel that `bootstrap.py` installs where there is none.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
DIST = WEB / "dist"
MODULES = WEB / "node_modules"
TYPES = WEB / "src" / "api" / "schema.d.ts"
# What is built from: sources, and what says how.
SOURCES = ("src", "public", "scripts", "index.html", "package-lock.json", "vite.config.ts", "tsconfig.json")
LAST_LINES = 40


def environment() -> dict[str, str]:
    """PATH with the environment's programs last: a Node.js of the machine comes first."""
    programs = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join((os.environ.get("PATH", ""), programs))}


def digest(paths: Iterable[Path]) -> str:
    """SHA-256 over files with their names, and this script."""
    total = hashlib.sha256(Path(__file__).read_bytes())
    for path in paths:
        total.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def files_of(names: Iterable[str]) -> Iterator[Path]:
    """The files of web/ below these names, in a fixed order."""
    for name in names:
        path = WEB / name
        yield from sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else (path,)


def done(stamp: Path, wanted: str) -> bool:
    """Whether the step that writes this stamp has been done with these inputs."""
    return stamp.is_file() and stamp.read_text() == wanted


def run(what: str, *command: str, given: str | None = None) -> None:
    """Runs a program in web/; says what it does and how long it took, and its last lines when it fails."""
    print(f"web: {what}", flush=True)
    begun = time.monotonic()
    program = shutil.which(command[0], path=environment()["PATH"])
    if program is None:
        sys.exit(f"web: there is no {command[0]}; run `make install`")
    outcome = subprocess.run(
        (program, *command[1:]),
        cwd=WEB,
        env=environment(),
        input=given,
        stdin=None if given is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if outcome.returncode != 0:
        print("\n".join(outcome.stdout.splitlines()[-LAST_LINES:]))
        sys.exit(f"web: {what}: failed, see above")
    print(f"  done in {time.monotonic() - begun:.0f} s", flush=True)


def install() -> None:
    """node_modules as the lock file says; npm checks every hash."""
    lock = WEB / "package-lock.json"
    stamp, wanted = MODULES / ".installed", digest((lock, WEB / "package.json"))
    if done(stamp, wanted):
        return
    count = len(re.findall(r'^    "node_modules/', lock.read_text(), re.MULTILINE))
    run(f"installing {count} packages of web/package-lock.json", "npm", "ci", "--no-audit", "--no-fund")
    stamp.write_text(wanted)


def generate() -> None:
    """TypeScript types of the HTTP API, from the same document as /openapi.json."""
    inputs = [ROOT / "gen" / ".fingerprint", *sorted((ROOT / "gateway" / "edge" / "openapi").glob("*.py"))]
    stamp, wanted = MODULES / ".types", digest([*inputs, WEB / "scripts" / "types.mjs"])
    if TYPES.is_file() and done(stamp, wanted):
        return
    sys.path[:0] = [str(ROOT), str(ROOT / "gen")]
    from gateway.edge.openapi.document import document  # noqa: PLC0415 - takes a second to load, and is rarely needed

    run("types from the contracts", "node", "scripts/types.mjs", given=json.dumps(document()))
    stamp.write_text(wanted)


def build() -> None:
    """web/dist, which the edge serves."""
    stamp, wanted = DIST / ".built", digest(files_of(SOURCES))
    if done(stamp, wanted):
        return
    run("building", "npm", "run", "--silent", "build")
    stamp.write_text(wanted)


def main() -> None:
    install()
    generate()
    build()


if __name__ == "__main__":
    main()
