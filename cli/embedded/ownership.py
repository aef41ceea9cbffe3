"""Running a program as an unprivileged user when we are root, wherever the checkout lies.

PostgreSQL refuses to run as root. As root its files belong to `nobody`, and it must reach them although the checkout
may lie below a folder that only root may enter (/root). On Linux an open descriptor of the folder, inherited and
addressed as /proc/self/fd/N, is such a way: the lookup starts at the folder and checks none of its parents.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from cli.embedded.program import StartFailed


@dataclass(frozen=True)
class Account:
    """The user a server runs as, when it is not ourselves."""

    uid: int
    gid: int


def unprivileged() -> Account | None:
    """`nobody` when we are root; None when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def reachable(path: Path) -> bool:
    """Whether every user may enter all parents of this absolute path."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


@dataclass(frozen=True)
class PrivateFolder:
    """A folder of mode 0700 that belongs to the account; `view` is the path by which the account reaches it."""

    path: Path
    view: str
    account: Account | None
    pass_fds: tuple[int, ...]

    def close(self) -> None:
        """Closes the inherited descriptor; children that have it keep it."""
        for descriptor in self.pass_fds:
            os.close(descriptor)


def private_folder(path: Path, account: Account | None) -> PrivateFolder:
    """Makes the folder, or takes it over, for the account.

    Raises StartFailed where the account could not reach it, with what to do.
    """
    path.mkdir(parents=True, exist_ok=True)
    if account is None:
        if path.stat().st_uid != os.geteuid():
            raise StartFailed(
                f"{path} belongs to another user: it was made by root; start as root again or remove the folder"
            )
        path.chmod(0o700)
        return PrivateFolder(path, str(path), None, ())
    if path.stat().st_uid != account.uid:
        _give(path, account)
    path.chmod(0o700)
    if reachable(path):
        return PrivateFolder(path, str(path), account, ())
    if not Path("/proc/self/fd").is_dir():
        raise StartFailed(f"{path} lies in a folder that only you may enter; start as an ordinary user, not as root")
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    return PrivateFolder(path, f"/proc/self/fd/{descriptor}", account, (descriptor,))


def _give(path: Path, account: Account) -> None:
    shutil.chown(path, account.uid, account.gid)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(Path(folder) / name, account.uid, account.gid, follow_symlinks=False)
