"""Checks the contracts with buf: format, lint, and that nothing breaks who already uses them.

buf would fetch Google's common contracts from its registry. They lie in our environment already (the wheel
googleapis-common-protos), so a workspace of ours and theirs is put together in `gen/buf`, and only ours are checked.
"""

from __future__ import annotations

import importlib.util
import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
STAGE = ROOT / "gen" / "buf"
BUF = Path(sys.executable).parent / "buf"


def google_protos() -> Path:
    """The folder that holds google/api and its siblings."""
    google = importlib.util.find_spec("google.api")
    if google is None or google.submodule_search_locations is None:
        sys.exit("contracts: googleapis-common-protos is not installed; run `make install`")
    return Path(next(iter(google.submodule_search_locations))).parent


def stage(name: str) -> Path:
    """An empty workspace that has Google's contracts in it."""
    folder = STAGE / name
    shutil.rmtree(folder, ignore_errors=True)
    for package in ("api", "rpc", "type"):
        shutil.copytree(google_protos() / package, folder / "google" / package, ignore=_others)
    return folder


def _others(path: str, names: list[str]) -> set[str]:
    return {name for name in names if not name.endswith(".proto") and not (Path(path) / name).is_dir()}


def committed(folder: Path) -> bool:
    """Puts the contracts others may rely on into `folder`: of the last release, before the first one of the main
    branch, or of the last commit. False where there are none yet."""
    release = git("describe", "--tags", "--abbrev=0").stdout.decode().strip()
    for revision in filter(None, (release, "origin/main", "HEAD")):
        archive = git("archive", "--format=zip", f"{revision}:protos")
        if archive.returncode == 0:
            zipfile.ZipFile(io.BytesIO(archive.stdout)).extractall(folder)
            return True
    return False


def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, check=False)


def buf(*arguments: str | Path) -> bool:
    """Runs buf; its findings go to standard output."""
    return subprocess.run([BUF, *arguments], check=False).returncode == 0


def main() -> int:
    if sys.argv[1:] == ["format"]:
        return 0 if buf("format", "--write", PROTOS) else 1
    now = stage("now")
    shutil.copytree(PROTOS, now, dirs_exist_ok=True)
    # Each check runs, so that one call shows everything there is to mend.
    passed = [
        buf("format", "--diff", "--exit-code", PROTOS),
        buf("lint", now),
    ]
    before = stage("before")
    if committed(before):
        passed.append(buf("breaking", now, "--against", before))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
