"""Generates `gen/` from `protos/`: Python messages, gRPC stubs, type stubs and the descriptor set.

Runs only when a contract or this script changed, so `make` can call it every time.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import sys
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc  # type: ignore[import-untyped]  # the wheel has no types

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
OUT = ROOT / "gen"


def stub_plugin() -> Path | None:
    """mypy-protobuf's plugin, which only the development environment has."""
    plugin = Path(sys.executable).parent / "protoc-gen-mypy"
    return plugin if plugin.exists() else None


def fingerprint(sources: list[Path]) -> str:
    """SHA-256 over this script, every contract with its name, and whether there are stubs for mypy."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    digest.update(b"stubs" if stub_plugin() else b"")
    for source in sources:
        digest.update(str(source.relative_to(PROTOS)).encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()


def include_paths() -> list[str]:
    """Where protoc finds our contracts, protobuf's own and Google's common ones."""
    google = importlib.util.find_spec("google.api")
    if google is None or google.submodule_search_locations is None:
        sys.exit("generate: googleapis-common-protos is not installed; run `make install`")
    common = Path(next(iter(google.submodule_search_locations))).parent.parent
    return [str(PROTOS), str(files("grpc_tools") / "_proto"), str(common)]


def generate(sources: list[Path], out: Path) -> None:
    """Runs protoc into an empty folder and makes packages of what it wrote."""
    arguments = [
        "protoc",
        *(f"-I{path}" for path in include_paths()),
        f"--python_out={out}",
        f"--grpc_python_out={out}",
        "--include_imports",
        "--include_source_info",
        f"--descriptor_set_out={out / 'crm' / 'descriptors.binpb'}",
    ]
    if plugin := stub_plugin():
        arguments += [
            f"--plugin=protoc-gen-mypy={plugin}",
            f"--plugin=protoc-gen-mypy_grpc={plugin}_grpc",
            f"--mypy_out=quiet:{out}",
            f"--mypy_grpc_out=quiet,only_async:{out}",
        ]
    (out / "crm").mkdir(parents=True)
    if protoc.main([*arguments, *map(str, sources)]) != 0:
        sys.exit("generate: protoc failed, see above")
    for folder in [path for path in (out / "crm").rglob("*") if path.is_dir()] + [out / "crm"]:
        (folder / "__init__.py").touch()
        (folder / "py.typed").touch()


def main() -> None:
    sources = sorted(PROTOS.rglob("*.proto"))
    stamp = OUT / ".fingerprint"
    wanted = fingerprint(sources)
    if stamp.is_file() and stamp.read_text() == wanted and (OUT / "crm").is_dir():
        return
    # Made aside and put in place at once: a running system, or an editor, never finds half of it.
    fresh = OUT / ".fresh"
    shutil.rmtree(fresh, ignore_errors=True)
    generate(sources, fresh)
    shutil.rmtree(OUT / "crm", ignore_errors=True)
    (fresh / "crm").rename(OUT / "crm")
    fresh.rmdir()
    stamp.write_text(wanted)
    print(f"generate: {len(sources)} contracts -> gen/")


if __name__ == "__main__":
    main()
